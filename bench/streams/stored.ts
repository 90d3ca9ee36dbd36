import { systemClock } from '@engine/clock'
import { logFormats, type LogFormatName } from '@engine/formats/logs'
import type { LineBatch, RowFormat } from '@engine/row-sink'
import { LogRowFormat } from '@engine/sources/logs/row-format'
import { compileMatcher } from '@engine/streams/filter-matcher'
import { RowStore } from '@engine/streams/row-store'
import { RowView } from '@engine/streams/row-view'

const batchBytes = 256 * 1024

/** How the source of logs reads rows of a format. */
export const rowFormat = (name: LogFormatName): RowFormat =>
  new LogRowFormat(logFormats[name], { now: Date.now(), hostUtcOffsetMinutes: 0 })

/** Lines as they come from a transport: parts of 256 KiB, whole lines each. */
export function* batchesOf(bytes: Buffer): Generator<LineBatch, void, void> {
  for (let start = 0; start < bytes.length;) {
    const limit = Math.min(bytes.length, start + batchBytes)
    const end = limit === bytes.length ? limit : bytes.lastIndexOf(10, limit) + 1
    const part = bytes.subarray(start, end)
    const ends: number[] = []
    for (let at = part.indexOf(10); at >= 0; at = part.indexOf(10, at + 1)) ends.push(at + 1)
    yield { bytes: part, ends: Int32Array.from(ends), count: ends.length }
    start = end
  }
}

export function storeOf(bytes: Buffer, format: RowFormat): RowStore {
  const store = new RowStore(2 ** 30)
  const stream = store.open({ host: 'bench', kind: 'logs', name: 'bench' }, format)
  for (const batch of batchesOf(bytes)) stream.append(batch, systemClock.now())
  store.tidy(systemClock.now() + 1_000)
  return store
}

export const viewOf = (store: RowStore, filter: string): RowView =>
  new RowView(
    store,
    () => true,
    compileMatcher(filter, { kind: 'logs', now: () => Date.now(), seen: ['error'] }),
  )

/** Milliseconds that a filter takes over all rows, and how many it finds. */
export function timeFilter(store: RowStore, filter: string): { milliseconds: number; rows: number } {
  const started = performance.now()
  const view = viewOf(store, filter)
  while (!view.step(() => false));
  const milliseconds = performance.now() - started
  const rows = view.index.length
  view.close()
  return { milliseconds, rows }
}

/** Milliseconds until the newest `count` hits are there. */
export function timeFirstHits(store: RowStore, filter: string, count: number): number {
  const started = performance.now()
  const view = viewOf(store, filter)
  while (!view.step(() => view.index.length >= count) && view.index.length < count);
  view.close()
  return performance.now() - started
}
