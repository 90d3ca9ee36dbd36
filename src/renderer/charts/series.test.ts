import { describe, expect, it } from 'vitest'
import { lowerBound, sampleNear, seriesLength, valueAt, valueNow, type ChartSeries } from './series'

function series(times: number[], values: number[], more: Partial<ChartSeries> = {}): ChartSeries {
  return {
    name: 'test',
    color: '--series-1',
    interval: 1_000,
    times: Float64Array.from(times),
    values: Float32Array.from(values),
    ...more,
  }
}

describe('lowerBound', () => {
  it('finds the first time that is not before', () => {
    const times = Float64Array.from([1, 2, 2, 4])
    expect([0, 1, 2, 3, 4, 5].map((time) => lowerBound(times, 4, time))).toEqual([0, 0, 1, 3, 3, 4])
    expect(lowerBound(times, 2, 9)).toBe(2)
  })
})

describe('seriesLength', () => {
  it('is never more than both arrays hold', () => {
    expect(seriesLength(series([1, 2, 3], [1, 2]))).toBe(2)
    expect(seriesLength(series([1, 2, 3], [1, 2, 3], { length: 1 }))).toBe(1)
    expect(seriesLength(series([1], [1], { length: 9 }))).toBe(1)
    expect(seriesLength(series([1], [1], { length: -2 }))).toBe(0)
  })
})

describe('valueAt', () => {
  const some = series([10_000, 11_000, 12_000, 20_000], [1, NaN, 3, 4])

  it('is the value of the nearest sample', () => {
    expect([9_800, 10_400, 11_600, 20_500].map((time) => valueAt(some, time))).toEqual([1, 1, 3, 4])
  })

  it('is null in a gap, at a missing sample, beyond the ends and without samples', () => {
    expect([16_000, 11_100, 8_000, 22_000].map((time) => valueAt(some, time))).toEqual([
      null,
      null,
      null,
      null,
    ])
    expect(valueAt(series([], []), 5)).toBeNull()
    expect(valueAt(series([5], [Infinity]), 5)).toBeNull()
    expect(sampleNear(series([], []), 5)).toBe(-1)
  })
})

describe('valueNow', () => {
  it('is the newest value that is not after the end', () => {
    expect(valueNow(series([1_000, 2_000, 3_000], [1, 2, 3]), 3_000)).toBe(3)
    expect(valueNow(series([1_000, 2_000, 3_000], [1, 2, 3]), 1_200)).toBe(1)
  })

  it('is null once the newest is old or missing', () => {
    expect(valueNow(series([1_000, 2_000], [1, 2]), 60_000)).toBeNull()
    expect(valueNow(series([1_000, 2_000], [1, NaN]), 2_000)).toBeNull()
    expect(valueNow(series([], []), 2_000)).toBeNull()
  })
})
