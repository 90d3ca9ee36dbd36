import type { Seam } from '@shared/model/metrics'
import { intervalAt, joinLimit, lowerBound, seriesLength, type ChartSeries } from './series'

/** A line reduced to what a screen can show; `starts[i]` is 1 where it begins anew after a gap. */
export interface Polyline {
  times: Float64Array
  values: Float32Array
  starts: Uint8Array
  /** Valid points of the arrays. */
  count: number
  /** Extremes inside the range; NaN without a point. */
  min: number
  max: number
}

export function createPolyline(): Polyline {
  return {
    times: new Float64Array(0),
    values: new Float32Array(0),
    starts: new Uint8Array(0),
    count: 0,
    min: NaN,
    max: NaN,
  }
}

/**
 * The samples of `series` between `from` and `to` (epoch ms), and one beyond at each side so that the line
 * reaches the edges, reduced to the lowest and highest of each bucket in their order of time.
 * Never more than `maxPoints` points (at least 8). Values that are not finite are gaps, and so is a distance
 * of more than the interval: no two points that a gap lies between are joined.
 * Buckets are cut at multiples of their own length since the epoch, not at `from`, so that a window that
 * moves on shows the same points as before. Fills and returns `into`, whose arrays are reused.
 */
export function decimate(
  series: ChartSeries,
  from: number,
  to: number,
  maxPoints: number,
  into: Polyline,
): Polyline {
  into.count = 0
  into.min = NaN
  into.max = NaN
  const length = seriesLength(series)
  if (!(to > from) || length === 0) return into
  const first = Math.max(0, lowerBound(series.times, length, from) - 1)
  const last = Math.min(length - 1, lowerBound(series.times, length, to))
  const samples = last - first + 1
  const limit = Math.max(8, Math.trunc(maxPoints))
  reserve(into, Math.min(samples, limit))
  // Two points in a bucket; the edges of the window cut one bucket in two, and beyond each edge lies a sample.
  const bucket = samples <= limit ? 0 : (to - from) / (Math.floor(limit / 2) - 3)
  reduce(series, first, last, bucket, into)
  measure(into, from, to)
  return into
}

function reserve(into: Polyline, points: number): void {
  if (into.times.length >= points) return
  into.times = new Float64Array(points)
  into.values = new Float32Array(points)
  into.starts = new Uint8Array(points)
}

/** When the distance of samples changes next. */
const seamAfter = (seams: readonly Seam[], time: number): number =>
  seams.find(({ from }) => from > time)?.from ?? Infinity

/** Walks the samples once; a bucket length of 0 keeps each sample. Locals only: this loop sees every sample. */
function reduce(series: ChartSeries, first: number, last: number, bucketMs: number, into: Polyline): void {
  const { times, values, seams = [] } = series
  let limit = joinLimit(intervalAt(series, -Infinity))
  let nextSeam = seamAfter(seams, -Infinity)
  // Indices of the bucket's extremes, and the unbroken run that each of them belongs to.
  let lowAt = -1
  let highAt = -1
  let lowRun = 0
  let highRun = 0
  let low = 0
  let high = 0
  let bucketEnd = -Infinity
  let run = 1
  let before = -Infinity
  let drawnRun = 0
  for (let index = first; index <= last; index++) {
    const time = times[index] ?? NaN
    const value = values[index] ?? NaN
    // Only finite numbers survive the subtraction; a call for each of a million samples costs more.
    if (!(value - value === 0)) {
      run++
      continue
    }
    if (time - before > limit) run++
    before = time
    if (time >= nextSeam) {
      // The first sample of another distance still joined by the distance before it.
      limit = joinLimit(intervalAt(series, time))
      nextSeam = seamAfter(seams, time)
    }
    if (!(time < bucketEnd) || lowAt < 0) {
      drawnRun = emit(series, lowAt, lowRun, highAt, highRun, drawnRun, into)
      bucketEnd = bucketMs > 0 ? (Math.floor(time / bucketMs) + 1) * bucketMs : -Infinity
      lowAt = highAt = index
      lowRun = highRun = run
      low = high = value
    } else if (value < low) {
      low = value
      lowAt = index
      lowRun = run
    } else if (value >= high) {
      high = value
      highAt = index
      highRun = run
    }
  }
  emit(series, lowAt, lowRun, highAt, highRun, drawnRun, into)
}

/** Adds the extremes of a bucket in their order of time; the answer is the run that was drawn last. */
function emit(
  series: ChartSeries,
  lowAt: number,
  lowRun: number,
  highAt: number,
  highRun: number,
  drawnRun: number,
  into: Polyline,
): number {
  if (lowAt < 0) return drawnRun
  if (lowAt === highAt) {
    append(series, lowAt, lowRun !== drawnRun, into)
    return lowRun
  }
  if (lowAt < highAt) {
    append(series, lowAt, lowRun !== drawnRun, into)
    append(series, highAt, highRun !== lowRun, into)
    return highRun
  }
  append(series, highAt, highRun !== drawnRun, into)
  append(series, lowAt, lowRun !== highRun, into)
  return lowRun
}

function append(series: ChartSeries, index: number, start: boolean, into: Polyline): void {
  const at = into.count
  // Times that do not ascend, against the contract, could ask for more points than there is room for.
  if (at >= into.times.length) return
  into.times[at] = series.times[index] ?? NaN
  into.values[at] = series.values[index] ?? NaN
  into.starts[at] = start ? 1 : 0
  into.count = at + 1
}

function measure(into: Polyline, from: number, to: number): void {
  for (let index = 0; index < into.count; index++) {
    const time = into.times[index] ?? NaN
    if (time < from || time > to) continue
    const value = into.values[index] ?? NaN
    if (!(value >= into.min)) into.min = value
    if (!(value <= into.max)) into.max = value
  }
}
