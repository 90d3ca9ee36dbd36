import { describe, expect, it } from 'vitest'
import {
  cellAt,
  coarsen,
  countAt,
  laneOf,
  latencyTicks,
  nearestFilled,
  rangeOf,
  shadedCells,
  shades,
  thresholdLanes,
  type Heatmap,
} from './heatmap'

const bounds = [1e-4, 1e-3, 1e-2, 1e-1, 1]
function map(cells: readonly (readonly [column: number, bucket: number, count: number])[]): Heatmap {
  const columns = 4
  const counts = new Uint32Array(columns * (bounds.length + 1))
  for (const [column, bucket, count] of cells) counts[column * (bounds.length + 1) + bucket] = count
  const empty = new Float32Array(columns).fill(NaN)
  return { from: 1_000, to: 5_000, columns, bounds, counts, p50: empty, p99: empty }
}

describe('a latency heatmap', () => {
  it('shades by the logarithm, so that one beside a thousand is seen', () => {
    const cells = shadedCells(
      map([
        [0, 1, 1],
        [1, 2, 1_000],
        [2, 3, 30],
      ]),
    )
    expect(cells).toHaveLength(shades)
    expect(cells.flat()).toHaveLength(3)
    expect(cells[shades - 1]).toEqual([{ column: 1, bucket: 2, count: 1_000 }])
    expect(cells.findIndex((shade) => shade.some(({ count }) => count === 30))).toBe(3)
  })

  it('places thresholds where their latency is, also those that are off the scale', () => {
    const threshold = (value: number) => ({ value, label: 'slow', color: '--color-amber' })
    const lanes = thresholdLanes(map([]), [1e-3, 1e-2, 1e6].map(threshold))
    expect(lanes.map(({ value }) => value)).toEqual([2, 3, 5.5])
    expect(lanes[0]).toMatchObject({ label: 'slow', color: '--color-amber' })
  })

  it('places latencies on lanes, bound on bound', () => {
    const one = map([])
    for (const [at, bound] of bounds.slice(0, -1).entries()) expect(laneOf(one, bound)).toBeCloseTo(at + 1)
    expect(laneOf(one, Math.sqrt(1e-3 * 1e-2))).toBeCloseTo(2.5)
    expect(laneOf(one, 5e-5)).toBeCloseTo(0.5)
    expect(laneOf(one, 1_000)).toBe(5.5)
    expect(latencyTicks(one, 200).map(({ text }) => text)).toContain('10\u00a0ms')
  })

  it('joins buckets without losing a message', () => {
    const whole = map([
      [0, 0, 1],
      [0, 1, 2],
      [0, 2, 3],
      [0, 3, 4],
      [0, 4, 5],
      [0, 5, 6],
    ])
    const joined = coarsen(whole, 2)
    expect(joined.bounds).toEqual([1e-4, 1e-2, 1])
    expect([0, 1, 2, 3].map((bucket) => countAt(joined, 0, bucket))).toEqual([1, 5, 9, 6])
    expect(coarsen(whole, 1)).toBe(whole)
  })

  it('knows the cell below the pointer, the filled one beside it, and what they stand for', () => {
    const one = map([
      [1, 2, 7],
      [2, 5, 1],
    ])
    const plot = { left: 40, top: 10, width: 400, height: 60, from: 1_000, to: 5_000, min: 0, max: 6 }
    expect(cellAt(one, plot, 40 + 150, 10 + 60 - 25)).toEqual({ column: 1, bucket: 2, count: 7 })
    expect(cellAt(one, plot, 39, 20)).toBeNull()
    const beside = cellAt(one, plot, 40 + 50, 10 + 60 - 25)
    expect(beside?.count).toBe(0)
    expect(beside && nearestFilled(one, beside, 2)).toEqual({ column: 1, bucket: 2, count: 7 })
    expect(rangeOf(one, { column: 1, bucket: 2, count: 7 })).toEqual({
      from: 2_000,
      to: 3_000,
      low: 1e-3,
      high: 1e-2,
      count: 7,
    })
    expect(rangeOf(one, { column: 3, bucket: 5, count: 0 }, { column: 0, bucket: 0, count: 0 })).toEqual({
      from: 1_000,
      to: 5_000,
      low: null,
      high: null,
      count: 8,
    })
  })
})
