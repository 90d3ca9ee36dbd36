import { describe, expect, it } from 'vitest'
import type { ChartSeries } from './series'
import { stack } from './stack'

function series(times: number[], values: number[], interval = 1_000): ChartSeries {
  return {
    name: 'test',
    color: '--series-1',
    interval,
    times: Float64Array.from(times),
    values: Float32Array.from(values),
  }
}

const layers = (input: ChartSeries[], from = 0, to = 1e9) =>
  stack(input, from, to).map((layer) => [...layer.values.subarray(0, layer.length)])

describe('stack', () => {
  it('adds series up from the bottom', () => {
    const times = [1_000, 2_000, 3_000]
    expect(layers([series(times, [1, 2, 3]), series(times, [10, 20, 30]), series(times, [5, 5, 5])])).toEqual(
      [
        [1, 2, 3],
        [11, 22, 33],
        [16, 27, 38],
      ],
    )
  })

  it('joins samples that jitter into one moment', () => {
    const [low, high] = layers([
      series([1_000, 2_010, 2_990], [1, 1, 1]),
      series([1_030, 1_990, 3_040], [2, 2, 2]),
    ])
    expect(low).toEqual([1, 1, 1])
    expect(high).toEqual([3, 3, 3])
  })

  it('holds a slower series for its own interval', () => {
    const fast = series([0, 1_000, 2_000, 3_000, 4_000, 5_000, 6_000], [1, 1, 1, 1, 1, 1, 1])
    const slow = series([0, 5_000], [10, 20], 5_000)
    expect(layers([fast, slow])[1]).toEqual([11, 11, 11, 11, 11, 21, 21])
  })

  it('does not know the sum where a sample is missing, nor anything above it', () => {
    const times = [1_000, 2_000, 3_000]
    const [first, second, third] = layers([
      series(times, [1, 1, 1]),
      series(times, [2, NaN, 2]),
      series(times, [4, 4, 4]),
    ])
    expect(first).toEqual([1, 1, 1])
    expect(second).toEqual([3, NaN, 3])
    expect(third).toEqual([7, NaN, 7])
  })

  it('does not know the sum inside a hole of one series', () => {
    const whole = series([1_000, 2_000, 3_000, 4_000, 5_000, 6_000], [1, 1, 1, 1, 1, 1])
    const holed = series([1_000, 2_000, 6_000], [2, 2, 2])
    expect(layers([whole, holed])[1]).toEqual([3, 3, NaN, NaN, NaN, 3])
  })

  it('leaves a series out before its first and after its last sample', () => {
    const whole = series([1_000, 2_000, 3_000, 4_000, 5_000, 6_000, 7_000], [1, 1, 1, 1, 1, 1, 1])
    const short = series([3_000, 4_000], [2, 2])
    expect(layers([whole, short])[1]).toEqual([1, 1, 3, 3, 1, 1, 1])
  })

  it('reads one sample beyond each edge of the range', () => {
    const times = [1_000, 2_000, 3_000, 4_000, 5_000, 6_000]
    expect(layers([series(times, [1, 2, 3, 4, 5, 6])], 2_500, 4_500)).toEqual([[2, 3, 4, 5]])
  })

  it('has no moments without samples', () => {
    expect(layers([series([], []), series([], [])])).toEqual([[], []])
    expect(stack([], 0, 1)).toEqual([])
  })
})
