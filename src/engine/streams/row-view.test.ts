import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { packRows } from './pack-rows'
import { RowStore } from './row-store'
import { RowView } from './row-view'
import { batchOf, containing, testFormat } from './testing/plain'

const label = (name: string): { host: string; kind: string; name: string } => ({
  host: 'h',
  kind: 'logs',
  name,
})
const later = 10_000_000
const everything = (): boolean => true
const finish = (view: RowView): void => {
  while (!view.step(() => false));
}
function texts(view: RowView): string[] {
  const batch = packRows(view, view.index.first, view.index.length, { maxBytes: 1_000 })
  let start = 0
  return [...batch.ends].map((end) => {
    const text = Buffer.from(batch.text.subarray(start, end)).toString()
    start = end
    return text
  })
}

interface Step {
  stream: number
  kind: 'append' | 'prepend'
  rows: { time: number; word: string }[]
  look: boolean
}
const row = fc.record({
  time: fc.integer({ min: 1_000, max: 9_000 }),
  word: fc.constantFrom('red', 'amber', 'green'),
})
const step: fc.Arbitrary<Step> = fc.record({
  stream: fc.integer({ min: 0, max: 2 }),
  kind: fc.constantFrom<Step['kind'][]>('append', 'append', 'prepend'),
  rows: fc.array(row, { maxLength: 30 }),
  look: fc.boolean(),
})

/** The obvious way: all rows in one array, sorted anew each time. */
class Reference {
  readonly streams: { key: number; text: string }[][] = [[], [], []]

  take({ stream, kind, rows }: Step, lines: string[]): void {
    const kept = this.streams[stream] ?? []
    if (kind === 'append' || kept.length === 0) {
      let last = kept.at(-1)?.key ?? -Infinity
      for (const [at, { time }] of rows.entries())
        kept.push({ key: (last = Math.max(last, time)), text: lines[at] ?? '' })
    } else {
      const limit = kept[0]?.key ?? Infinity
      let last = -Infinity
      const older = rows.map(({ time }, at) => ({
        key: (last = Math.max(last, Math.min(time, limit))),
        text: lines[at] ?? '',
      }))
      kept.unshift(...older)
    }
  }

  view(word: string): string[] {
    return this.streams
      .flatMap((rows, stream) => rows.map((each, at) => ({ ...each, stream, at })))
      .sort((a, b) => a.key - b.key || a.stream - b.stream || a.at - b.at)
      .filter(({ text }) => text.includes(word))
      .map(({ text }) => text)
  }
}

describe('a view of several streams', () => {
  it('shows what a sort of all rows would, however rows came', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 25 }), fc.constantFrom('red', 'e', 'none'), (steps, word) => {
        const store = new RowStore(1e9)
        const streams = ['a', 'b', 'c'].map((name) => store.open(label(name), testFormat))
        const view = new RowView(store, everything, containing(word))
        const reference = new Reference()
        let serial = 0
        for (const each of steps) {
          const lines = each.rows.map(({ time, word: text }) => `${time} 6 ${text} ${serial++}`)
          const stream = streams[each.stream]
          if (each.kind === 'append' || stream?.chunks.length === 0) stream?.append(batchOf(lines), later)
          else stream?.prepend(batchOf(lines), later)
          reference.take(each, lines)
          if (each.look) view.step(() => true)
        }
        store.tidy(later + 1_000)
        finish(view)
        expect(texts(view)).toEqual(reference.view(word))
      }),
    )
  })

  it('shows a gap between rows that are fetched from further back and those that are kept', () => {
    const store = new RowStore(600_000)
    const stream = store.open(label('a'), testFormat)
    const lines = (from: number, count: number): string[] =>
      Array.from({ length: count }, (_, at) => `${from + at} 6 ${'x'.repeat(200)}`)
    stream.append(batchOf(lines(10_000, 5_000)), later)
    store.tidy(later + 1_000)
    const { dropped } = stream.account
    expect(dropped).toBeGreaterThan(1_000)
    stream.prepend(batchOf(lines(1_000, 3)), later)
    stream.prepend(batchOf(lines(900, 3)), later)
    const view = new RowView(store, everything, containing(''))
    finish(view)
    const [gap, further] = texts(view)
      .filter((text) => text.startsWith('{'))
      .map((text): unknown => JSON.parse(text))
    expect(gap).toMatchObject({ count: dropped, to: 10_000 + dropped })
    expect(further).toBeUndefined()
    expect(texts(view).findIndex((text) => text.startsWith('{'))).toBe(6)
    expect(stream.account).toMatchObject({ received: 5_000, fetched: 7, dropped, lost: 0 })
    expect(stream.find(dropped)?.row).toBe(0)
  })

  it('keeps the positions of rows on screen while rows come at the end and leave at the start', () => {
    const store = new RowStore(600_000)
    const stream = store.open(label('a'), testFormat)
    const view = new RowView(store, everything, containing(''))
    const where = new Map<string, number>()
    for (let batch = 0; batch < 60; batch++) {
      const lines = Array.from(
        { length: 100 },
        (_, at) => `${batch * 100 + at} 6 ${'x'.repeat(200)} ${batch}-${at}`,
      )
      stream.append(batchOf(lines), later)
      store.tidy(later + 1_000 * (batch + 1))
      finish(view)
      texts(view).forEach((text, at) => {
        const position = view.index.first + at
        expect(where.get(text) ?? position).toBe(position)
        where.set(text, position)
      })
    }
    const { received, dropped } = stream.account
    expect(received).toBe(6_000)
    expect(dropped).toBeGreaterThan(1_000)
    expect(view.index.length).toBe(received - dropped)
    expect(store.used).toBeLessThanOrEqual(600_000)
  })

  it('finds the newest rows first', () => {
    const store = new RowStore(1e9)
    const stream = store.open(label('a'), testFormat)
    const lines = Array.from({ length: 30_000 }, (_, at) => `${at} 6 word ${at}`)
    stream.append(batchOf(lines), later)
    store.tidy(later + 1_000)
    const view = new RowView(store, everything, containing('word'))
    expect(view.step(() => true)).toBe(false)
    expect(view.progress()).toMatchObject({ rows: 30_000 })
    expect(view.progress().looked).toBeLessThan(2_000)
    const newest = texts(view)
    expect(Number(newest.at(-1)?.split(' ')[0])).toBeGreaterThan(29_000 - 2_000)
    finish(view)
    expect(texts(view)).toEqual(lines)
  })

  it('is not done before what it has found anew is what shows', () => {
    const store = new RowStore(1e9)
    store.open(label('a'), testFormat).append(batchOf(['1 6 red', '2 6 green']), later)
    store.tidy(later + 1_000)
    let wanted = 'red'
    const view = new RowView(store, everything, {
      match: (...rows) => containing(wanted).match(...rows),
    })
    finish(view)
    wanted = 'green'
    view.restart()
    while (!view.step(() => true)) {
      const { looked, rows } = view.progress()
      expect(looked).toBeLessThan(rows)
      expect(texts(view)).toEqual(['1 6 red'])
    }
    expect(view.progress()).toEqual({ looked: 2, rows: 2 })
    expect(texts(view)).toEqual(['2 6 green'])
  })
})

describe('a stream', () => {
  it('joins the lines of one record as long as they come together', () => {
    const store = new RowStore(1e9)
    const stream = store.open(label('a'), testFormat)
    const view = new RowView(store, everything, containing(''))
    stream.append(batchOf(['1 6 first', ' more']), 100)
    finish(view)
    expect(texts(view)).toEqual([])
    stream.append(batchOf([' and more', '2 6 second']), 150)
    finish(view)
    expect(texts(view)).toEqual(['1 6 first\n more\n and more'])
    store.tidy(1_000)
    stream.append(batchOf([' too late']), 1_010)
    store.tidy(2_000)
    finish(view)
    expect(texts(view)).toEqual(['1 6 first\n more\n and more', '2 6 second', ' too late'])
  })

  it('goes on in the order rows came when the clock of the host jumps back', () => {
    const store = new RowStore(1e9)
    const stream = store.open(label('a'), testFormat)
    stream.append(batchOf(['5000 6 a', '1000 6 b', '6000 6 c']), later)
    const [chunk] = stream.chunks
    expect([0, 1, 2].map((at) => chunk?.keyOf(at))).toEqual([5_000, 5_000, 6_000])
  })

  it('never lies in our own future', () => {
    const stream = new RowStore(1e9).open(label('a'), testFormat)
    stream.append(batchOf(['9000 6 from a clock that is ahead']), 4_000)
    expect(stream.chunks[0]?.keyOf(0)).toBe(4_000)
  })

  it('gives lines without a time the place where they came', () => {
    const store = new RowStore(1e9)
    const stream = store.open(label('a'), testFormat)
    stream.append(batchOf(['no time', '3000 6 a', 'none either', '4000 6 b']), later)
    const [chunk] = stream.chunks
    expect([0, 1, 2, 3].map((at) => chunk?.keyOf(at))).toEqual([3_000, 3_000, 3_000, 4_000])
  })

  it('counts and shows rows that are known to be missing', () => {
    const store = new RowStore(1e9)
    const stream = store.open(label('a'), testFormat)
    stream.append(batchOf(['1 6 a']), 10)
    stream.gap({ count: 7, from: 10, to: 20, reason: 'the connection was lost' }, 30)
    stream.gap({ count: null, from: null, to: null, reason: 'the file was cut' }, 30)
    store.tidy(1_000)
    expect(stream.account).toEqual({ received: 3, fetched: 0, dropped: 0, lost: 7, lossUnknown: true })
    const found = stream.find(1)
    expect(found?.chunk.flagsOf(found.row)).toBe(1)
  })

  it('takes 8 bytes for a row beyond its text', () => {
    const store = new RowStore(1e9)
    const stream = store.open(label('a'), testFormat)
    const line = `1 6 ${'x'.repeat(176)}`
    const rows = 100_000
    for (let at = 0; at < rows; at += 1_000)
      stream.append(batchOf(Array.from({ length: 1_000 }, () => line)), later)
    // The chunk that rows go into has room for more.
    const sealed = stream.chunks.slice(0, -1)
    const count = sealed.reduce((sum, chunk) => sum + chunk.count, 0)
    const beyond = sealed.reduce((sum, chunk) => sum + chunk.held, 0) / count - (line.length + 1)
    expect(count).toBeGreaterThan(rows * 0.9)
    expect(beyond).toBeGreaterThan(7.9)
    expect(beyond).toBeLessThan(8.3)
    expect(store.used).toBe(stream.chunks.reduce((sum, chunk) => sum + chunk.held, 0))
  })

  it('forgets a host', () => {
    const store = new RowStore(1e9)
    store.open(label('a'), testFormat).append(batchOf(['1 6 a']), 10)
    store.forget('h')
    expect([...store.streams]).toEqual([])
    expect(store.used).toBe(0)
  })
})
