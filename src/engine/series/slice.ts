/**
 * Samples of some columns. Column-major: column k of the request at [k * times.length, (k + 1) * times.length).
 * Times are epoch milliseconds, ascending; NaN is missing.
 */
export interface Slice {
  readonly times: Float64Array
  /** A sample, or the average of what was rolled up. */
  readonly values: Float32Array
  /** Extremes of what was rolled up; the very array of `values` where nothing was. */
  readonly lows: Float32Array
  readonly highs: Float32Array
}

export function emptySlice(columns: number, length: number): Slice {
  const column = (): Float32Array => new Float32Array(columns * length).fill(NaN)
  return { times: new Float64Array(length), values: column(), lows: column(), highs: column() }
}

/**
 * Rolls up samples whose times have the same multiple of `step`: least, mean and greatest of what is not missing, at
 * the time of the last.
 */
export function aggregate(slice: Slice, columns: number, step: number): Slice {
  const { times } = slice
  const groups = groupsOf(times, step)
  const length = groups.length
  const rolled = emptySlice(columns, length)
  for (const [group, end] of groups.entries()) {
    const start = group === 0 ? 0 : (groups[group - 1] ?? 0)
    rolled.times[group] = times[end - 1] ?? NaN
    for (let column = 0; column < columns; column++) {
      rollUp(
        slice,
        column * times.length + start,
        column * times.length + end,
        rolled,
        column * length + group,
      )
    }
  }
  return rolled
}

/** Where each group ends. */
function groupsOf(times: Float64Array, step: number): number[] {
  const ends: number[] = []
  for (let at = 1; at <= times.length; at++) {
    const isSame = at < times.length && bucketOf(times[at] ?? 0, step) === bucketOf(times[at - 1] ?? 0, step)
    if (!isSame) ends.push(at)
  }
  return ends
}

export const bucketOf = (time: number, step: number): number => Math.floor(time / step)

function rollUp(slice: Slice, start: number, end: number, into: Slice, at: number): void {
  let sum = 0
  let count = 0
  let low = NaN
  let high = NaN
  for (let index = start; index < end; index++) {
    const value = slice.values[index] ?? NaN
    if (Number.isNaN(value)) continue
    sum += value
    count++
    const lowest = slice.lows[index] ?? NaN
    const highest = slice.highs[index] ?? NaN
    if (!(low <= lowest)) low = lowest
    if (!(high >= highest)) high = highest
  }
  into.values[at] = count === 0 ? NaN : sum / count
  into.lows[at] = low
  into.highs[at] = high
}
