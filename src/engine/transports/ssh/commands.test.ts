import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { isAborted } from '@shared/errors'
import { until } from '../../../../tests/support/poll'
import { running } from '../../../../tests/support/process-table'
import { startSshd, type TestKey, type TestSshd } from '../../../../tests/support/sshd'
import { createUser, type TestUser } from '../../../../tests/support/users'
import type { SshTransport } from './index'
import { connectTo, failureOf, text } from './testing/connecting'
import { collected } from './testing/streams'

let serial = 0
/** A number of seconds that no other process sleeps for. */
const uniqueSleep = (): string => `2000.${process.pid}${(serial += 1)}`
const gone = (marker: string): Promise<void> => until(() => running(marker).length === 0)

const awkward = [
  'a b',
  "it's",
  'back\\slash\\',
  'bang!x !! !$ !1',
  '$HOME `id` "q" $(id)',
  'new\nline\n',
  'ünï*?[a]{b,c}~',
  '',
  '-n',
  '%s\\n',
  'tab\there',
  '#x',
  '\x01\x7f',
]

describe('commands on the host', () => {
  let server: TestSshd
  let key: TestKey
  let transport: SshTransport
  beforeAll(async () => {
    server = await startSshd()
    key = server.authorize('id')
  })
  afterAll(() => server.close())
  beforeEach(async () => {
    transport = await connectTo(server, key)
  })
  afterEach(() => transport.close())

  it('give their output, their errors and their exit', async () => {
    const script = 'echo out; echo err >&2; pwd; echo "$LC_ALL"; exit 3'
    const result = await transport.exec(['sh', '-c', script])
    expect(result.exit).toEqual({ code: 3, signal: null })
    expect(text(result.stdout)).toBe('out\n/\nC\n')
    expect(text(result.stderr)).toBe('err\n')
    const killed = await transport.exec(['sh', '-c', 'kill -KILL $$'])
    expect(killed.exit).toEqual({ code: null, signal: 'SIGKILL' })
  })

  it('have their exit also where everything arrives in one piece', async () => {
    const ended = new AbortController()
    const commands = Array.from({ length: 4 }, () => transport.exec(['true']))
    const results = Promise.all(commands).finally(() => ended.abort())
    while (!isAborted(ended.signal)) {
      // Nothing is read meanwhile, so that the start and the end of a command come together.
      for (const end = Date.now() + 60; Date.now() < end;);
      await new Promise((resolve) => setImmediate(resolve))
    }
    expect((await results).map(({ exit }) => exit)).toEqual(commands.map(() => ({ code: 0, signal: null })))
  })

  it('take input', async () => {
    const input = Buffer.alloc(3_000_000, 'x')
    expect(text((await transport.exec(['wc', '-c'], { input })).stdout).trim()).toBe('3000000')
    expect(text((await transport.exec(['cat'], { input: '' })).stdout)).toBe('')
    // Without input it is empty, not open.
    expect(text((await transport.exec(['cat'])).stdout)).toBe('')
    // One that does not want it all.
    expect((await transport.exec(['true'], { input })).exit).toEqual({ code: 0, signal: null })
  })

  it('drop what is beyond the limit, and count it', async () => {
    const { stdout, dropped, exit } = await transport.exec(['head', '-c', '1000000', '/dev/zero'], {
      maxBytes: 1000,
    })
    expect([stdout.length, dropped, exit.code]).toEqual([1000, 999_000, 0])
  })

  it('are refused with a reason when they cannot be run', async () => {
    await expect(transport.exec(['no-such-program'])).rejects.toMatchObject({ code: 'not-found' })
    await expect(transport.exec(['/etc/passwd'])).rejects.toMatchObject({ code: 'permission-denied' })
    await expect(transport.spawn(['no-such-program'])).rejects.toMatchObject({ code: 'not-found' })
    await expect(transport.exec(['echo', 'a\0b'])).rejects.toMatchObject({ code: 'bad-request' })
  })

  it('end with their groups at a deadline, an abort, and `end`', async () => {
    const markers = Array.from({ length: 4 }, uniqueSleep)
    const [first = '', second = '', third = '', fourth = ''] = markers
    const script = (marker: string): readonly [string, ...string[]] => [
      'sh',
      '-c',
      `sleep ${marker} & sleep ${marker} | cat`,
    ]
    await expect(transport.exec(script(first), { deadline: 1_500 })).rejects.toMatchObject({
      code: 'timeout',
    })
    const controller = new AbortController()
    const aborted = failureOf(transport.exec(script(second), { input: 'x', signal: controller.signal }))
    await until(() => running(`sleep ${second}`).length >= 2)
    controller.abort()
    expect(await aborted).toMatchObject({ code: 'cancelled' })
    for (const [marker, stdin] of [
      [third, true],
      [fourth, false],
    ] as const) {
      const command = await transport.spawn(script(marker), { stdin })
      await until(() => running(`sleep ${marker}`).length >= 2)
      await command.end()
      expect(await command.done).toEqual({ code: null, signal: 'SIGTERM' })
    }
    for (const marker of markers) await gone(marker)
  })

  it('are killed when they do not mind TERM', { timeout: 60_000 }, async () => {
    for (const stdin of [true, false]) {
      const marker = uniqueSleep()
      const stubborn = `trap '' TERM; echo ready; while :; do sleep ${marker}; done`
      const command = await transport.spawn(['sh', '-c', stubborn], { stdin })
      await new Promise((resolve) => command.stdout.once('data', resolve))
      await command.end()
      await gone(marker)
      expect(await command.done).toMatchObject({ signal: 'SIGKILL' })
    }
  })

  it('leave nothing behind when they end by themselves', async () => {
    const marker = uniqueSleep()
    const { exit } = await transport.exec(['sh', '-c', `sleep ${marker} & exit 5`])
    expect(exit.code).toBe(5)
    await gone(marker)
  })

  it.each([true, false])('are gone after `close` (input: %s)', async (stdin) => {
    const marker = uniqueSleep()
    const command = await transport.spawn(['sh', '-c', `sleep ${marker} & tail -n0 -F /no/such/${marker}`], {
      stdin,
    })
    await until(() => running(marker).length >= 3)
    const done = failureOf(command.done)
    await transport.close()
    expect(await done).toMatchObject({ code: 'connection-lost' })
    await gone(marker)
  })

  it.each([true, false])('are gone after the connection was cut (input: %s)', async (stdin) => {
    const marker = uniqueSleep()
    const command = await transport.spawn(['sh', '-c', `sleep ${marker} & tail -n0 -F /no/such/${marker}`], {
      stdin,
    })
    await until(() => running(marker).length >= 3)
    const done = failureOf(command.done)
    // The server's process of this connection, as when the host's sshd dies or its TCP connection is reset.
    for (const pid of server.connections()) process.kill(pid, 'SIGKILL')
    expect(await done).toMatchObject({ code: 'connection-lost' })
    expect(await transport.ended).toMatchObject({ kind: 'lost' })
    await gone(marker)
  })

  it('talk both ways until their input ends', async () => {
    const command = await transport.spawn(['sh', '-c', 'while read line; do echo "<$line>"; done; exit 7'])
    command.stdin.write('one\n')
    expect(text(await new Promise<Buffer>((resolve) => command.stdout.once('data', resolve)))).toBe('<one>\n')
    command.stdin.end('two\n')
    expect(text(await collected(command.stdout))).toBe('<two>\n')
    expect(await command.done).toEqual({ code: 7, signal: null })
  })

  it('say that they have no input where they were started without', async () => {
    const command = await transport.spawn(['cat'], { stdin: false })
    const refused = new Promise<Error>((resolve) => command.stdin.once('error', resolve))
    command.stdin.write('x')
    expect(await refused).toMatchObject({ code: 'bad-request' })
    expect(await command.done).toEqual({ code: 0, signal: null })
  })

  it('end although nobody reads 9 MB of their errors and 1 MB of their output', async () => {
    const script =
      'head -c 1000000 /dev/zero; head -c 9000000 /dev/zero | tr "\\0" x >&2; printf "the end" >&2'
    const command = await transport.spawn(['sh', '-c', script])
    expect(await command.done).toEqual({ code: 0, signal: null })
    expect(command.stderrTail().length).toBe(64 * 1024)
    expect(command.stderrTail().slice(-40)).toMatch(/xxxthe end$/)
    expect((await collected(command.stdout)).length).toBe(1_000_000)
  })

  it('wait for a slow reader, and lose nothing', { timeout: 60_000 }, async () => {
    const size = 20_000_000
    const command = await transport.spawn(['head', '-c', String(size), '/dev/zero'])
    let settled = false
    void command.done.then(() => (settled = true))
    let before = -1
    for (let now = 0; now !== before; now = transport.cost().bytesRead) {
      before = now
      await sleep(400)
    }
    expect(settled).toBe(false)
    // The library's window and our buffers, not the file.
    expect(transport.cost().bytesRead).toBeLessThan(8_000_000)
    expect((await collected(command.stdout)).length).toBe(size)
    expect(await command.done).toEqual({ code: 0, signal: null })
  })

  it('end while nobody reads what they print without end', async () => {
    for (const stdin of [true, false]) {
      const command = await transport.spawn(['yes'], { stdin })
      await sleep(500)
      await command.end()
      expect(await command.done).toEqual({ code: null, signal: 'SIGTERM' })
      command.stdout.destroy()
    }
  })

  it('end when their reader turns away', async () => {
    const marker = uniqueSleep()
    const command = await transport.spawn(['sh', '-c', `while :; do echo x; sleep 0.05; : ${marker}; done`])
    for await (const chunk of command.stdout) if (chunk) break
    await gone(marker)
    expect((await command.done).code).toBe(null)
  })
})

describe('login shells', () => {
  let server: TestSshd
  let key: TestKey
  const users: TestUser[] = []
  beforeAll(async () => {
    server = await startSshd({ config: { UsePAM: 'yes', SetEnv: null } })
    key = server.authorize('id')
  })
  afterAll(async () => {
    await server.close()
    for (const user of users) user.remove()
  })
  const connectWith = (shell: string, startFile?: { name: string; text: string }): Promise<SshTransport> => {
    const user = createUser({ shell })
    users.push(user)
    if (startFile) writeFileSync(join(user.home, startFile.name), startFile.text)
    return connectTo(server, key, {}, user.name)
  }

  it.each(['/bin/bash', '/bin/dash', '/usr/bin/fish', '/usr/bin/tcsh'])(
    '%s passes every argument on as it is, and leaves nothing behind',
    async (shell) => {
      const transport = await connectWith(shell)
      const { stdout } = await transport.exec(['printf', '%s\\0', ...awkward])
      expect(text(stdout).split('\0').slice(0, -1)).toEqual(awkward)
      const long = 'x'.repeat(50_000)
      expect((await transport.exec(['printf', '%s', long])).stdout.length).toBe(50_000)
      const marker = uniqueSleep()
      const command = await transport.spawn(['sleep', marker], { stdin: false })
      await until(() => running(`sleep ${marker}`).length === 1)
      await command.end()
      await gone(marker)
      await transport.close()
    },
  )

  it.each([
    ['/bin/bash', '.bashrc', 'echo NOISE; printf "no newline"; echo ERRORS >&2; PATH=/nowhere\n'],
    ['/usr/bin/tcsh', '.tcshrc', 'echo NOISE\n'],
  ])('%s may print first', async (shell, name, startFile) => {
    const transport = await connectWith(shell, { name, text: startFile })
    const { stdout, stderr } = await transport.exec(['sh', '-c', 'echo out; echo err >&2'])
    expect([text(stdout), text(stderr)]).toEqual(['out\n', 'err\n'])
    await transport.close()
  })

  it('that is none is said to be none', async () => {
    const transport = await connectWith('/usr/sbin/nologin')
    expect(transport.facts.commandsReason).toMatchObject({ code: 'not-supported' })
    const error = await failureOf(transport.exec(['true']))
    expect(error.message).toMatch(
      /does not run commands for us: .* It said: This account is currently not available/,
    )
    // Files still can be read: internal-sftp needs no shell.
    expect((await transport.readFile('/proc/stat')).length).toBeGreaterThan(100)
    await transport.close()
  })
})

describe('forced commands', () => {
  it('are seen, and said', async () => {
    const server = await startSshd()
    const key = server.authorize('id', { restrict: 'command="echo only backups here"' })
    const transport = await connectTo(server, key)
    expect(transport.facts).toMatchObject({ files: 'none' })
    const error = await failureOf(transport.exec(['true']))
    expect(error).toMatchObject({ code: 'not-supported' })
    expect(error.message).toMatch(/ended with 0. It said: only backups here\.$/)
    expect(error).toMatchObject({ hint: expect.stringContaining('ForceCommand') as unknown })
    await expect(transport.readFile('/proc/stat')).rejects.toMatchObject({ code: 'not-supported' })
    await transport.close()
    await server.close()
  })

  it('may leave SFTP alone', { timeout: 60_000 }, async () => {
    const server = await startSshd({ config: { ForceCommand: 'internal-sftp' } })
    const key = server.authorize('id')
    const transport = await connectTo(server, key)
    expect(transport.facts).toMatchObject({ files: 'sftp', commandsReason: { code: 'not-supported' } })
    expect(transport.facts.commandsReason!.hint).toContain('ForceCommand')
    expect((await transport.readFile('/proc/stat')).length).toBeGreaterThan(100)
    await transport.close()
    await server.close()
  })
})
