import { writeFileSync } from 'node:fs'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { journalMissing, TestJournal, type JournalEntry } from '../../../../tests/support/journal'
import { faults, LogTest } from '../../../../tests/support/log-test'
import { until } from '../../../../tests/support/poll'
import { startSshd, type TestKey, type TestSshd } from '../../../../tests/support/sshd'
import { connectTo } from '../../transports/ssh/testing/connecting'
import type { SshTransport } from '../../transports/ssh'

const missing = journalMissing()
const begin = Date.UTC(2026, 10, 1) * 1_000
const entry = (number: number): JournalEntry => ({
  message: `n=${number} of the journal`,
  time: begin + number * 1_000,
  priority: number % 8,
  unit: 'app.service',
})
const entries = (from: number, to: number): JournalEntry[] =>
  Array.from({ length: to - from }, (_, index) => entry(from + index))
const patience = 60_000

describe.skipIf(missing !== undefined)(`a journal ${missing ?? ''}`, { timeout: 120_000 }, () => {
  let server: TestSshd
  let key: TestKey
  let transport: SshTransport
  let journal: TestJournal
  let test: LogTest
  beforeAll(async () => {
    server = await startSshd()
    key = server.authorize('id')
  })
  afterAll(() => server.close())
  beforeEach(async () => {
    journal = new TestJournal()
    test = new LogTest({ journal: { folder: journal.folder }, backfill: 100 })
    transport = await connectTo(server, key)
  })
  afterEach(async () => {
    await test.close()
    await transport.close()
    journal.remove()
    await until(
      () => server.processes().length === 1,
      () => 'no process is left on the host',
    )
  })

  const arrived = (last: number): Promise<void> =>
    until(
      () => test.last('journal') === last,
      () => `entry ${last} came; the last is ${test.last('journal')}`,
      patience,
    )

  it('gives its last entries, then those that come, with time, severity and fields', async () => {
    journal.write(entries(0, 300))
    await test.open(transport)
    await arrived(299)
    journal.write(entries(300, 350))
    await arrived(349)
    expect(faults(test.numbers('journal'), 350, 200)).toEqual([])
    const row = test.rows('journal').at(-1)
    expect(row?.time).toBe((begin + 349_000) / 1_000)
    expect(row?.level).toBe(349 % 8)
    const stream = test.stream('journal')
    const bytes = Buffer.from(row?.text ?? '')
    expect(stream?.format.name).toBe('journald-json')
    expect(stream?.format.field('text')(bytes, 0, bytes.length)).toBe('n=349 of the journal')
    expect(stream?.format.field('_SYSTEMD_UNIT')(bytes, 0, bytes.length)).toBe('app.service')
  })

  it('goes on behind its cursor after the connection was lost, with nothing twice', async () => {
    journal.write(entries(0, 50))
    const first = await test.open(transport)
    await arrived(49)
    await server.restart()
    await expect(first.done).rejects.toMatchObject({ code: 'connection-lost' })
    journal.write(entries(50, 400))
    transport = await connectTo(server, key)
    await test.open(transport)
    await arrived(399)
    expect(faults(test.numbers('journal'), 400)).toEqual([])
    expect(test.gaps('journal')).toEqual([])
  })

  it('declares a gap where the journal was vacuumed meanwhile', async () => {
    journal.write(entries(0, 50))
    const first = await test.open(transport)
    await arrived(49)
    await first.close()
    journal.clear()
    journal.write(entries(90, 100))
    await test.open(transport)
    await arrived(99)
    expect(faults(test.numbers('journal'), 100)).toEqual([])
    expect(test.gaps('journal')).toHaveLength(1)
  })

  it('fetches older entries to its beginning', async () => {
    journal.write(entries(0, 300))
    await test.open(transport)
    await arrived(299)
    const older = test.feed.olderOf(test.stream('journal')?.number ?? -1)
    const { signal } = new AbortController()
    expect(await older?.(150, signal)).toBe(true)
    expect(test.numbers('journal')[0]).toBe(50)
    expect(await older?.(150, signal)).toBe(true)
    expect(await older?.(150, signal)).toBe(false)
    expect(faults(test.numbers('journal'), 300)).toEqual([])
  })

  it('keeps messages of several lines and of no encoding in one row each', async () => {
    const odd = Buffer.from([0x6e, 0x3d, 0x31, 0x20, 0xff, 0xfe])
    journal.write([
      { ...entry(0), message: 'n=0 first\nsecond\nthird' },
      { ...entry(1), message: odd },
    ])
    await test.open(transport)
    await until(() => test.rows('journal').length === 2)
    const format = test.stream('journal')?.format
    const texts = test.rows('journal').map(({ text }) => {
      const bytes = Buffer.from(text)
      return format?.field('text')(bytes, 0, bytes.length)
    })
    expect(texts).toEqual(['n=0 first\nsecond\nthird', 'n=1 \ufffd\ufffd'])
  })

  it('is left alone on an XCP host, and says why; also where there is none', async () => {
    journal.write(entries(0, 3))
    writeFileSync(test.path('xensource.log'), '')
    const { findings } = await test.probe(transport)
    expect(findings.find(({ subject }) => subject === 'journal')?.detail).toContain('those are read')
    await test.open(transport)
    expect(test.stream('journal')).toBeUndefined()
    const none = new LogTest({ journal: { folder: '/no/such/folder' } })
    const probe = await none.probe(transport)
    expect(probe.findings.find(({ subject }) => subject === 'journal')).toMatchObject({ available: false })
    await none.close()
  })
})
