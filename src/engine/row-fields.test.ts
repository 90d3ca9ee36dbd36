import { afterEach, describe, expect, it } from 'vitest'
import type { ViewUpdate } from '@shared/model/rows'
import { systemClock } from './clock'
import { logFormats, type LogFormatName } from './formats/logs'
import { RowFeed } from './row-feed'
import { RowQueries } from './row-queries'
import type { RowSink } from './row-sink'
import { LogRowFormat } from './sources/logs/row-format'
import { RowStore } from './streams/row-store'
import { batchOf } from './streams/testing/plain'

const start = Date.now() - 3_600_000
const time = (at: number): string => new Date(start + at).toISOString()
const usual = (at: number): string => JSON.stringify({ time: time(at), msg: `row ${at}` })
const failed = (at: number, code: string): string =>
  JSON.stringify({ time: time(at), msg: `row ${at}`, error: { code, 'why.not': 'full' } })

const abort = new AbortController()
afterEach(() => abort.abort())

function open(name: LogFormatName = 'json') {
  const format = logFormats[name]
  const feed = new RowFeed(new RowStore(1e9), systemClock)
  const queries = new RowQueries(feed, systemClock)
  const context = { now: Date.now(), hostUtcOffsetMinutes: 0 }
  const sink = feed.sink(
    'h',
    { kind: 'logs', name: 'app', format: new LogRowFormat(format, context) },
    () => 0,
  )
  const end = new AbortController()
  abort.signal.addEventListener('abort', () => end.abort())
  const watch = (filter: string): AsyncGenerator<ViewUpdate, void, void> =>
    queries.watch(
      {
        selection: { kind: 'logs', hosts: [], streams: [], filter, utcOffset: 0 },
        tail: 9,
        maxBytes: 1_000,
      },
      end.signal,
    )
  return { feed, queries, sink, watch }
}

const textOf = ({ tail }: ViewUpdate): string => Buffer.from(tail.text).toString()

async function until(
  updates: AsyncGenerator<ViewUpdate, void, void>,
  wanted: (update: ViewUpdate) => boolean,
): Promise<ViewUpdate> {
  for (;;) {
    const next = await updates.next()
    if (next.done === true) throw new Error('the view ended')
    if (wanted(next.value)) return next.value
  }
}
const complete = ({ looked, rows }: ViewUpdate): boolean => rows > 0 && looked === rows

function fill(sink: RowSink, feed: RowFeed, lines: readonly string[]): void {
  sink.append(batchOf(lines))
  feed.store.tidy(Date.now() + 1_000)
}

describe('a field that few rows have', () => {
  const lines = Array.from({ length: 30_000 }, (_, at) =>
    at === 9 ? failed(at, 'HANDLE_INVALID') : at === 70 ? failed(at, 'SR_FULL') : usual(at),
  )

  it.each([
    ['error.code:* not error.code=HANDLE_INVALID', 1],
    ['error.code:*', 2],
    ['error:SR_FULL', 1],
    ['error:*', 2],
    ['error.why\\.not:full', 2],
    ['-error.code:*', 29_998],
  ])('is found by %s', async (filter, count) => {
    const { sink, feed, watch } = open()
    fill(sink, feed, lines)
    const update = await until(watch(filter), complete)
    expect(update.notices).toEqual([])
    expect(update.end - update.first).toBe(count)
  })

  it('is found as key=value too', async () => {
    const { sink, feed, watch } = open('logfmt')
    const plain = Array.from({ length: 50 }, (_, at) => `time=${time(at)} msg=fine n=${at}`)
    fill(sink, feed, [`time=${time(0)} msg=bad rc=22`, ...plain])
    const update = await until(watch('rc:22'), complete)
    expect([update.notices, update.end - update.first]).toEqual([[], 1])
  })

  it('is known from the first row on that has it, though none did when the filter began', async () => {
    const { sink, feed, watch } = open()
    fill(sink, feed, lines.slice(100, 200))
    const updates = watch('error.code:SR*')
    const before = await until(updates, complete)
    expect(before.notices).toEqual(['“error.code:SR*” is read as text: no row has a field “error.code”.'])
    expect(before.end - before.first).toBe(0)
    fill(sink, feed, [failed(40_000, 'SR_FULL'), failed(40_001, 'OTHER')])
    const after = await until(updates, (update) => update.end > update.first)
    expect(after.notices).toEqual([])
    expect(textOf(after)).toContain('row 40000')
    expect(textOf(after)).not.toContain('row 40001')
  })

  it('stays text where a word has the look of a field and rows only mention it', async () => {
    const { sink, feed, watch } = open()
    fill(sink, feed, [
      JSON.stringify({ time: time(1), msg: 'VM.start R:5f3a1c0d "R" R=1' }),
      JSON.stringify({ time: time(2), msg: 'VM.start R:ffff' }),
    ])
    sink.gap({ count: 3, from: null, to: null, reason: 'lost' })
    feed.store.tidy(Date.now() + 1_000)
    const update = await until(watch('R:5f3a count:3'), complete)
    expect(update.notices).toHaveLength(2)
    const text = await until(watch('R:5f3a'), complete)
    expect(textOf(text)).toContain('R:5f3a1c0d')
    expect(textOf(text)).not.toContain('ffff')
  })
})
