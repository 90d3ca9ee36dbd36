import type { Seam } from '@shared/model/metrics'

/** One line of a chart, as flat arrays that the chart reads and never keeps. */
export interface ChartSeries {
  readonly name: string
  /** Name of a CSS custom property, such as `--series-1`. */
  readonly color: string
  /** Epoch milliseconds, ascending. */
  readonly times: Float64Array
  /** In the metric's base unit; NaN is a gap. */
  readonly values: Float32Array
  /** Expected distance between two samples, milliseconds. */
  readonly interval: number
  /** Least and greatest of what each value is the mean of; none where all values are single samples. */
  readonly lows?: Float32Array | null
  readonly highs?: Float32Array | null
  /** Where the distance of samples changes, the first sample included; `interval` holds where there are none. */
  readonly seams?: readonly Seam[]
  /** Valid prefix of preallocated arrays; the whole arrays without it. */
  readonly length?: number
}

/** A fixed level drawn across the chart, such as the limit of a rule. */
export interface ChartThreshold {
  readonly value: number
  readonly label: string
  /** Name of a CSS custom property. */
  readonly color: string
}

/** A moment that is marked across the chart, such as a restart. */
export interface ChartAnnotation {
  /** Epoch milliseconds. */
  readonly time: number
  readonly label: string
  /** Name of a CSS custom property. */
  readonly color: string
}

/** Samples jitter: only a distance of more than one and a half intervals means that one is missing. */
const gapIntervals = 1.5

export function seriesLength(series: ChartSeries): number {
  const held = Math.min(series.times.length, series.values.length)
  return series.length === undefined ? held : Math.max(0, Math.min(held, Math.trunc(series.length)))
}

/** Whether any sample has a value. */
export const hasValues = (series: ChartSeries): boolean =>
  !series.values.subarray(0, seriesLength(series)).every(Number.isNaN)

/** The longest distance between two samples that still joins them, milliseconds. */
export function joinLimit(interval: number): number {
  return interval > 0 ? interval * gapIntervals : Infinity
}

/** The distance of samples that is expected at a moment, milliseconds. */
export function intervalAt({ interval, seams = [] }: ChartSeries, time: number): number {
  let expected = seams[0]?.interval ?? interval
  for (const seam of seams) if (seam.from <= time) expected = seam.interval
  return expected
}

/** Index of the first of the leading `length` times that is not before `time`; `length` if there is none. */
export function lowerBound(times: Float64Array, length: number, time: number): number {
  let low = 0
  let high = length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((times[middle] ?? Infinity) < time) low = middle + 1
    else high = middle
  }
  return low
}

/** Index of the sample nearest to a time, or -1 where the series has none within its interval. */
export function sampleNear(series: ChartSeries, time: number): number {
  const length = seriesLength(series)
  const after = lowerBound(series.times, length, time)
  const distance = (index: number): number =>
    index >= 0 && index < length ? Math.abs((series.times[index] ?? NaN) - time) : Infinity
  const nearest = distance(after) < distance(after - 1) ? after : after - 1
  return distance(nearest) <= joinLimit(intervalAt(series, time)) ? nearest : -1
}

/** The value at a time: of the nearest sample within the interval, else null. */
export function valueAt(series: ChartSeries, time: number): number | null {
  const index = sampleNear(series, time)
  return index < 0 ? null : finiteOrNull(series.values[index])
}

/** The newest value not after `to`: null where it is missing, or older than three intervals. */
export function valueNow(series: ChartSeries, to: number): number | null {
  const length = seriesLength(series)
  const after = lowerBound(series.times, length, to)
  const index = series.times[after] === to && after < length ? after : after - 1
  const time = series.times[index]
  if (time === undefined || to - time > 2 * joinLimit(intervalAt(series, to))) return null
  return finiteOrNull(series.values[index])
}

/** The sample time nearest to a moment in any series; the moment itself where none has one within its interval. */
export function nearestSample(series: readonly ChartSeries[], time: number): number {
  let nearest = Infinity
  for (const one of series) {
    const found = one.times[sampleNear(one, time)]
    if (found !== undefined && Math.abs(found - time) < Math.abs(nearest - time)) nearest = found
  }
  return Number.isFinite(nearest) ? nearest : time
}

function finiteOrNull(value: number | undefined): number | null {
  return value === undefined || !Number.isFinite(value) ? null : value
}
