import type { MetricChunk, MetricsUpdate } from '@shared/model/metrics'
import { describe, expect, it } from 'vitest'
import { SeriesWindow } from './series-window'

const chunk = (series: number[], times: number[], values: number[][], interval = 1_000): MetricChunk => ({
  series,
  interval,
  since: times[0] ?? 0,
  times: Float64Array.from(times),
  values: Float32Array.from(values.flat()),
  lows: new Float32Array(),
  highs: new Float32Array(),
  seams: [],
})
const update = (chunks: MetricChunk[], changes: Partial<MetricsUpdate> = {}): MetricsUpdate => ({
  reset: false,
  now: 0,
  chunks,
  unknown: [],
  ...changes,
})

describe('SeriesWindow', () => {
  it('splits a chunk into its series', () => {
    const held = new SeriesWindow(3, 60_000)
    held.apply(
      update([
        chunk(
          [0, 2],
          [1_000, 2_000],
          [
            [1, 2],
            [5, Number.NaN],
          ],
        ),
        chunk([1], [1_500], [[9]], 10_000),
      ]),
    )
    expect([...held.samples(0).values]).toEqual([1, 2])
    expect([...held.samples(2).values]).toEqual([5, Number.NaN])
    expect([...held.samples(1).times]).toEqual([1_500])
    expect(held.samples(1).interval).toBe(10_000)
    expect(held.newest).toBe(2_000)
  })

  it('tells a missing value as null, never as zero or the one before', () => {
    const held = new SeriesWindow(2, 60_000)
    expect(held.latest(0)).toBeNull()
    held.apply(update([chunk([0], [1_000, 2_000], [[0.5, Number.NaN]])]))
    expect(held.latest(0)).toBeNull()
    expect(held.latest(1)).toBeNull()
    held.apply(update([chunk([0], [3_000], [[0]])]))
    expect(held.latest(0)).toBe(0)
  })

  it('keeps its span, and one sample before it for the line to reach the edge', () => {
    const held = new SeriesWindow(1, 5_000)
    for (let time = 0; time <= 60_000; time += 1_000) held.apply(update([chunk([0], [time], [[time]])]))
    expect([...held.samples(0).times]).toEqual([55_000, 56_000, 57_000, 58_000, 59_000, 60_000])
  })

  it('forgets all at a reset, also when the host tells older times', () => {
    const held = new SeriesWindow(1, 60_000)
    held.apply(update([chunk([0], [10_000, 11_000], [[1, 2]])]))
    held.apply(update([chunk([0], [3_000], [[3]])], { reset: true }))
    expect([...held.samples(0).times]).toEqual([3_000])
    expect(held.newest).toBe(3_000)
  })

  it('remembers which series the host does not have', () => {
    const held = new SeriesWindow(2, 60_000)
    held.apply(update([], { unknown: [1] }))
    expect([held.isUnknown(0), held.isUnknown(1)]).toEqual([false, true])
    held.apply(update([chunk([1], [1_000], [[1]])]))
    expect(held.isUnknown(1)).toBe(false)
  })
})
