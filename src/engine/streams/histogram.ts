import { rowFlag } from '@shared/model/rows'
import type { RowView } from './row-view'

/** Levels 0 to 7, and unknown. */
export const histogramLevels = 9
const sliceRows = 50_000
const maxGaps = 1_000

/**
 * Counts a view's rows by time and severity, a slice of rows each time it is asked for the next.
 * Row counts are at `counts[bin * 9 + level]`.
 */
export function* countByTime(
  view: RowView,
  from: number,
  to: number,
  bins: number,
): Generator<void, { counts: Uint32Array; gaps: number[] }, void> {
  const counts = new Uint32Array(bins * histogramLevels)
  const gaps: number[] = []
  const perBin = bins / Math.max(1, to - from)
  let position = view.atTime(from)
  for (let end = view.atTime(to); position < end; end = Math.min(end, view.index.end)) {
    const stop = Math.min(end, position + sliceRows)
    for (; position < stop; position++) {
      const found = view.chunkAt(position)
      if (!found) continue
      const { chunk, row } = found
      const key = chunk.keyOf(row)
      if (chunk.flagsOf(row) & rowFlag.gap) {
        if (gaps.length < maxGaps) gaps.push(key)
        continue
      }
      const bin = Math.min(bins - 1, Math.max(0, Math.floor((key - from) * perBin)))
      const cell = bin * histogramLevels + Math.min(histogramLevels - 1, chunk.levelOf(row))
      counts[cell] = (counts[cell] ?? 0) + 1
    }
    yield
  }
  return { counts, gaps }
}
