import { execFileSync } from 'node:child_process'
import { appendFileSync, writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { until } from '../../../../tests/support/poll'
import { faults, LogTest } from '../../../../tests/support/log-test'
import { startSshd, type TestSshd } from '../../../../tests/support/sshd'
import { createLocalTransport } from '../../transports/local'
import { connectTo } from '../../transports/ssh/testing/connecting'
import type { Transport } from '../../transports/transport'

const ways = [
  { name: 'this machine', config: null },
  { name: 'SFTP', config: {} },
  { name: 'a shell on the host', config: { Subsystem: null } },
]
const patience = 60_000

describe.each(ways)('logs followed by $name', { timeout: 120_000 }, ({ config }) => {
  let server: TestSshd | null = null
  let transport: Transport
  let test: LogTest
  beforeAll(async () => {
    if (config === null) {
      transport = createLocalTransport()
      return
    }
    server = await startSshd({ config })
    transport = await connectTo(server, server.authorize('id'))
  })
  afterAll(async () => {
    await transport.close()
    await server?.close()
  })
  beforeEach(() => {
    test = new LogTest()
  })
  afterEach(() => test.close())

  const arrived = (name: string, last: number): Promise<void> =>
    until(
      () => test.last(name) >= last,
      () => `line ${last} of ${name} came; the last is ${test.last(name)}`,
      patience,
    )

  it('gives the last lines at once and then those that come, of several files', async () => {
    await test.write('SMlog', { lines: 2_500, burst: 100 })
    await test.write('daemon.log', { lines: 10, burst: 10 })
    await test.open(transport)
    await arrived('SMlog', 2_499)
    await arrived('daemon.log', 9)
    await Promise.all([
      test.write('SMlog', { lines: 500, burst: 7, pause: 1, first: 2_500 }),
      test.write('daemon.log', { lines: 300, burst: 1, pause: 1, first: 10 }),
    ])
    await arrived('SMlog', 2_999)
    await arrived('daemon.log', 309)
    expect(faults(test.numbers('SMlog'), 3_000, 1_500)).toEqual([])
    expect(faults(test.numbers('daemon.log'), 310)).toEqual([])
    expect(test.stream('SMlog')?.format.name).toBe('rfc3164')
  })

  it('loses nothing when files are renamed in the middle of bursts', async () => {
    await test.write('messages', { lines: 1, burst: 1 })
    await test.open(transport)
    await arrived('messages', 0)
    const lines = 20_000
    await test.write('messages', { lines: lines - 1, burst: 100, pause: 10, rotate: 4_000, first: 1 })
    await arrived('messages', lines - 1)
    expect(faults(test.numbers('messages'), lines)).toEqual([])
    expect(test.gaps('messages')).toEqual([])
  })

  it('declares what may be lost when files are copied and truncated in the middle of bursts', async () => {
    await test.write('messages', { lines: 1, burst: 1 })
    await test.open(transport)
    await arrived('messages', 0)
    const lines = 20_000
    const writing = test.write('messages', {
      lines: lines - 1,
      burst: 100,
      pause: 10,
      rotate: 6_000,
      how: 'copy',
      first: 1,
    })
    await writing
    await arrived('messages', lines - 1)
    expect(faults(test.numbers('messages'), lines)).toEqual([])
    expect(test.gaps('messages').length).toBeGreaterThan(0)
    expect(test.stream('messages')?.account.lossUnknown).toBe(true)
  })

  it('declares a truncation without a copy', async () => {
    await test.write('messages', { lines: 100, burst: 100 })
    await test.open(transport)
    await arrived('messages', 99)
    writeFileSync(test.path('messages'), '')
    await test.write('messages', { lines: 100, burst: 10, first: 200 })
    await arrived('messages', 299)
    expect(faults(test.numbers('messages'), 300)).toEqual([])
    const [gap] = test.gaps('messages')
    const told: unknown = JSON.parse(gap?.text ?? 'null')
    expect(told).toMatchObject({ count: null })
    expect(gap?.text).toMatch(/"from":\d+,"to":\d+/)
  })

  it('takes up a log that is created later, from its beginning', async () => {
    await test.open(transport)
    await sleep(50)
    await test.write('new.log', { lines: 3_000, burst: 50, pause: 1 })
    await arrived('new.log', 2_999)
    expect(faults(test.numbers('new.log'), 3_000)).toEqual([])
  })

  it('fetches older rows, on into rotated and compressed files, and says when there are none', async () => {
    await test.write('messages', { lines: 9_000, burst: 100, rotate: 3_000 })
    // Now 3 files: .2 has 0 to 3,002, .1 to 6,005, the log itself the rest.
    execFileSync('gzip', [test.path('messages.2')])
    await test.open(transport)
    await arrived('messages', 8_999)
    const number = test.stream('messages')?.number ?? -1
    const older = test.feed.olderOf(number)
    const signal = new AbortController().signal
    for (let calls = 0; calls < 20 && (await older?.(1_500, signal)); calls++);
    expect(faults(test.numbers('messages'), 9_000)).toEqual([])
    expect(test.numbers('messages')).toHaveLength(9_000)
    expect(await older?.(10, signal)).toBe(false)
  })

  it('keeps invalid UTF-8 as it is and cuts lines that are too long', async () => {
    const path = test.path('odd.log')
    writeFileSync(path, '')
    await test.open(transport)
    appendFileSync(path, Buffer.from([0xff, 0xfe, 0x80, 10]))
    appendFileSync(path, `${'y'.repeat(300_000)}\nlast\r\n`)
    await until(
      () => test.rows('odd.log').length === 3,
      () => `three rows, not ${test.rows('odd.log').length}`,
      patience,
    )
    const [bad, long, last] = test.rows('odd.log')
    const chunk = test.stream('odd.log')?.chunks[0]
    expect([...(chunk?.bytes.subarray(0, 4) ?? [])]).toEqual([0xff, 0xfe, 0x80, 10])
    expect(bad?.length).toBe(3)
    expect(long).toMatchObject({ length: 300_000, text: 'y'.repeat(65_536) })
    expect(last?.text).toBe('last')
  })
})
