import type { ChartSeries } from '../series'

export const end = new Date(2026, 2, 4, 14, 5, 0).getTime()
export const span = 5 * 60_000
export const begin = end - span

/** A generator of the same numbers at each load, so that pictures compare. */
export function generator(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

export interface Shape {
  readonly name: string
  readonly color: string
  readonly base: number
  readonly swing: number
  readonly seed: number
  readonly interval?: number
  /** Number of the sample -> its value, instead of the walk's. */
  readonly edit?: (index: number, value: number, count: number) => number
}

/** A walk around `base` over the gallery's five minutes. */
export function walk(shape: Shape): ChartSeries {
  const interval = shape.interval ?? 1_000
  const count = Math.floor(span / interval) + 1
  const random = generator(shape.seed)
  const times = new Float64Array(count)
  const values = new Float32Array(count)
  let level = 0
  for (let index = 0; index < count; index++) {
    level = level * 0.95 + (random() - 0.5) * 0.6
    const value = Math.max(0, shape.base + shape.swing * (level + (random() - 0.5) * 0.25))
    times[index] = begin + index * interval
    values[index] = shape.edit ? shape.edit(index, value, count) : value
  }
  return { name: shape.name, color: shape.color, interval, times, values }
}

/** The same series without the samples between two shares of its length: time passes, nothing arrives. */
export function withHole(series: ChartSeries, from: number, to: number): ChartSeries {
  const keep = [...series.times.keys()].filter(
    (index) => index < from * series.times.length || index > to * series.times.length,
  )
  return {
    ...series,
    times: Float64Array.from(keep, (index) => series.times[index] ?? NaN),
    values: Float32Array.from(keep, (index) => series.values[index] ?? NaN),
  }
}

/** Means of `count` samples each, with the least and the greatest of them. */
export function rolledUp(series: ChartSeries, count: number): ChartSeries {
  const points = Math.floor(series.times.length / count)
  const members = (at: number): Float32Array => series.values.subarray(at * count, (at + 1) * count)
  const each = (value: (members: Float32Array) => number): Float32Array =>
    Float32Array.from({ length: points }, (_, at) => value(members(at)))
  return {
    ...series,
    interval: series.interval * count,
    times: Float64Array.from({ length: points }, (_, at) => series.times[(at + 1) * count - 1] ?? NaN),
    values: each((some) => some.reduce((sum, value) => sum + value, 0) / some.length),
    lows: each((some) => Math.min(...some)),
    highs: each((some) => Math.max(...some)),
  }
}

/** Rolled up to `count` samples in its first share, as it is in the rest. */
export function withSeam(series: ChartSeries, count: number, share: number): ChartSeries {
  const cut = Math.floor((series.times.length * share) / count) * count
  const part = (from: number, to: number): ChartSeries => ({
    ...series,
    times: series.times.slice(from, to),
    values: series.values.slice(from, to),
  })
  const early = rolledUp(part(0, cut), count)
  const late = part(cut, series.times.length)
  const joined = (a: Float32Array | null | undefined, b: Float32Array): Float32Array =>
    Float32Array.from([...(a ?? []), ...b])
  return {
    ...late,
    times: Float64Array.from([...early.times, ...late.times]),
    values: joined(early.values, late.values),
    lows: joined(early.lows, late.values),
    highs: joined(early.highs, late.values),
    seams: [
      { from: early.times[0] ?? 0, interval: early.interval },
      { from: late.times[0] ?? 0, interval: late.interval },
    ],
  }
}
