import { describe, expect, it } from 'vitest'
import type { RowBatch, ViewUpdate } from '@shared/model/rows'
import { systemClock } from './clock'
import { RowFeed } from './row-feed'
import { RowQueries } from './row-queries'
import type { RowSink } from './row-sink'
import { RowStore } from './streams/row-store'
import { batchOf, testFormat } from './streams/testing/plain'

const label = { kind: 'logs', name: '/var/log/test', format: testFormat }
const start = Date.now() - 3_600_000
const line = (at: number, text: string): string => `${start + at} ${at % 8} ${text}`
const signal = (): AbortSignal => AbortSignal.timeout(20_000)

function linesOf(batch: RowBatch): string[] {
  let from = 0
  return [...batch.ends].map((end) => {
    const text = Buffer.from(batch.text.subarray(from, end)).toString()
    from = end
    return text
  })
}

class Bench {
  readonly feed = new RowFeed(new RowStore(1e9), systemClock)
  readonly queries = new RowQueries(this.feed, systemClock)
  readonly abort = new AbortController()

  sink(host = 'h'): RowSink {
    return this.feed.sink(host, label, () => 0)
  }

  /** Updates until one is as wanted; that one. */
  async until(
    wanted: (update: ViewUpdate) => boolean,
    filter = '',
    hosts: string[] = [],
  ): Promise<ViewUpdate> {
    const selection = { kind: 'logs' as const, hosts, streams: [], filter, utcOffset: 0 }
    const updates = this.queries.watch({ selection, tail: 5, maxBytes: 1_000 }, this.abort.signal)
    for (;;) {
      const next = await updates.next()
      if (next.done) throw new Error('the view ended')
      if (wanted(next.value)) return next.value
    }
  }
}

describe('what windows ask of rows', () => {
  it('counts, shows the newest, and hands out any part while the view is open', async () => {
    const bench = new Bench()
    bench.sink().append(batchOf(Array.from({ length: 500 }, (_, at) => line(at, `row ${at}`))))
    const update = await bench.until(({ end, first }) => end - first === 500)
    expect(linesOf(update.tail)).toEqual([495, 496, 497, 498, 499].map((at) => line(at, `row ${at}`)))
    expect(update).toMatchObject({ looked: 500, rows: 500, error: null, stopped: null })
    expect(update.streams).toMatchObject([
      { host: 'h', name: '/var/log/test', received: 500, lost: 0, hasOlder: false },
    ])
    const from = update.first + 10
    const part = await bench.queries.read({ view: update.view, from, count: 2, maxBytes: 18, mark: 'row 11' })
    expect(linesOf(part)).toEqual([line(10, 'row 10').slice(0, 18), line(11, 'row 11').slice(0, 18)])
    expect([...part.marks]).toEqual([0, 1])
    expect([...part.lengths]).toEqual([line(10, 'row 10').length, line(11, 'row 11').length])
    bench.abort.abort()
  })

  it('filters, and goes on as rows come', async () => {
    const bench = new Bench()
    const sink = bench.sink()
    sink.append(batchOf([line(1, 'error one'), line(2, 'fine')]))
    const grown = bench.until(({ end, first }) => end - first === 2, 'ERROR')
    sink.append(batchOf([line(3, 'fine'), line(4, 'an error again')]))
    expect(linesOf((await grown).tail)).toEqual([line(1, 'error one'), line(4, 'an error again')])
    bench.abort.abort()
  })

  it('merges hosts by time and shows those that were asked for', async () => {
    const bench = new Bench()
    bench.sink('a').append(batchOf([line(1, 'a'), line(3, 'a')]))
    bench.sink('b').append(batchOf([line(2, 'b'), line(4, 'b')]))
    const all = await bench.until(({ end, first }) => end - first === 4)
    expect(linesOf(all.tail).map((text) => text.at(-1))).toEqual(['a', 'b', 'a', 'b'])
    const one = await bench.until(({ end, first }) => end - first === 2, '', ['b'])
    expect(linesOf(one.tail).map((text) => text.at(-1))).toEqual(['b', 'b'])
    bench.abort.abort()
  })

  it('finds places by time and by row, counts by time and severity, and tells all of one row', async () => {
    const bench = new Bench()
    const sink = bench.sink()
    sink.append(batchOf(Array.from({ length: 160 }, (_, at) => line(at * 10, `row ${at}`))))
    sink.gap({ count: 3, from: null, to: start + 1_590, reason: 'lost' })
    const { view, first } = await bench.until((update) => update.end - update.first === 161)
    const { queries } = bench
    expect(queries.locate({ view, at: { kind: 'time', time: start + 395 } })).toEqual({
      position: first + 40,
    })
    const [stream] = [...bench.feed.store.streams]
    const number = stream?.number ?? 0
    expect(queries.locate({ view, at: { kind: 'row', stream: number, sequence: 7 } })).toEqual({
      position: first + 7,
    })
    expect(queries.locate({ view, at: { kind: 'row', stream: number, sequence: 999 } })).toEqual({
      position: null,
    })
    const counted = await queries.histogram({ view, from: start, to: start + 1_600, bins: 4 }, signal())
    expect([...counted.counts].reduce((sum, each) => sum + each, 0)).toBe(160)
    expect([...counted.counts.subarray(0, 9)]).toEqual([10, 0, 10, 0, 10, 0, 10, 0, 0])
    expect(counted.gaps).toEqual([start + 1_590])
    expect(queries.details({ stream: number, sequence: 7 })).toMatchObject({
      host: 'h',
      stream: '/var/log/test',
      time: start + 70,
      text: line(70, 'row 7'),
    })
    bench.abort.abort()
  })

  it('leaves out streams by their number, and tells the fields that rows have', async () => {
    const bench = new Bench()
    const format = { ...testFormat, fields: () => ({ process: 'xapi', pid: 7, nested: { deep: 1 } }) }
    bench.feed.sink('a', { ...label, format }, () => 0).append(batchOf([line(1, 'a'), line(3, 'a')]))
    bench.feed.sink('b', { ...label, format }, () => 0).append(batchOf([line(2, 'b')]))
    bench.feed.store.tidy(Date.now() + 1_000)
    const [, second] = [...bench.feed.store.streams]
    const selection = {
      kind: 'logs' as const,
      hosts: [],
      streams: [],
      without: [second?.number ?? 0],
      filter: '',
      utcOffset: 0,
    }
    const updates = bench.queries.watch({ selection, tail: 5, maxBytes: 100 }, bench.abort.signal)
    const { value } = await updates.next()
    if (!value) throw new Error('the view ended')
    expect(linesOf(value.tail).map((text) => text.at(-1))).toEqual(['a', 'a'])
    expect(bench.queries.fields(value.view)).toEqual([
      { name: 'process', values: ['xapi'] },
      { name: 'pid', values: ['7'] },
      { name: 'nested', values: [] },
      { name: 'host', values: ['a'] },
      { name: 'source', values: ['/var/log/test'] },
    ])
    bench.abort.abort()
  })

  it('shows what a filter that depends on the time shows then', async () => {
    const bench = new Bench()
    const sink = bench.sink()
    sink.append(batchOf([line(1, 'old')]))
    sink.append(batchOf([`${Date.now() - 8_000} 1 leaves`, `${Date.now() - 2_000} 1 stays`]))
    const shown = (update: ViewUpdate): string[] =>
      linesOf(update.tail).map((text) => text.split(' ')[2] ?? '')
    const first = await bench.until(({ end, first: from }) => end - from === 2, 'time:>-10s')
    expect(shown(first)).toEqual(['leaves', 'stays'])
    const later = await bench.until(({ end, first: from }) => end - from === 1, 'time:>-10s')
    expect(shown(later)).toEqual(['stays'])
    expect(later.revision).toBeGreaterThan(0)
    bench.abort.abort()
  })

  it('shows rows for programs as lines for people where that is asked for', async () => {
    const bench = new Bench()
    const values: Record<string, string | number> = { process: 'sshd', pid: 7, text: 'Accepted publickey' }
    const format = { ...testFormat, name: 'json', field: (name: string) => () => values[name] }
    bench.feed.sink('a', { ...label, format }, () => 0).append(batchOf([line(1, '{...}')]))
    bench.sink('b').append(batchOf([line(2, 'plain')]))
    const { view, first } = await bench.until(({ end, first }) => end - first === 2)
    const read = async (lines: boolean): Promise<string[]> =>
      linesOf(await bench.queries.read({ view, from: first, count: 2, maxBytes: 100, mark: null, lines }))
    expect(await read(true)).toEqual(['sshd[7]: Accepted publickey', line(2, 'plain')])
    expect(await read(false)).toEqual([line(1, '{...}'), line(2, 'plain')])
    bench.abort.abort()
  })

  it('closes a view with its subscription', async () => {
    const bench = new Bench()
    bench.sink().append(batchOf([line(1, 'a')]))
    const selection = { kind: 'logs' as const, hosts: [], streams: [], filter: '', utcOffset: 0 }
    const updates = bench.queries.watch({ selection, tail: 5, maxBytes: 100 }, bench.abort.signal)
    const { value } = await updates.next()
    const view = value ? value.view : ''
    await updates.return()
    await expect(bench.queries.read({ view, from: 0, count: 1, maxBytes: 10, mark: null })).rejects.toThrow(
      'closed',
    )
  })

  it('fetches older rows on demand, unless there is no room for them', async () => {
    const bench = new Bench()
    const older = (): Promise<boolean> => {
      sink.prepend(batchOf([line(1, 'older')]))
      return Promise.resolve(false)
    }
    const sink = bench.feed.sink('h', { ...label, older }, () => 0)
    sink.append(batchOf([line(5, 'newer')]))
    const { streams } = await bench.until(({ end, first }) => end - first === 1)
    const stream = streams[0]?.number ?? 0
    expect(streams[0]?.hasOlder).toBe(true)
    expect(await bench.queries.older({ stream, rows: 10 }, signal())).toEqual({ more: false })
    const update = await bench.until(({ end, first }) => end - first === 2)
    expect(linesOf(update.tail)).toEqual([line(1, 'older'), line(5, 'newer')])
    const full = new RowQueries(new RowFeed(new RowStore(10), systemClock), systemClock)
    await expect(full.older({ stream: 1, rows: 10 }, signal())).rejects.toThrow('not kept')
    bench.abort.abort()
  })
})
