import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statfsSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { mountHungFileSystem } from '../../../../tests/support/hung-mount'
import { until } from '../../../../tests/support/poll'
import { startSshd, type SshdOptions, type TestKey, type TestSshd } from '../../../../tests/support/sshd'
import { createUser, type TestUser } from '../../../../tests/support/users'
import type { SshTransport } from './index'
import { HostCost } from './host-cost'
import { connectTo, failureOf, text } from './testing/connecting'

interface Way {
  readonly name: string
  readonly config: NonNullable<SshdOptions['config']>
  readonly files: 'sftp' | 'shell'
}

const ways: Way[] = [
  { name: 'internal-sftp', config: {}, files: 'sftp' },
  { name: 'sftp-server', config: { Subsystem: 'sftp /usr/lib/openssh/sftp-server' }, files: 'sftp' },
  { name: 'a shell, where there is no SFTP', config: { Subsystem: null }, files: 'shell' },
]

const hung = mountHungFileSystem()

describe.each(ways)('files by $name', ({ config, files }) => {
  let server: TestSshd
  let key: TestKey
  let user: TestUser
  let folder: string
  let transport: SshTransport
  beforeAll(async () => {
    server = await startSshd({ config })
    key = server.authorize('id')
    user = createUser()
    // Without a password an account counts as locked where PAM is not asked.
    transport = await connectTo(server, key)
  })
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'xcp-files-'))
    return () => rmSync(folder, { recursive: true, force: true })
  })
  afterAll(async () => {
    await transport.close()
    await server.close()
    user.remove()
  })

  it('says how they are read', () => {
    expect(transport.facts.files).toBe(files)
    expect(transport.facts.filesReason?.code).toBe(files === 'sftp' ? undefined : 'not-supported')
  })

  it('reads the files of the kernel, which say that they are empty', async () => {
    expect(text(await transport.readFile('/proc/version'))).toBe(readFileSync('/proc/version', 'utf8'))
    expect(text(await transport.readFile('/proc/stat'))).toMatch(/^cpu .*\nctxt \d+\n.*softirq [\d ]+\n$/s)
    // More than a page, in several parts.
    const table = text(await transport.readFile('/proc/slabinfo'))
    expect(table.length).toBeGreaterThan(8_192)
    expect(table.split('\n').length).toBe(readFileSync('/proc/slabinfo', 'utf8').split('\n').length)
  })

  it('reads ordinary files as they are: empty, without an end of line, binary, large', async () => {
    const contents: Record<string, Buffer> = {
      empty: Buffer.alloc(0),
      'no end': Buffer.from('two\nlines'),
      "it's $(odd)": Buffer.from('\n\n\\n\n'),
      binary: Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)),
      large: Buffer.alloc(3_000_000, 'line of text\n'),
    }
    for (const [name, content] of Object.entries(contents)) {
      writeFileSync(join(folder, name), content)
      const read = await transport.readFile(join(folder, name))
      expect(Buffer.compare(read, content), name).toBe(0)
    }
  })

  it('refuses what is too large, missing, not allowed or no file', async () => {
    const file = join(folder, 'file')
    writeFileSync(file, 'x'.repeat(100_000))
    expect((await transport.readFile(file, { maxBytes: 100_000 })).length).toBe(100_000)
    await expect(transport.readFile(file, { maxBytes: 99_999 })).rejects.toMatchObject({
      code: 'limit-exceeded',
    })
    const missing = await failureOf(transport.readFile(join(folder, 'missing')))
    expect(missing).toMatchObject({ code: 'not-found' })
    expect(missing.message).toBe(`Reading ${folder}/missing on 127.0.0.1 failed: it does not exist.`)
    await expect(transport.openFile('/proc/no/such')).rejects.toMatchObject({ code: 'not-found' })
    await expect(transport.readDirectory('/no/such')).rejects.toMatchObject({ code: 'not-found' })
    await expect(transport.readDirectory(file)).rejects.toMatchObject({ code: 'not-found' })
    await expect(transport.readFile(folder)).rejects.toMatchObject({ code: 'not-supported' })
    execFileSync('mkfifo', [join(folder, 'fifo')])
    await expect(transport.readFile(join(folder, 'fifo'))).rejects.toMatchObject({ code: 'not-supported' })
    await expect(transport.readFile('/dev/zero')).rejects.toMatchObject({ code: 'not-supported' })

    const other = await connectTo(await userServer(), key, {}, user.name)
    const secret = join(folder, 'secret')
    writeFileSync(secret, 'x')
    chmodSync(secret, 0o600)
    chmodSync(folder, 0o755)
    mkdirSync(join(folder, 'closed'), { mode: 0o700 })
    await expect(other.readFile(secret)).rejects.toMatchObject({ code: 'permission-denied' })
    await expect(other.openFile(secret)).rejects.toMatchObject({ code: 'permission-denied' })
    await expect(other.readDirectory(join(folder, 'closed'))).rejects.toMatchObject({
      code: 'permission-denied',
    })
    await other.close()
  })
  const userServer = (): Promise<TestSshd> => Promise.resolve(server)

  it('reads the same file again and again, whatever becomes of its size', async () => {
    const path = join(folder, 'changing')
    writeFileSync(path, '')
    const file = await transport.openFile(path)
    for (const size of [0, 10, 10, 9, 5_000, 5_000, 70_000, 70_000, 69_999, 3, 200_000, 0]) {
      const content = `${'x'.repeat(Math.max(0, size - 1))}${size > 0 ? '\n' : ''}`
      writeFileSync(path, content)
      expect(text(await file.read()) === content, String(size)).toBe(true)
    }
    await file.close()
    await expect(file.read()).rejects.toMatchObject({ code: 'connection-lost' })
  })

  it('reads many at the same time', async () => {
    const paths = [
      '/proc/stat',
      '/proc/meminfo',
      '/proc/net/dev',
      '/proc/diskstats',
      '/proc/loadavg',
      '/proc/uptime',
    ]
    const open = await Promise.all(paths.map((path) => transport.openFile(path)))
    for (let round = 0; round < 5; round += 1) {
      const contents = await Promise.all(open.map(async (file) => text(await file.read())))
      expect(contents.map((content, index) => content.split('\n').length === lines(paths[index]!))).toEqual(
        paths.map(() => true),
      )
    }
    // Two reads of one file that overlap.
    const [one, two] = await Promise.all([open[1]!.read(), open[1]!.read()])
    expect(text(one)).toMatch(/^MemTotal/)
    expect(text(two)).toMatch(/^MemTotal/)
    for (const file of open) await file.close()
  })
  const lines = (path: string): number => readFileSync(path, 'utf8').split('\n').length

  it('lists directories', async () => {
    const names = ['plain', '.hidden', "it's", 'a b', 'ünï', '*', '-n', 'new\nline']
    for (const name of names) writeFileSync(join(folder, name), '')
    execFileSync('ln', ['-s', '/no/such', join(folder, 'dangling')])
    expect((await transport.readDirectory(folder)).sort()).toEqual([...names, 'dangling'].sort())
    mkdirSync(join(folder, 'empty'))
    expect(await transport.readDirectory(join(folder, 'empty'))).toEqual([])
    const processes = await transport.readDirectory('/proc')
    expect(processes).toContain('self')
    expect(processes.length).toBeGreaterThan(readdirSync('/proc').length * 0.8)
  })

  it('knows that a process is gone', async () => {
    const { stdout } = await transport.exec(['sh', '-c', 'echo $$'])
    const pid = text(stdout).trim()
    await expect(transport.readFile(`/proc/${pid}/stat`)).rejects.toMatchObject({ code: 'not-found' })
  })

  it('tells the use of file systems, null for what is missing', async () => {
    const [root, missing, shared] = await transport.fileSystemUse(['/', '/no/such', '/dev/shm'])
    const { blocks, bsize, files: inodes } = statfsSync('/')
    expect(root).toMatchObject({ size: blocks * bsize, inodes })
    expect(root!.available).toBeLessThanOrEqual(root!.free)
    expect(missing).toBeNull()
    expect(shared!.size).toBe(statfsSync('/dev/shm').blocks * statfsSync('/dev/shm').bsize)
    expect(await transport.fileSystemUse([])).toEqual([])
  })

  it.skipIf(hung === null)('is not held up by a file system that hangs', { timeout: 60_000 }, async () => {
    const dead = join(folder, 'dead')
    const mount = hung!.mount(dead)
    const stat = await transport.openFile('/proc/stat')
    const asked = performance.now()
    const asking = transport.fileSystemUse(['/', dead], { deadline: 1_000 })
    // The sampling goes on meanwhile.
    for (let round = 0; round < 5; round += 1) expect((await stat.read()).length).toBeGreaterThan(100)
    const [root, hangs] = await asking
    expect(hangs).toBeNull()
    expect(root).not.toBeNull()
    expect(performance.now() - asked).toBeLessThan(10_000)
    // Not asked again for a while: no further process hangs on the host.
    const again = performance.now()
    expect((await transport.fileSystemUse([dead], { deadline: 20_000 }))[0]).toBeNull()
    expect(performance.now() - again).toBeLessThan(10_000)
    await expect(transport.readFile(join(dead, 'x'), { deadline: 500 })).rejects.toMatchObject({
      code: 'timeout',
    })
    mount.release()
    expect((await transport.fileSystemUse(['/']))[0]).not.toBeNull()
    writeFileSync(join(folder, 'x'), 'alive')
    expect(text(await transport.readFile(join(folder, 'x')))).toBe('alive')
    await stat.close()
  })

  it('gives up at an abort', async () => {
    const controller = new AbortController()
    controller.abort()
    const { signal } = controller
    await expect(transport.readFile('/proc/stat', { signal })).rejects.toMatchObject({ code: 'cancelled' })
    await expect(transport.readDirectory('/proc', { signal })).rejects.toMatchObject({ code: 'cancelled' })
    const kept = new AbortController()
    const file = await transport.openFile('/proc/stat', { signal: kept.signal })
    expect((await file.read()).length).toBeGreaterThan(100)
    kept.abort()
    await expect(file.read()).rejects.toMatchObject({ code: 'connection-lost' })
  })

  it('knows what it costs the host, commands included', async () => {
    const own = await connectTo(server, key)
    await until(() => own.cost().cpuSeconds !== null)
    const { bytesRead, bytesWritten } = own.cost()
    expect(bytesRead).toBeGreaterThan(1_000)
    expect(bytesWritten).toBeGreaterThan(1_000)
    const { stdout } = await own.exec(['sh', '-c', 'echo $PPID'])
    const cost = new HostCost(own, Number(text(stdout)))
    await cost.refresh()
    const before = cost.cpu!.cpuSeconds
    const burn = 'i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done; times'
    const burnt = text((await own.exec(['sh', '-c', burn])).stdout)
    // "0m0.52s 0m0.01s" is what the shell itself used.
    const used = [...burnt.matchAll(/0m([\d.]+)s/g)].reduce((sum, [, seconds]) => sum + Number(seconds), 0)
    expect(used).toBeGreaterThan(0.05)
    await cost.refresh()
    // The kernel counts in hundredths, for each of the times.
    expect(cost.cpu!.cpuSeconds - before).toBeGreaterThan(used - 0.05)
    expect(cost.cpu!.cpuSeconds - before).toBeLessThan(used + 5)
    await own.close()
  })

  it('knows the clock of the host', async () => {
    const own = await connectTo(server, key)
    for (let round = 0; own.clockOffset() === null && round < 200; round += 1) await sleep(50)
    const { milliseconds, uncertainty } = own.clockOffset()!
    expect(Math.abs(milliseconds)).toBeLessThan(uncertainty + 50)
    await own.close()
  })
})
