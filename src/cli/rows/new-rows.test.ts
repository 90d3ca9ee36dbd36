import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, expect, it } from 'vitest'
import { systemClock } from '@engine/clock'
import { RowFeed } from '@engine/row-feed'
import { RowQueries } from '@engine/row-queries'
import type { RowSink } from '@engine/row-sink'
import { RowStore } from '@engine/streams/row-store'
import { batchOf, testFormat } from '@engine/streams/testing/plain'
import type { ViewUpdate } from '@shared/model/rows'
import { until } from '../../../tests/support/poll'
import { unpack, type RowReader } from './live-view'
import { NewRows } from './new-rows'

/** Against the engine's own store and views: rows come late, between others, and leave before they are read. */

const benches: Bench[] = []
afterEach(() => {
  for (const bench of benches.splice(0)) bench.abort.abort()
})

class Bench implements RowReader {
  readonly abort = new AbortController()
  readonly feed: RowFeed
  readonly queries: RowQueries
  /** Numbers of the rows that were given, by stream. */
  readonly given = new Map<number, number[]>()
  lost = 0
  atLeast = false
  latest: ViewUpdate | null = null

  constructor(bytes: number) {
    this.feed = new RowFeed(new RowStore(bytes), systemClock)
    this.queries = new RowQueries(this.feed, systemClock)
    benches.push(this)
  }

  sink(name: string): RowSink {
    return this.feed.sink('h', { kind: 'logs', name, format: testFormat }, () => 0)
  }

  watch(filter: string): void {
    const selection = { kind: 'logs' as const, hosts: [], streams: [], filter, utcOffset: 0 }
    const updates = this.queries.watch({ selection, tail: 1, maxBytes: 0 }, this.abort.signal)
    void (async () => {
      for await (const update of updates) this.latest = update
    })()
  }

  async complete(): Promise<ViewUpdate> {
    await until(() => this.latest !== null && this.latest.looked >= this.latest.rows)
    return this.latest!
  }

  rows(filtered: boolean, changing = false): NewRows {
    return new NewRows(this, {
      changing,
      filtered,
      read: { maxBytes: 100 },
      ready: () => Promise.resolve(),
      rows: (rows) => {
        for (const { stream, sequence } of rows) {
          const before = this.given.get(stream)
          if (before) before.push(sequence)
          else this.given.set(stream, [sequence])
        }
        return Promise.resolve()
      },
      lost: ({ count, atLeast }) => {
        this.lost += count
        this.atLeast ||= atLeast
      },
    })
  }

  get count(): number {
    return [...this.given.values()].reduce((sum, { length }) => sum + length, 0)
  }

  read: RowReader['read'] = async (from, count, { maxBytes, mark = null }) => {
    await sleep(0)
    return unpack(await this.queries.read({ view: this.latest!.view, from, count, maxBytes, mark }))
  }

  first: RowReader['first'] = async () => {
    const all = { view: this.latest!.view, from: -1e12, count: 0, maxBytes: 0, mark: null }
    return (await this.queries.read(all)).from
  }

  positionOf: RowReader['positionOf'] = ({ stream, sequence }) => {
    const at = { kind: 'row' as const, stream, sequence }
    return Promise.resolve(this.queries.locate({ view: this.latest!.view, at }).position)
  }
}

const line = (time: number, text: string): string => `${time} 6 ${text}`
const ascending = (numbers: readonly number[]): boolean =>
  numbers.every((number, at) => at === 0 || number > (numbers[at - 1] ?? Infinity))

/** Repeats itself: a failure can be looked at again. */
function randomOf(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31
    return Math.floor((state / 2 ** 31) * below)
  }
}

it.each([1, 2, 3])(
  'gives each row once, in the order of its stream, however late it comes (seed %i)',
  async (seed) => {
    const random = randomOf(seed)
    const bench = new Bench(64 * 2 ** 20)
    const sinks = ['a', 'b', 'c', 'd'].map((name) => bench.sink(name))
    const begin = Date.now() - 600_000
    let written = 0
    const write = (most: number): void => {
      // Streams lag behind one another by up to a minute: their rows belong far before those given already.
      const lag = random(4)
      const lines = Array.from({ length: 1 + random(most) }, () =>
        line(begin + written++ * 10 - lag * 15_000, written % 3 === 0 ? 'hit' : 'hit or not'),
      )
      sinks[lag]?.append(batchOf(lines))
    }
    write(50)
    bench.watch('hit')
    const rows = bench.rows(true)
    const first = await bench.complete()
    await rows.begin(first, first.first)
    // They come while others are being given.
    const writing = (async () => {
      for (let round = 0; round < 150; round++) {
        write(random(10) === 0 ? 900 : 60)
        await sleep(random(3) * 10)
      }
    })()
    const state = { done: false }
    void writing.then(() => (state.done = true))
    while (!state.done) {
      await rows.take(await bench.complete())
      await sleep(5)
    }
    await until(() => bench.latest!.rows === written && bench.latest!.looked === written)
    await sleep(300)
    await rows.take(bench.latest!)
    expect(bench.count).toBe(written)
    expect([...bench.given.values()].every(ascending)).toBe(true)
    expect(bench.lost).toBe(0)
  },
)

/** Rows that come twelve times as fast as they are read, with a memory for some of them. Returns how many. */
async function flood(bench: Bench, rows: NewRows): Promise<number> {
  const [quick, slow] = [bench.sink('quick'), bench.sink('slow')]
  const begin = Date.now() - 600_000
  let written = 1
  for (let burst = 0; burst < 12; burst++) {
    const lines = Array.from({ length: 2_000 }, (_, at) =>
      line(begin + written + at, `${at % 2 === 0 ? 'hit' : 'other'} ${'x'.repeat(150)}`),
    )
    quick.append(batchOf(lines))
    written += lines.length
    if (burst % 4 === 0) {
      slow.append(batchOf([line(begin + written - 500, 'hit again')]))
      written++
    }
    const total = written
    const received = (): number => bench.latest!.streams.reduce((sum, stream) => sum + stream.received, 0)
    await until(() => bench.latest!.looked === bench.latest!.rows && received() >= total - 1)
    if (burst === 5) await rows.take(bench.latest!)
  }
  await sleep(300)
  await rows.take(await bench.complete())
  return written
}

it('counts exactly what left before it could be given', async () => {
  const bench = new Bench(2 ** 20)
  bench.sink('slow').append(batchOf([line(Date.now() - 700_000, 'hit')]))
  bench.watch('')
  const rows = bench.rows(false)
  const first = await bench.complete()
  await rows.begin(first, first.first)
  const written = await flood(bench, rows)
  expect(bench.lost).toBeGreaterThan(4_000)
  expect(bench.atLeast).toBe(false)
  expect(bench.count + bench.lost).toBe(written)
  expect([...bench.given.values()].every(ascending)).toBe(true)
})

it('says of rows that a filter would have given how many there were at least', async () => {
  const bench = new Bench(2 ** 20)
  bench.sink('slow').append(batchOf([line(Date.now() - 700_000, 'hit')]))
  bench.watch('hit')
  const rows = bench.rows(true)
  const first = await bench.complete()
  await rows.begin(first, first.first)
  await flood(bench, rows)
  expect(bench.atLeast).toBe(true)
  expect(bench.lost).toBeGreaterThan(1_000)
  expect(bench.count + bench.lost).toBeLessThanOrEqual(12 * 1_000 + 4)
  expect([...bench.given.values()].every(ascending)).toBe(true)
})

it('gives rows that match only later, once', async () => {
  const bench = new Bench(2 ** 24)
  const sink = bench.sink('a')
  const now = Date.now()
  sink.append(batchOf([line(now - 60_000, 'old'), line(now, 'new')]))
  bench.watch('-time:>-1s')
  const rows = bench.rows(true, true)
  const first = await bench.complete()
  await rows.begin(first, first.first)
  await until(() => bench.latest!.revision > 1 && bench.latest!.end - bench.latest!.first === 2)
  await rows.take(bench.latest!)
  const { revision } = bench.latest!
  await until(() => bench.latest!.revision > revision)
  await rows.take(bench.latest!)
  expect([...bench.given.values()]).toEqual([[0, 1]])
  expect(bench.lost).toBe(0)
})
