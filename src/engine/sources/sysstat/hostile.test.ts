import { randomBytes } from 'node:crypto'
import { describe, expect, it, vi } from 'vitest'
import { DiagnosticError } from '@shared/errors'
import { createLocalTransport } from '@engine/transports/local'
import { until } from '../../../../tests/support/poll'
import { running } from '../../../../tests/support/process-table'
import { createSysstatSource, type SysstatOptions } from './index'
import { fakeSadf, type FakeSadf } from './testing/fake-sadf'
import { version10, version11 } from './testing/older-formats'
import { HistorySink } from './testing/history-sink'
import { startReading } from './testing/reading'

/** What the reading of an archive ends with. */
async function endOf(sadf: FakeSadf, options: Partial<SysstatOptions> = {}): Promise<string> {
  const { source } = await startReading(createLocalTransport(), { ...sadf.options, ...options })
  return source.done.then(
    () => 'no error',
    (error: unknown) => (error instanceof DiagnosticError ? error.message : `not ours: ${String(error)}`),
  )
}

describe('an archive that cannot be read', () => {
  it.each([
    ['is cut', (sadf: FakeSadf) => sadf.prints('sa01', version11.slice(0, -200)), 'ends in the middle'],
    ['is empty', (sadf: FakeSadf) => sadf.archive('sa01', 'exit 0'), 'no JSON'],
    ['is something else', (sadf: FakeSadf) => sadf.prints('sa01', 'Hello'), 'no JSON'],
    ['has brackets too many', (sadf: FakeSadf) => sadf.prints('sa01', '}'.repeat(100)), 'bracket too many'],
    [
      'has records of another form',
      (sadf: FakeSadf) =>
        sadf.prints('sa01', '{"sysstat":{"hosts":[{"statistics":[{"a":1},{"timestamp":7}]}]}}'),
      'None of its records',
    ],
    [
      'is refused by sadf',
      (sadf: FakeSadf) => sadf.archive('sa01', 'echo "Invalid system activity file: sa01" >&2; exit 1'),
      'sadf says: Invalid system activity file: sa01',
    ],
    [
      'is of a sadf that was killed',
      (sadf: FakeSadf) => sadf.archive('sa01', `echo '{"sysstat": {"hosts": ['; kill -9 $$`),
      'Killed',
    ],
  ])('says so when it %s', async (_, lay, expected) => {
    const sadf = fakeSadf()
    lay(sadf)
    expect(await endOf(sadf)).toContain(`sa01: `)
    expect(await endOf(sadf)).toContain(expected)
  })

  it('is given up after its time, and its sadf is ended', async () => {
    const sadf = fakeSadf()
    const unique = `600.${String(process.pid)}${String(Date.now())}`
    sadf.archive('sa01', `exec sleep ${unique}`)
    const { source } = await startReading(createLocalTransport(), { ...sadf.options, deadline: 2_000 })
    const end = expect(source.done).rejects.toThrow('sa01: sadf took more than 2 s.')
    await until(() => running(`sleep ${unique}`).length > 0)
    await end
    await until(() => running(`sleep ${unique}`).length === 0)
  })

  it('is not taken in beyond the limit of bytes, packed or not', async () => {
    const sadf = fakeSadf()
    sadf.archive('sa01', `echo '{"sysstat": {"hosts": [{"statistics": ['; exec yes '{"a": [1, 2, 3, 4, 5]},'`)
    expect(await endOf(sadf, { mostBytes: 2 ** 20 })).toContain('sa01: sadf prints more than 1 MiB.')
  })

  it('is no harm where it is noise', async () => {
    const sadf = fakeSadf()
    sadf.prints(
      'sa01',
      randomBytes(50_000)
        .toString('base64')
        .replaceAll(/[A-F]/g, (letter) => '{}[]",'['ABCDEF'.indexOf(letter)] ?? ''),
    )
    expect(await endOf(sadf)).toMatch(/^Not all of sysstat's 1 archives could be read\. sa01: /)
  })

  it('leaves the others as they are', async () => {
    const sadf = fakeSadf()
    sadf.prints('sa01', version11)
    sadf.prints('sa02', 'Hello', 1)
    sadf.prints('sa03', version10.replaceAll('2026-03-01', '2026-02-27'), 2)
    const { sink, source } = await startReading(createLocalTransport(), sadf.options)
    await expect(source.done).rejects.toThrow("Not all of sysstat's 3 archives could be read. sa02: ")
    expect([...sink.points('/metrics/host/host/load1').values()]).toContain(0.5)
    expect([...sink.points('/metrics/host/host/memory_used').values()]).toContain(1_500_000 * 1_024)
  })

  it('is not read again and again on the same connection', async () => {
    const sadf = fakeSadf()
    sadf.prints('sa01', 'Hello')
    const source = createSysstatSource({ ...sadf.options, settle: 0, retryAfter: 12_345 })
    const stop = new AbortController()
    const transport = createLocalTransport()
    const slept: number[] = []
    const clock = {
      now: () => 0,
      monotonic: () => 0,
      sleep: (milliseconds: number) => {
        slept.push(milliseconds)
        return Promise.resolve()
      },
    }
    const context = { transport, signal: stop.signal, clock, sink: new HistorySink() }
    await source.probe(context)
    for (let k = 0; k < 3; k++) await expect((await source.open(context)).done).rejects.toThrow('no JSON')
    expect(slept.filter((milliseconds) => milliseconds > 0)).toEqual([12_345, 24_690])
    await transport.close()
  })
})

describe('many archives', () => {
  it('are read newest first, those of the days that are asked for, and told a few times only', async () => {
    const sadf = fakeSadf()
    for (let day = 0; day < 9; day++) {
      const date = new Date(Date.UTC(2026, 2, 20 - day)).toISOString().slice(0, 10)
      sadf.prints(`sa2026${date.slice(5, 7)}${date.slice(8)}`, version11.replaceAll('2026-03-01', date), day)
    }
    sadf.prints('sa01.xz', 'packed', 1)
    sadf.prints('sar01', 'a report', 1)
    const { probe, sink } = await startReading(createLocalTransport(), { ...sadf.options, days: 6.5 })
    expect(probe.findings[0]?.detail).toContain('7 archives')
    await vi.waitFor(() => expect(sink.points('/metrics/host/host/cpu').size).toBe(7), { timeout: 20_000 })
    expect(sink.told).toBe(4)
    expect([...sink.points('/metrics/host/host/cpu').keys()]).toEqual(
      Array.from({ length: 7 }, (_, k) => Date.UTC(2026, 2, 14 + k, 0, 10, 1)),
    )
    expect(new Set(sink.series.map(({ interval }) => interval))).toEqual(new Set([599_000]))
  })

  it('are series of their own where the interval was changed', async () => {
    const sadf = fakeSadf()
    sadf.prints('sa02', version11.replaceAll('2026-03-01', '2026-03-02').replace('599', '60'))
    sadf.prints('sa01', version11, 1)
    const { sink, told } = await startReading(createLocalTransport(), sadf.options)
    await told(2)
    const loads = sink.series.filter(({ address }) => address.metric === 'cpu')
    expect(loads.map(({ interval, times }) => [interval, times.length])).toEqual([
      [60_000, 1],
      [599_000, 1],
    ])
  })

  it('are left out, and that is told, where they would take too much memory', async () => {
    const sadf = fakeSadf()
    for (let day = 0; day < 3; day++) sadf.prints(`sa0${day}`, version11, day)
    const { sink, source } = await startReading(createLocalTransport(), { ...sadf.options, mostValues: 10 })
    await expect(source.done).rejects.toThrow('2 older archives were left out')
    expect(sink.series.length).toBeGreaterThan(0)
  })
})
