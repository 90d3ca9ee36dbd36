import type { Units } from '@shared/model/metrics'
import { formatText } from '@shared/units'
import type { Heatmap } from './heatmap'

/** How often values were in each bucket, over all of a time. */
export interface Distribution {
  /** Upper bounds of all buckets but the last, ascending, in the base unit. */
  readonly bounds: readonly number[]
  /** One more than bounds. */
  readonly counts: readonly number[]
}

/** A bar of the chart. */
export interface HistogramBar {
  readonly bucket: number
  readonly count: number
  /** Share of the highest, 0 to 1. */
  readonly height: number
  /** Share of all that is in this bucket or a lower one. */
  readonly upTo: number
  /** Null below the first bound, and above the last. */
  readonly low: number | null
  readonly high: number | null
}

/** Where a value lies among the bars, 0 (left edge) to 1. */
export interface HistogramMark {
  readonly label: string
  readonly place: number
}

/** All columns of a heatmap added up. */
export function distributionOf(map: Heatmap): Distribution {
  const lanes = map.bounds.length + 1
  const counts = new Array<number>(lanes).fill(0)
  map.counts.forEach((count, at) => (counts[at % lanes] = (counts[at % lanes] ?? 0) + count))
  return { bounds: map.bounds, counts }
}

/** The bars from the first to the last that has something, and one beside each: empty ends say nothing. */
export function barsOf({ bounds, counts }: Distribution): HistogramBar[] {
  const total = counts.reduce((sum, count) => sum + count, 0)
  if (total === 0) return []
  const first = Math.max(0, counts.findIndex((count) => count > 0) - 1)
  const last = Math.min(counts.length - 1, counts.findLastIndex((count) => count > 0) + 1)
  const most = counts.reduce((high, count) => Math.max(high, count), 0)
  let sum = 0
  return counts
    .map((count, bucket) => ({
      bucket,
      count,
      height: count / most,
      upTo: (sum += count) / total,
      low: bounds[bucket - 1] ?? null,
      high: bounds[bucket] ?? null,
    }))
    .slice(first, last + 1)
}

/** The bucket in which so large a share of all values is reached, at the place inside it that the share has. */
export function quantileMark(
  bars: readonly HistogramBar[],
  share: number,
  label: string,
): HistogramMark | null {
  const at = bars.findIndex(({ upTo }) => upTo >= share)
  const bar = bars[at]
  if (!bar) return null
  const before = bars[at - 1]?.upTo ?? 0
  const inside = bar.upTo > before ? (share - before) / (bar.upTo - before) : 0
  return { label, place: (at + Math.min(1, Math.max(0, inside))) / bars.length }
}

/** "1.2 ms to 1.8 ms", "below 0.1 ms", "30 s and more". */
export function bucketText({ low, high }: Pick<HistogramBar, 'low' | 'high'>, units: Units): string {
  if (low === null) return high === null ? 'all' : `below ${formatText(high, units)}`
  if (high === null) return `${formatText(low, units)} and more`
  return `${formatText(low, units)} to ${formatText(high, units)}`
}

/** Bounds that are named below the bars: no more than there is room for. */
export function namedBounds(bars: readonly HistogramBar[], most: number): { place: number; value: number }[] {
  const step = Math.max(1, Math.ceil(bars.length / Math.max(1, most)))
  return bars.flatMap(({ high }, at) =>
    high !== null && (at + 1) % step === 0 && at < bars.length - 1
      ? [{ place: (at + 1) / bars.length, value: high }]
      : [],
  )
}
