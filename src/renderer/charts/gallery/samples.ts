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
