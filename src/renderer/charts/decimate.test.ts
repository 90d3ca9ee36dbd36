import fc from 'fast-check'
import type { Seam } from '@shared/model/metrics'
import { describe, expect, it } from 'vitest'
import { createPolyline, decimate, type Polyline } from './decimate'
import { joinLimit, type ChartSeries } from './series'

const interval = 1_000

function seriesOf(times: readonly number[], values: readonly number[]): ChartSeries {
  return {
    name: 'test',
    color: '--series-1',
    interval,
    times: Float64Array.from(times),
    values: Float32Array.from(values),
  }
}

/** Steps between samples, mostly one interval with jitter, at times a hole; values at times not numbers. */
const samples = fc.array(
  fc.record({
    step: fc.oneof(
      { weight: 20, arbitrary: fc.integer({ min: 900, max: 1_100 }) },
      { weight: 1, arbitrary: fc.integer({ min: 2_000, max: 600_000 }) },
    ),
    value: fc.oneof(
      { weight: 20, arbitrary: fc.float({ min: -1e6, max: 1e6, noNaN: true }) },
      { weight: 1, arbitrary: fc.constantFrom(NaN, Infinity, -Infinity) },
    ),
  }),
  { maxLength: 900 },
)
const start = fc.integer({ min: 0, max: 2_000_000_000_000 })
const cases = fc.record({
  samples,
  start,
  maxPoints: fc.integer({ min: 8, max: 300 }),
  cutFront: fc.double({ min: -0.5, max: 0.9, noNaN: true }),
  cutBack: fc.double({ min: -0.5, max: 0.9, noNaN: true }),
})

function build(c: typeof cases extends fc.Arbitrary<infer T> ? T : never) {
  const times: number[] = []
  let time = c.start
  for (const sample of c.samples) times.push((time += sample.step))
  const values = c.samples.map((sample) => sample.value)
  const first = times[0] ?? 0
  const span = Math.max(1, (times.at(-1) ?? 0) - first)
  const from = first + c.cutFront * span
  const to = Math.max(from + 1, first + span - c.cutBack * span)
  return { series: seriesOf(times, values), from, to }
}

const points = (line: Polyline) =>
  Array.from({ length: line.count }, (_, i) => ({
    time: line.times[i]!,
    value: line.values[i]!,
    start: line.starts[i] === 1,
  }))

describe('decimate', () => {
  it('never gives more points than asked, in order of time, each of them a sample', () => {
    fc.assert(
      fc.property(cases, (c) => {
        const { series, from, to } = build(c)
        const line = points(decimate(series, from, to, c.maxPoints, createPolyline()))
        expect(line.length).toBeLessThanOrEqual(c.maxPoints)
        for (const [i, point] of line.entries()) {
          if (i > 0) expect(point.time).toBeGreaterThan(line[i - 1]!.time)
          expect(series.values[series.times.indexOf(point.time)]).toBe(point.value)
        }
      }),
    )
  })

  it('keeps the highest and the lowest value of the range', () => {
    fc.assert(
      fc.property(cases, (c) => {
        const { series, from, to } = build(c)
        const line = decimate(series, from, to, c.maxPoints, createPolyline())
        const inside = [...series.values].filter(
          (value, i) => Number.isFinite(value) && series.times[i]! >= from && series.times[i]! <= to,
        )
        if (inside.length === 0) return
        const drawn = points(line).map((point) => point.value)
        expect(Math.max(...drawn)).toBeGreaterThanOrEqual(Math.max(...inside))
        expect(Math.min(...drawn)).toBeLessThanOrEqual(Math.min(...inside))
      }),
    )
  })

  it('never joins two points that a gap lies between, and breaks a line nowhere else', () => {
    fc.assert(
      fc.property(cases, (c) => {
        const { series, from, to } = build(c)
        const line = points(decimate(series, from, to, c.maxPoints, createPolyline()))
        for (let i = 1; i < line.length; i++) {
          const a = series.times.indexOf(line[i - 1]!.time)
          const b = series.times.indexOf(line[i]!.time)
          let gap = false
          for (let k = a; k < b; k++) {
            if (!Number.isFinite(series.values[k + 1])) gap = true
            if (series.times[k + 1]! - series.times[k]! > joinLimit(interval)) gap = true
          }
          expect(line[i]!.start).toBe(gap)
        }
        if (line.length > 0) expect(line[0]!.start).toBe(true)
      }),
    )
  })

  it('shows the same points for a window that moved on', () => {
    const count = 20_000
    const times = Array.from({ length: count }, (_, i) => 1_700_000_000_000 + i * interval)
    const series = seriesOf(
      times,
      times.map((_, i) => Math.sin(i / 7) * 50 + Math.sin(i * i)),
    )
    const span = 10_000 * interval
    const from = times[100]!
    const now = points(decimate(series, from, from + span, 400, createPolyline()))
    const moved = 37 * interval
    const later = points(decimate(series, from + moved, from + moved + span, 400, createPolyline()))
    const edge = (3 * span) / 197
    const common = (line: typeof now) =>
      line.filter((p) => p.time > from + moved + edge && p.time < from + span - edge).map((p) => p.time)
    expect(common(now).length).toBeGreaterThan(300)
    expect(common(later)).toEqual(common(now))
  })

  it('passes on all samples when there is room, with one beyond each edge', () => {
    const series = seriesOf([1_000, 2_000, 3_000, 4_000, 5_000, 6_000], [1, 2, 3, 4, 5, 6])
    const line = decimate(series, 2_500, 4_500, 100, createPolyline())
    expect(points(line).map((p) => p.value)).toEqual([2, 3, 4, 5])
    expect([line.min, line.max]).toEqual([3, 4])
  })

  it('gives nothing for an empty series, an empty range, only gaps', () => {
    const line = createPolyline()
    expect(decimate(seriesOf([], []), 0, 1_000, 100, line).count).toBe(0)
    expect(decimate(seriesOf([1_000], [1]), 5_000, 5_000, 100, line).count).toBe(0)
    expect(decimate(seriesOf([1_000, 2_000], [NaN, Infinity]), 0, 5_000, 100, line).count).toBe(0)
    expect([line.min, line.max]).toEqual([NaN, NaN])
  })

  it('reads only the valid prefix of preallocated arrays', () => {
    const series = { ...seriesOf([1_000, 2_000, 0, 0], [1, 2, 99, 99]), length: 2 }
    expect(points(decimate(series, 0, 10_000, 100, createPolyline())).map((p) => p.value)).toEqual([1, 2])
  })

  it('stays inside its room when times do not ascend', () => {
    const times = Array.from({ length: 5_000 }, (_, i) => (i * 7_919) % 5_000_000)
    const series = seriesOf(
      times,
      times.map((_, i) => i),
    )
    expect(decimate(series, 0, 1_000_000, 50, createPolyline()).count).toBeLessThanOrEqual(50)
  })
})

describe('a line of two distances', () => {
  const minute = 60_000
  const joined = (times: number[], seams: Seam[]): number[] => {
    const line = createPolyline()
    const values = Float32Array.from(times, () => 1)
    const series = { name: '', color: '', interval: 1_000, times: Float64Array.from(times), values, seams }
    decimate(series, 0, 60 * minute, 1_000, line)
    return [...line.starts.subarray(0, line.count)]
  }

  it('is joined by the distance that holds at each place, and broken by more', () => {
    const seams = [
      { from: 10 * minute, interval: 10 * minute },
      { from: 40 * minute, interval: 1_000 },
    ]
    const times = [10, 20, 30].map((at) => at * minute)
    const live = [40 * minute, 40 * minute + 1_000, 40 * minute + 5_000, 40 * minute + 6_000]
    expect(joined([...times, ...live], seams)).toEqual([1, 0, 0, 0, 0, 1, 0])
    expect(joined([10 * minute, 30 * minute, ...live], seams)).toEqual([1, 1, 0, 0, 1, 0])
  })
})
