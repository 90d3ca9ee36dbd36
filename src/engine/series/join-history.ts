import type { MetricChunk, Seam } from '@shared/model/metrics'
import type { HistoryBook, ToldSeries } from './history'
import { chunkOf, type LiveSeries } from './live-series'
import { stepFor } from './resolution'
import { aggregate, type Slice } from './slice'
import { firstAtOrAfter } from './tier'

export interface JoinedRange {
  readonly from: number
  readonly to: number
  readonly points: number
}

/** One point of a series on its way into a chunk. */
interface Point {
  readonly time: number
  readonly value: number
  readonly low: number
  readonly high: number
  readonly interval: number
}

/**
 * Puts what the host had noted before in front of what was seen live, and where the connection was away: a noted point
 * is left out where a live one lies in the time that it covers, so that no moment shows twice.
 */
export function joinHistory(
  live: LiveSeries,
  paths: readonly string[],
  history: HistoryBook,
  range: JoinedRange,
): MetricChunk[] {
  const plain: number[] = []
  const chunks: MetricChunk[] = []
  paths.forEach((path, index) => {
    const told = history.of(path)
    if (told.length === 0) plain.push(index)
    else chunks.push(joined(live, index, told, range))
  })
  return plain.length === 0 ? chunks : [chunkOf(pick(live, plain)), ...chunks]
}

/** Some of the columns. */
function pick(live: LiveSeries, indices: readonly number[]): LiveSeries {
  if (indices.length === live.series.length) return live
  const { slice, series } = live
  const length = slice.times.length
  const columns = (all: Float32Array): Float32Array => {
    const some = new Float32Array(indices.length * length)
    indices.forEach((index, at) => some.set(all.subarray(index * length, (index + 1) * length), at * length))
    return some
  }
  const values = columns(slice.values)
  const isPlain = slice.lows === slice.values
  return {
    ...live,
    series: indices.map((index) => series[index] ?? 0),
    slice: {
      times: slice.times,
      values,
      lows: isPlain ? values : columns(slice.lows),
      highs: isPlain ? values : columns(slice.highs),
    },
  }
}

function joined(
  live: LiveSeries,
  index: number,
  told: readonly ToldSeries[],
  range: JoinedRange,
): MetricChunk {
  const { slice, interval } = pick(live, [index])
  const points: Point[] = pointsOf(slice, interval)
  for (const part of told) {
    const known = Float64Array.from(
      points.filter(({ value }) => !Number.isNaN(value)),
      ({ time }) => time,
    )
    for (const point of notedPoints(part, range)) {
      if (!liesWithin(known, point.time - point.interval, point.time)) points.push(point)
    }
    points.sort((a, b) => a.time - b.time)
  }
  return {
    series: [live.series[index] ?? 0],
    interval,
    since: live.since,
    times: Float64Array.from(points, ({ time }) => time),
    values: Float32Array.from(points, ({ value }) => value),
    lows: Float32Array.from(points, ({ low }) => low),
    highs: Float32Array.from(points, ({ high }) => high),
    seams: seamsOf(points),
  }
}

function pointsOf({ times, values, lows, highs }: Slice, interval: number): Point[] {
  return Array.from(times, (time, at) => ({
    time,
    value: values[at] ?? NaN,
    low: lows[at] ?? NaN,
    high: highs[at] ?? NaN,
    interval,
  }))
}

function notedPoints(part: ToldSeries, { from, to, points }: JoinedRange): Point[] {
  const start = firstAtOrAfter(part.times, from)
  const end = firstAtOrAfter(part.times, to + part.interval)
  const times = part.times.slice(start, end)
  const values = part.values.slice(start, end)
  const slice = {
    times,
    values,
    lows: part.lows?.slice(start, end) ?? values,
    highs: part.highs?.slice(start, end) ?? values,
  }
  if (times.length <= points) return pointsOf(slice, part.interval)
  const step = stepFor(part.interval, (to - from) / points)
  return pointsOf(aggregate(slice, 1, step), step)
}

/** Whether one of the times is in (after, until]. */
function liesWithin(times: Float64Array, after: number, until: number): boolean {
  const at = firstAtOrAfter(times, after)
  const time = times[times[at] === after ? at + 1 : at]
  return time !== undefined && time <= until
}

/** Where the distance of points changes. */
function seamsOf(points: readonly Point[]): Seam[] {
  const seams: Seam[] = []
  for (const { time, interval } of points) {
    if (seams.at(-1)?.interval !== interval) seams.push({ from: time, interval })
  }
  return seams.length > 1 ? seams : []
}
