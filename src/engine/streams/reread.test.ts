import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { RowFormat } from '../row-sink'
import { packRows } from './pack-rows'
import { rowFlags } from './row-chunk'
import { RowStore } from './row-store'
import type { RowStream } from './row-stream'
import { RowView } from './row-view'
import { batchOf, containing, testFormat } from './testing/plain'

/** Knows neither times nor severities. */
const blind: RowFormat = {
  ...testFormat,
  name: 'blind',
  head(_bytes, _start, _end, out) {
    out.time = NaN
    out.level = 15
    out.continues = false
  },
}
const label = { host: 'h', kind: 'logs', name: 'a' }
const now = 50_000_000_000
const day = 86_400_000

interface Told {
  readonly sequence: number
  readonly time: number
  readonly level: number
  readonly flags: number
  readonly text: string
}

function told(stream: RowStream | undefined): Told[] {
  const rows: Told[] = []
  for (const chunk of stream?.chunks ?? []) {
    for (let row = 0; row < chunk.count; row++) {
      const text = Buffer.from(chunk.bytes.subarray(chunk.startOf(row), chunk.endOf(row))).toString()
      rows.push({
        sequence: chunk.first + row,
        time: chunk.keyOf(row),
        level: chunk.levelOf(row),
        flags: chunk.flagsOf(row),
        text,
      })
    }
  }
  return rows
}

const run = (work: Generator): void => {
  while (!work.next().done);
}
const line = fc.record({
  time: fc.option(fc.integer({ min: 0, max: 400 * day })),
  level: fc.integer({ min: 0, max: 7 }),
  text: fc.constantFrom('one', 'two', 'x'.repeat(60_000)),
})

describe('rows that are read again in another format', () => {
  it('are as if they had been read so from the beginning, with their numbers', () => {
    fc.assert(
      fc.property(fc.array(fc.array(line, { minLength: 1, maxLength: 8 }), { maxLength: 6 }), (batches) => {
        const [again, fresh] = [blind, testFormat].map((format) => {
          const store = new RowStore(1e9)
          const stream = store.open(label, format)
          for (const batch of batches) {
            stream.append(
              batchOf(
                batch.map(({ time, level, text }) => (time === null ? text : `${time} ${level} ${text}`)),
              ),
              now,
            )
          }
          return { store, stream }
        })
        if (!again || !fresh) throw new Error('unreachable')
        run(again.store.reread(again.stream, testFormat, now, 0))
        // Rows that come before the first with a time stand where they came, in whichever batch that was.
        const timed = told(fresh.stream).findIndex(({ flags }) => (flags & rowFlags.approximate) === 0)
        const rows = told(again.stream)
        expect(rows.map(({ sequence, text }) => [sequence, text])).toEqual(
          told(fresh.stream).map(({ sequence, text }) => [sequence, text]),
        )
        if (
          timed >= 0 &&
          told(fresh.stream)
            .slice(0, timed)
            .every(({ time }) => time < now)
        ) {
          expect(rows).toEqual(told(fresh.stream))
        }
        expect(rows.map(({ time }) => time)).toEqual(rows.map(({ time }) => time).sort((a, b) => a - b))
        expect(again.store.used).toBe(again.stream.chunks.reduce((sum, { held }) => sum + held, 0))
      }),
    )
  })

  it('are in order in every view, with those that came meanwhile', () => {
    const store = new RowStore(1e9)
    const stream = store.open(label, blind)
    const other = store.open({ ...label, name: 'b' }, testFormat)
    const lines = (from: number, count: number): string[] =>
      Array.from({ length: count }, (_, at) => `${(from + at) * 1_000} 3 ${'x'.repeat(1_000)} ${from + at}`)
    for (let at = 0; at < 1_000; at += 100) stream.append(batchOf(lines(at, 100)), now)
    other.append(batchOf(['250500 6 between']), now)
    const view = new RowView(store, () => true, containing(''))
    store.tidy(now + 1_000)
    while (!view.step(() => false));
    const position = view.index.end
    stream.format = testFormat
    const work = store.reread(stream, testFormat, now, 0)
    work.next()
    stream.append(batchOf(lines(1_000, 100)), now)
    work.next()
    run(work)
    stream.append(batchOf(lines(1_100, 100)), now)
    store.tidy(now + 2_000)
    while (!view.step(() => false));
    expect(view.revision).toBeGreaterThan(0)
    expect(view.index.end).toBe(position)
    const batch = packRows(view, view.index.first, view.index.length, { maxBytes: 2_000 })
    expect([...batch.times]).toEqual(
      [...Array.from({ length: 1_200 }, (_, at) => at * 1_000), 250_500].sort((a, b) => a - b),
    )
    expect(new Set(batch.levels)).toEqual(new Set([3, 6]))
    expect(batch.flags.some((flags) => flags !== 0)).toBe(false)
    view.close()
  })

  it('keep gaps and cuts, and tell which of them have no time of their own', () => {
    const store = new RowStore(1e9)
    const stream = store.open(label, blind)
    const cut = new Map([[1, 9_999]])
    stream.append({ ...batchOf(['1000 4 a', '2000 4 b', 'no time', '500 4 earlier']), cut }, now)
    stream.gap({ count: 7, from: null, to: null, reason: 'test' }, now)
    stream.append(batchOf(['9000 4 c']), now)
    expect(told(stream).map(({ flags }) => flags)).toEqual([
      rowFlags.approximate,
      rowFlags.approximate | rowFlags.cut,
      rowFlags.approximate,
      rowFlags.approximate,
      rowFlags.gap,
      rowFlags.approximate,
    ])
    run(store.reread(stream, testFormat, now, 100))
    expect(told(stream).map(({ time, level, flags }) => [time, level, flags])).toEqual([
      [1_100, 4, 0],
      [2_100, 4, rowFlags.cut],
      [2_100, 15, rowFlags.approximate],
      [2_100, 4, rowFlags.approximate],
      [2_100, 15, rowFlags.gap],
      [9_100, 4, 0],
    ])
    expect(stream.chunks[0]?.lengthOf(1)).toBe(9_999)
    expect(stream.account).toMatchObject({ received: 6, lost: 7, dropped: 0 })
  })
})
