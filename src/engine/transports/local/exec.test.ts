import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { until } from '../../../../tests/support/poll'
import { running } from '../../../../tests/support/process-table'
import type { Transport } from '../transport'
import { createLocalTransport } from './index'

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString()
let serial = 0
/** A number of seconds that no other test sleeps for, so that its process can be told from all others. */
const uniqueSleep = (): string => `1000.${process.pid}${(serial += 1)}`

describe('exec', () => {
  let transport: Transport
  let folder: string
  beforeEach(() => {
    transport = createLocalTransport()
    folder = mkdtempSync(join(tmpdir(), 'local-exec-'))
  })
  afterEach(async () => {
    await transport.close()
    rmSync(folder, { recursive: true })
  })

  it('returns output and exit code of each kind', async () => {
    const result = await transport.exec(['sh', '-c', 'echo out; echo err >&2; exit 3'])
    expect(result.exit).toEqual({ code: 3, signal: null })
    expect(text(result.stdout)).toBe('out\n')
    expect(text(result.stderr)).toBe('err\n')
    expect(result.dropped).toBe(0)
    const killed = await transport.exec(['sh', '-c', 'kill -9 $$'])
    expect(killed.exit).toEqual({ code: null, signal: 'SIGKILL' })
  })

  it('starts no shell: arguments arrive as they are', async () => {
    const { stdout } = await transport.exec(['printf', '%s|', '$HOME', '; id', '', 'a b'])
    expect(text(stdout)).toBe('$HOME|; id||a b|')
  })

  it('feeds input, and none means the end of the file at once', async () => {
    expect(text((await transport.exec(['cat'], { input: 'häppchen' })).stdout)).toBe('häppchen')
    expect((await transport.exec(['cat'])).stdout).toHaveLength(0)
    const unread = await transport.exec(['true'], { input: new Uint8Array(4 << 20) })
    expect(unread.exit.code).toBe(0)
  })

  it('passes an environment that depends on nothing', async () => {
    process.env['XCP_TEST_SECRET'] = 'do not pass on'
    const { stdout } = await transport.exec(['env'])
    delete process.env['XCP_TEST_SECRET']
    const names = text(stdout)
      .split('\n')
      .map((line) => line.split('=')[0])
    expect(names.filter(Boolean).sort()).toEqual(['HOME', 'LANG', 'LC_ALL', 'PATH', 'SHLVL'])
  })

  it('keeps bash from reading start files', async () => {
    const home = process.env['HOME']
    writeFileSync(join(folder, '.bashrc'), 'echo start file read\n')
    process.env['HOME'] = folder
    try {
      expect(text((await transport.exec(['bash', '-c', 'echo ok'], { input: '' })).stdout)).toBe('ok\n')
    } finally {
      process.env['HOME'] = home
    }
  })

  it('drops and counts what is beyond maxBytes, of each stream', async () => {
    const script = 'head -c 300000 /dev/zero; head -c 5000 /dev/zero >&2'
    const result = await transport.exec(['sh', '-c', script], { maxBytes: 1000 })
    expect(result.exit.code).toBe(0)
    expect([result.stdout.length, result.stderr.length]).toEqual([1000, 1000])
    expect(result.dropped).toBe(299_000 + 4000)
  })

  it('drains 50 MB of stderr and of stdout at the same time', async () => {
    const script = 'head -c 50000000 /dev/zero >&2 & head -c 50000000 /dev/zero; wait'
    const result = await transport.exec(['sh', '-c', script], { maxBytes: 0 })
    expect(result.exit.code).toBe(0)
    expect(result.dropped).toBe(100_000_000)
    expect(transport.cost().bytesRead).toBe(100_000_000)
  })

  it('says what is missing, or may not be run', async () => {
    await expect(transport.exec(['no-such-program-here', '-x'])).rejects.toMatchObject({
      code: 'not-found',
      where: 'no-such-program-here -x',
      hint: /\/usr\/bin/,
    })
    const file = join(folder, 'data')
    writeFileSync(file, 'not a program')
    chmodSync(file, 0o644)
    await expect(transport.exec([file])).rejects.toMatchObject({
      code: 'permission-denied',
      where: file,
      hint: /executable/,
    })
    await expect(transport.exec(['echo', 'null\0byte'])).rejects.toMatchObject({ code: 'bad-request' })
    await expect(transport.exec(['echo', 'x'.repeat(4 << 20)])).rejects.toMatchObject({
      code: 'limit-exceeded',
    })
  })

  it('ends the whole group when aborted', async () => {
    const seconds = uniqueSleep()
    const controller = new AbortController()
    const result = transport.exec(['sh', '-c', `sleep ${seconds} & sleep ${seconds}; :`], {
      signal: controller.signal,
    })
    const refused = expect(result).rejects.toMatchObject({ code: 'cancelled', message: /Running sh/ })
    await until(() => running(`sleep ${seconds}`).length >= 3)
    controller.abort()
    await refused
    await until(() => running(seconds).length === 0)
  })

  it('ends the whole group at the deadline, by KILL where TERM is ignored', async () => {
    const seconds = uniqueSleep()
    // Ignored signals stay ignored in the sleeps.
    const script = `trap '' TERM; sleep ${seconds} & sleep ${seconds}; :`
    const refused = transport.exec(['sh', '-c', script], { deadline: 300 })
    await expect(refused).rejects.toMatchObject({ code: 'timeout', message: /0\.3 s/ })
    expect(running(seconds).length).toBeGreaterThan(0)
    await until(() => running(seconds).length === 0)
  })

  it('starts nothing when aborted already', async () => {
    const seconds = uniqueSleep()
    const signal = AbortSignal.abort()
    await expect(transport.exec(['sleep', seconds], { signal })).rejects.toMatchObject({ code: 'cancelled' })
    expect(running(seconds)).toEqual([])
    expect(transport.cost().bytesRead).toBe(0)
  })

  it('leaves nothing of a command that ended before its children', async () => {
    const seconds = uniqueSleep()
    // The child holds both output streams open.
    const result = await transport.exec(['sh', '-c', `sleep ${seconds} & echo started`])
    expect(result.exit).toEqual({ code: 0, signal: null })
    expect(text(result.stdout)).toBe('started\n')
    await until(() => running(seconds).length === 0)
  })

  it('does not wait for a process that left the group with the output', async () => {
    const seconds = uniqueSleep()
    const result = await transport.exec(['sh', '-c', `setsid sleep ${seconds} & echo started`])
    expect(result.exit).toEqual({ code: 0, signal: null })
    expect(text(result.stdout)).toBe('started\n')
    // Out of reach on purpose: the one thing a command can do to stay.
    const escaped = running(seconds)
    expect(escaped).toHaveLength(1)
    for (const { pid } of escaped) process.kill(pid, 'SIGKILL')
  })

  it('lets the rest of a group finish its output', async () => {
    const { stdout } = await transport.exec(['sh', '-c', '(sleep 0.4; echo late) & echo early'])
    expect(text(stdout)).toBe('early\nlate\n')
  })

  it('is refused after close, and ended by it', async () => {
    const seconds = uniqueSleep()
    const refused = expect(transport.exec(['sleep', seconds])).rejects.toMatchObject({
      code: 'connection-lost',
    })
    await until(() => running(seconds).length === 1)
    await transport.close()
    await refused
    expect(running(seconds)).toEqual([])
    await expect(transport.exec(['true'])).rejects.toMatchObject({ code: 'connection-lost' })
  })
})
