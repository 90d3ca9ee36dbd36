import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { barsOf, bucketText, distributionOf, namedBounds, quantileMark } from './histogram'

const counts = fc.array(fc.integer({ min: 0, max: 1_000 }), { minLength: 4, maxLength: 4 })
const bounds = [0.001, 0.01, 0.1]

describe('a histogram', () => {
  it('has all that was counted, and no empty ends beyond one bucket', () => {
    fc.assert(
      fc.property(counts, (given) => {
        const bars = barsOf({ bounds, counts: given })
        const total = given.reduce((sum, count) => sum + count, 0)
        expect(bars.reduce((sum, { count }) => sum + count, 0)).toBe(total)
        if (total === 0) return
        expect(bars.at(-1)?.upTo).toBe(1)
        expect(Math.max(...bars.map(({ height }) => height))).toBe(1)
        expect(bars.findIndex(({ count }) => count > 0)).toBeLessThanOrEqual(1)
      }),
    )
  })

  it('marks a quantile in the bucket that holds it', () => {
    const bars = barsOf({ bounds, counts: [0, 50, 40, 10] })
    expect(bars.map(({ bucket }) => bucket)).toEqual([0, 1, 2, 3])
    expect(quantileMark(bars, 0.5, 'p50')).toEqual({ label: 'p50', place: 0.5 })
    expect(quantileMark(bars, 0.9, 'p90')?.place).toBeCloseTo(0.75)
    expect(quantileMark(bars, 0.99, 'p99')?.place).toBeCloseTo(0.975)
    expect(quantileMark([], 0.5, 'p50')).toBeNull()
  })

  it('adds up the columns of a heatmap', () => {
    const map = {
      from: 0,
      to: 2,
      columns: 2,
      bounds: [1],
      counts: Uint32Array.of(1, 2, 30, 40),
      p50: Float32Array.of(NaN, NaN),
      p99: Float32Array.of(NaN, NaN),
    }
    expect(distributionOf(map)).toEqual({ bounds: [1], counts: [31, 42] })
  })

  it('says what a bucket holds, in any unit, and names no more bounds than there is room for', () => {
    expect(bucketText({ low: null, high: 0.001 }, 'seconds')).toBe('below 1\u00a0ms')
    expect(bucketText({ low: 1_024, high: 2_048 }, 'bytes')).toBe('1\u00a0KiB to 2\u00a0KiB')
    expect(bucketText({ low: 30, high: null }, 'seconds')).toBe('30\u00a0s and more')
    const many = barsOf({
      bounds: Array.from({ length: 60 }, (_, at) => at + 1),
      counts: new Array<number>(61).fill(1),
    })
    expect(namedBounds(many, 5).length).toBeLessThanOrEqual(5)
  })
})
