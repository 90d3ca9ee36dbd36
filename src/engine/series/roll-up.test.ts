import fc from 'fast-check'
import type { MetricsUpdate } from '@shared/model/metrics'
import { describe, expect, it } from 'vitest'
import { SeriesBudget } from './budget'
import { MetricStore } from './metric-store'
import { historyTiers } from './retention'
import { SeriesWatch, type WatchedRange } from './watch'

const second = 1_000
const hour = 3_600_000
const gauge = { name: 'usage', units: 'ratio', description: '', type: 'gauge' } as const
const path = (id: string): string => `/metrics/cpu/${id}/usage`
const start = Date.UTC(2026, 0, 1, 0, 0, 7)

interface Point {
  time: number
  value: number | null
  low: number | null
  high: number | null
}
const finite = (value: number | undefined): number | null =>
  value === undefined || Number.isNaN(value) ? null : Math.fround(value)

/** What a window holds of one series after some updates, by the rules of the contract. */
class Receiver {
  points: Point[] = []

  take(update: MetricsUpdate | null, position = 0): this {
    if (update?.reset) this.points = []
    for (const { series, since, times, values, lows, highs } of update?.chunks ?? []) {
      const row = series.indexOf(position)
      if (row < 0) continue
      this.points = this.points.filter(({ time }) => time < since)
      times.forEach((time, at) => {
        const index = row * times.length + at
        const value = finite(values[index])
        const low = lows.length === 0 ? value : finite(lows[index])
        this.points.push({ time, value, low, high: highs.length === 0 ? value : finite(highs[index]) })
      })
    }
    return this
  }
}

/** The slow way: all samples ever, put into buckets of one length. */
function rolledUp(
  samples: { time: number; value: number }[],
  step: number,
  from: number,
  to: number,
): Point[] {
  const buckets = new Map<number, { time: number; value: number }[]>()
  for (const sample of samples) {
    const bucket = Math.floor(sample.time / step)
    buckets.set(bucket, [...(buckets.get(bucket) ?? []), sample])
  }
  return [...buckets.values()].flatMap((members) => {
    const time = members.at(-1)?.time ?? NaN
    if (time < from || time > to) return []
    const known = members.map(({ value }) => value).filter((value) => !Number.isNaN(value))
    if (known.length === 0) return [{ time, value: null, low: null, high: null }]
    const mean = known.reduce((sum, value) => sum + value, 0) / known.length
    return [{ time, value: finite(mean), low: finite(Math.min(...known)), high: finite(Math.max(...known)) }]
  })
}

const close = (points: readonly Point[]): unknown =>
  points.map((point) => ({
    ...point,
    value: point.value === null ? null : (expect.closeTo(point.value, 3) as unknown),
  }))

function feed(
  store: MetricStore,
  samples: readonly { time: number; value: number }[],
  each?: () => void,
): void {
  const group = store.group('linux', 'fast', second)
  const at = group.add({ class: 'cpu', id: 'a', name: 'a' }, gauge, { kind: 'gauge' })
  for (const { time, value } of samples) {
    group.raw[at] = value
    group.commit(time, time)
    each?.()
  }
}

const last = (window: number, points = 4_000): WatchedRange => ({ window, to: null, points })

describe('history that is rolled up', () => {
  it('is what a slow way makes of all samples, gaps and missing values included', () => {
    const step = fc.record({
      pause: fc.oneof(
        { weight: 20, arbitrary: fc.constant(second) },
        { weight: 1, arbitrary: fc.integer({ min: 1, max: 300_000 }) },
      ),
      value: fc.oneof(
        { weight: 9, arbitrary: fc.integer({ min: -1000, max: 1000 }) },
        { weight: 1, arbitrary: fc.constant(NaN) },
      ),
    })
    fc.assert(
      fc.property(
        fc.array(step, { minLength: 30, maxLength: 1_500 }),
        fc.constantFrom(35 * 60_000, hour, 5 * hour, 8 * hour, 100 * hour),
        (steps, window) => {
          let time = start
          const samples = steps.map(({ pause, value }) => ({ time: (time += pause), value }))
          const store = new MetricStore()
          feed(store, samples)
          const interval = window <= 6 * hour ? 10 * second : 60 * second
          const got = new Receiver().take(new SeriesWatch(store, [path('a')], last(window, 1e6)).update(time))
          const wanted = rolledUp(samples, interval, time - window, time)
          expect(got.points).toEqual(close(wanted))
        },
      ),
      { numRuns: 60 },
    )
  })

  it('comes bit by bit as it would come at once, the last bucket growing', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 600 }),
        fc.constantFrom(5 * 60_000, 20 * 60_000, hour, 24 * hour),
        fc.constantFrom(16, 60, 300, 1_200),
        (count, window, points) => {
          const samples = Array.from({ length: 900 }, (_, at) => ({
            time: start + at * second,
            value: (at * 37) % 101,
          }))
          const store = new MetricStore()
          feed(store, samples.slice(0, 900 - count))
          const watch = new SeriesWatch(store, [path('a')], last(window, points))
          const receiver = new Receiver().take(watch.update(start))
          feed(store, samples.slice(900 - count), () => receiver.take(watch.update(start)))
          const newest = samples.at(-1)?.time ?? 0
          const whole = new Receiver().take(
            new SeriesWatch(store, [path('a')], last(window, points)).update(start),
          )
          const inside = receiver.points.filter(({ time }) => time >= newest - window)
          // A bucket that the window's edge cuts was whole when it was sent.
          expect(inside.slice(1)).toEqual(whole.points.slice(1 + (whole.points.length - inside.length)))
          expect(Math.abs(whole.points.length - inside.length)).toBeLessThanOrEqual(1)
        },
      ),
      { numRuns: 40 },
    )
  })

  it('never is more than twice the points that were asked for', () => {
    const store = new MetricStore()
    const samples = Array.from({ length: 20_000 }, (_, at) => ({ time: start + at * second, value: at }))
    feed(store, samples)
    for (const window of [60_000, 10 * 60_000, 30 * 60_000, hour, 6 * hour, 24 * hour, 7 * 24 * hour]) {
      for (const points of [16, 100, 800]) {
        const { points: got } = new Receiver().take(
          new SeriesWatch(store, [path('a')], last(window, points)).update(start),
        )
        expect(got.length).toBeLessThanOrEqual(2 * points + 2)
        expect(got.length).toBeGreaterThan(0)
      }
    }
  })

  it('gives a range of the past as it was, and nothing further', () => {
    const store = new MetricStore()
    const samples = Array.from({ length: 2 * 3_600 }, (_, at) => ({ time: start + at * second, value: at }))
    feed(store, samples)
    const to = start + 40 * 60_000
    const watch = new SeriesWatch(store, [path('a')], { window: 10 * 60_000, to, points: 1_000 })
    const got = new Receiver().take(watch.update(start))
    expect(got.points).toEqual(close(rolledUp(samples, 10 * second, to - 10 * 60_000, to)))
    feed(store, [{ time: start + 3 * hour, value: 1 }])
    expect(watch.update(start)).toBeNull()
  })

  it('forgets what is older than its horizon, and gives the memory back', () => {
    const budget = new SeriesBudget(1e9)
    const store = new MetricStore(budget)
    const group = store.group('linux', 'slow', 60_000)
    const at = group.add({ class: 'cpu', id: 'a', name: 'a' }, gauge, { kind: 'gauge' })
    let used = 0
    for (let minute = 0; minute < 21 * 1_440; minute++) {
      group.raw[at] = minute
      group.commit(start + minute * 60_000, minute * 60_000)
      if (minute === 8 * 1_440) used = budget.used
    }
    const horizon = historyTiers.at(-1)?.horizon ?? 0
    const { points } = new Receiver().take(
      new SeriesWatch(store, [path('a')], last(30 * 86_400_000, 1e6)).update(0),
    )
    const newest = points.at(-1)?.time ?? 0
    expect(newest - (points[0]?.time ?? 0)).toBeGreaterThanOrEqual(horizon - 60_000)
    expect(newest - (points[0]?.time ?? 0)).toBeLessThan(horizon + 2 * hour)
    expect(budget.used).toBe(used)
    store.close()
    expect(budget.used).toBe(0)
  })

  it('makes room for new metrics by letting the oldest history of any host go', () => {
    const budget = new SeriesBudget(2_000_000)
    const [old, young] = [new MetricStore(budget), new MetricStore(budget)]
    const run = (store: MetricStore, from: number): void => {
      const group = store.group('linux', 'slow', 60_000)
      const at = group.add({ class: 'cpu', id: 'a', name: 'a' }, gauge, { kind: 'gauge' })
      for (let minute = 0; minute < 2_000; minute++) {
        group.raw[at] = minute
        group.commit(from + minute * 60_000, minute * 60_000)
      }
    }
    run(old, start)
    run(young, start + 60_000 * 2_000)
    expect(budget.used).toBeLessThanOrEqual(budget.limit)
    expect(budget.omitted).toBe(0)
    const held = (store: MetricStore): number =>
      new Receiver()
        .take(new SeriesWatch(store, [path('a')], last(7 * 86_400_000, 1e6)).update(0))
        .points.filter(({ value }) => value !== null).length
    expect(held(young)).toBeGreaterThan(1_500)
    expect(held(old)).toBeLessThan(1_000)
  })
})
