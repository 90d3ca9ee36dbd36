import { intervalAt, lowerBound, seriesLength, type ChartSeries } from './series'

/** Reads one series along the common timeline. */
interface Reader {
  readonly series: ChartSeries
  readonly length: number
  next: number
}

/**
 * Adds series up, the first at the bottom: series k of the answer is the sum of the series 0 to k on one common
 * timeline, from one sample before `from` to one after `to` (epoch ms).
 * Samples within half of the shortest interval of each other count as one moment; a series with a longer
 * interval holds its value for that interval. Before its first and after its last sample a series is no part of
 * the sum; a sample missing in between leaves it, and all above it, unknown (NaN) at that moment.
 */
export function stack(series: readonly ChartSeries[], from: number, to: number): ChartSeries[] {
  const readers = series.map((one): Reader => {
    const length = seriesLength(one)
    return { series: one, length, next: Math.max(0, lowerBound(one.times, length, from) - 1) }
  })
  const interval = Math.min(...series.map((one) => (one.interval > 0 ? one.interval : Infinity)))
  const tolerance = Number.isFinite(interval) ? interval / 2 : 0
  const room = readers.reduce((sum, reader) => sum + reader.length - reader.next, 0)
  const times = new Float64Array(room)
  const sums = series.map(() => new Float32Array(room))
  let count = 0
  let time = earliest(readers)
  while (Number.isFinite(time)) {
    addUp(readers, time, tolerance, sums, count)
    times[count++] = time
    if (time > to) break
    time = earliest(readers)
  }
  return series.map((one, index) => ({
    name: one.name,
    color: one.color,
    times,
    values: sums[index] ?? new Float32Array(0),
    interval,
    seams: series.find(({ seams }) => seams?.length)?.seams ?? [],
    length: count,
  }))
}

function earliest(readers: readonly Reader[]): number {
  let time = Infinity
  for (const reader of readers) {
    if (reader.next >= reader.length) continue
    time = Math.min(time, reader.series.times[reader.next] ?? Infinity)
  }
  return time
}

/** Writes the running sums of one moment and moves each reader past its samples of that moment. */
function addUp(
  readers: readonly Reader[],
  time: number,
  tolerance: number,
  sums: readonly Float32Array[],
  at: number,
): void {
  let sum = 0
  let index = 0
  for (const reader of readers) {
    const { times } = reader.series
    while (reader.next < reader.length && (times[reader.next] ?? Infinity) <= time + tolerance) reader.next++
    sum += shareAt(reader, time, tolerance)
    const into = sums[index++]
    if (into) into[at] = sum
  }
}

/** What a series adds at a moment: 0 outside its life, NaN where a sample is missing. */
function shareAt(reader: Reader, time: number, tolerance: number): number {
  const { series, length, next } = reader
  if (next === 0) return 0
  const last = series.times[next - 1] ?? -Infinity
  const interval = series.seams?.length ? intervalAt(series, last) : series.interval
  const age = time - last
  // A whole interval later its next sample should have joined this moment; jitter is less than the tolerance.
  if (age <= interval - tolerance / 2) return series.values[next - 1] ?? NaN
  return next >= length ? 0 : NaN
}
