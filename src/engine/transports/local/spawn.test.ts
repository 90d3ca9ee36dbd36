import { getEventListeners } from 'node:events'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { until } from '../../../../tests/support/poll'
import { processesWhere, running, type ProcessEntry } from '../../../../tests/support/process-table'
import type { RunningCommand, Transport } from '../transport'
import { createLocalTransport } from './index'

let serial = 0
const uniqueSleep = (): string => `2000.${process.pid}${(serial += 1)}`

async function collected({ stdout }: RunningCommand): Promise<string> {
  const chunks: Buffer[] = []
  stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
  await new Promise((resolve) => stdout.once('close', resolve))
  return Buffer.concat(chunks).toString()
}

describe('spawn', () => {
  let transport: Transport
  beforeEach(() => {
    transport = createLocalTransport()
  })
  afterEach(() => transport.close())

  it('talks both ways until its input ends', async () => {
    const command = await transport.spawn(['sh', '-c', 'while read line; do echo "<$line>"; done; exit 7'])
    command.stdin.write('one\n')
    const [first] = (await new Promise<Buffer>((resolve) => command.stdout.once('data', resolve)))
      .toString()
      .split('\n')
    expect(first).toBe('<one>')
    command.stdin.end('two\n')
    expect(await collected(command)).toBe('<two>\n')
    expect(await command.done).toEqual({ code: 7, signal: null })
    expect(transport.cost()).toMatchObject({ bytesRead: 12, bytesWritten: 8 })
  })

  it('gives an empty input where none is wanted, and says so to who writes', async () => {
    const command = await transport.spawn(['cat'], { stdin: false })
    const refused = new Promise<Error>((resolve) => command.stdin.once('error', resolve))
    command.stdin.write('x')
    expect(await refused).toMatchObject({ code: 'bad-request' })
    expect(await command.done).toEqual({ code: 0, signal: null })
  })

  it('drains 50 MB of stderr while nobody reads stdout', async () => {
    const script = 'echo unread; head -c 50000000 /dev/zero | tr "\\0" x >&2; printf "the ünd" >&2'
    const command = await transport.spawn(['sh', '-c', script])
    expect(await command.done).toEqual({ code: 0, signal: null })
    const tail = command.stderrTail()
    expect(Buffer.byteLength(tail)).toBe(64 * 1024)
    expect(tail.endsWith('xxxthe ünd')).toBe(true)
    // Still there for who comes late.
    expect(await collected(command)).toBe('unread\n')
  })

  it('keeps what nobody has read yet, also of a group that outlives its first process', async () => {
    // More than our buffers take while the command runs, less than its pipe holds.
    for (const script of ['head -c 150000 /dev/zero', '(sleep 0.2; head -c 150000 /dev/zero) &']) {
      const command = await transport.spawn(['sh', '-c', script])
      expect(await command.done).toEqual({ code: 0, signal: null })
      expect(await collected(command)).toHaveLength(150_000)
    }
  })

  it('keeps the tail free of half characters', async () => {
    const command = await transport.spawn(['sh', '-c', 'yes ä | tr -d "\\n" | head -c 200001 >&2'])
    await command.done
    expect(command.stderrTail()).toMatch(/^ä+\uFFFD$/)
  })

  it('makes the command wait for a slow reader, and loses nothing', async () => {
    const command = await transport.spawn(['head', '-c', '20000000', '/dev/zero'])
    let settled = false
    void command.done.then(() => (settled = true))
    // The pipe and our buffers fill up.
    let before = -1
    await until(() => {
      const now = transport.cost().bytesRead
      const still = now === before && now > 0
      before = now
      return still
    })
    expect(transport.cost().bytesRead).toBeLessThan(2_000_000)
    expect(settled).toBe(false)
    expect((await collected(command)).length).toBe(20_000_000)
    expect(await command.done).toEqual({ code: 0, signal: null })
  })

  it('settles done after the reader has everything', async () => {
    const command = await transport.spawn(['head', '-c', '300000', '/dev/zero'])
    let received = 0
    const reading = (async () => {
      for await (const chunk of command.stdout as AsyncIterable<Buffer>) {
        received += chunk.length
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
    })()
    await command.done
    expect(received).toBe(300_000)
    await reading
  })

  it('ends a whole group, whoever waits in it', async () => {
    const seconds = uniqueSleep()
    const command = await transport.spawn(['sh', '-c', `sleep ${seconds} & wait`])
    await until(() => running(`sleep ${seconds}`).length === 2)
    const group = running(seconds)[0]!.group
    expect(group).not.toBe(processesWhere(({ pid }) => pid === process.pid)[0]!.group)
    const members = (): ProcessEntry[] =>
      processesWhere((process) => process.group === group && process.state !== 'Z')
    expect(members()).toHaveLength(2)
    await command.end()
    expect(members()).toEqual([])
    expect(await command.done).toEqual({ code: null, signal: 'SIGTERM' })
    await command.end()
  })

  it('ends a group whose first process is gone', async () => {
    const seconds = uniqueSleep()
    const command = await transport.spawn(['sh', '-c', `sleep ${seconds} & sleep ${seconds} & echo up`])
    await until(() => running(seconds).filter(({ command: line }) => line.startsWith('sleep')).length === 2)
    await until(() => running(`sh -c sleep ${seconds}`).length === 0)
    await command.end()
    expect(running(seconds)).toEqual([])
    expect(await command.done).toEqual({ code: 0, signal: null })
    expect(await collected(command)).toBe('up\n')
  })

  it('kills a group that ignores TERM or is stopped', async () => {
    const seconds = uniqueSleep()
    const stubborn = await transport.spawn(['sh', '-c', `trap '' TERM; sleep ${seconds}; :`])
    const stopped = await transport.spawn(['sleep', seconds])
    await until(() => running(`sleep ${seconds}`).length === 3)
    const sleeper = running(seconds).find(
      ({ command, parent }) => command.startsWith('sleep') && parent === process.pid,
    )
    process.kill(sleeper!.pid, 'SIGSTOP')
    await until(() => running(seconds).some(({ state }) => state === 'T'))
    await Promise.all([stubborn.end(), stopped.end()])
    expect(running(seconds)).toEqual([])
    expect(await stubborn.done).toEqual({ code: null, signal: 'SIGKILL' })
    expect(await stopped.done).toEqual({ code: null, signal: 'SIGTERM' })
  })

  it('leaves the last words of an ended command to its reader', async () => {
    const command = await transport.spawn([
      'sh',
      '-c',
      'trap "echo summary; exit 5" TERM; echo ready; while :; do sleep 0.05; done',
    ])
    await new Promise((resolve) => command.stdout.once('data', resolve))
    const rest = collected(command)
    await command.end()
    expect(await rest).toBe('summary\n')
    expect(await command.done).toEqual({ code: 5, signal: null })
  })

  it('ends although nobody reads an endless output', async () => {
    const marker = `endless-${process.pid}`
    const command = await transport.spawn(['yes', marker])
    await until(() => transport.cost().bytesRead > 0)
    await command.end()
    expect(running(marker)).toEqual([])
    expect(await command.done).toEqual({ code: null, signal: 'SIGTERM' })
  })

  it('ends a command whose reader turned away', async () => {
    const marker = `unwanted-${process.pid}`
    const command = await transport.spawn(['yes', marker])
    for await (const chunk of command.stdout as AsyncIterable<Buffer>) {
      expect(chunk.length).toBeGreaterThan(0)
      break
    }
    expect((await command.done).code).not.toBe(0)
    expect(running(marker)).toEqual([])
  })

  it('is ended by its signal and by close, and lets go of the signal', async () => {
    const seconds = uniqueSleep()
    const controller = new AbortController()
    const command = await transport.spawn(['sleep', seconds], { signal: controller.signal })
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(1)
    controller.abort()
    expect(await command.done).toEqual({ code: null, signal: 'SIGTERM' })

    const other = new AbortController()
    const second = await transport.spawn(['sleep', seconds], { signal: other.signal })
    second.stdout.on('data', () => undefined).pause()
    await transport.close()
    expect(running(seconds)).toEqual([])
    expect(await second.done).toEqual({ code: null, signal: 'SIGTERM' })
    expect(getEventListeners(other.signal, 'abort')).toHaveLength(0)
    await expect(transport.spawn(['true'])).rejects.toMatchObject({ code: 'connection-lost' })
  })

  it('rejects what cannot be started', async () => {
    await expect(transport.spawn(['/no/such/program'])).rejects.toMatchObject({ code: 'not-found' })
    await expect(transport.spawn(['/etc/passwd'])).rejects.toMatchObject({ code: 'permission-denied' })
    const signal = AbortSignal.abort()
    await expect(transport.spawn(['true'], { signal })).rejects.toMatchObject({ code: 'cancelled' })
  })

  it('survives a write to a command that is gone', async () => {
    const command = await transport.spawn(['true'])
    command.stdin.write(Buffer.alloc(1 << 20))
    expect((await command.done).code).toBe(0)
    command.stdin.write('more')
  })
})
