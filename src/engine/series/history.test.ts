import { describe, expect, it } from 'vitest'
import type { HistoricSeries } from '../history-sink'
import { SeriesBudget } from './budget'
import { MetricStore } from './metric-store'
import { SeriesWatch } from './watch'

const minute = 60_000
const start = Date.UTC(2026, 0, 2)
const gauge = { name: 'usage', units: 'ratio', description: '', type: 'gauge' } as const
const path = '/metrics/cpu/a/usage'
const ten = 10 * minute

const noted = (times: number[], values = times.map((_, at) => at), interval = ten): HistoricSeries => ({
  address: { class: 'cpu', instance: 'a', metric: 'usage' },
  interval,
  times: Float64Array.from(times),
  values: Float32Array.from(values),
})

function storeWith(samples: readonly number[], budget = new SeriesBudget(1e9)): MetricStore {
  const store = new MetricStore(budget)
  const group = store.group('linux', 'fast', 1_000)
  const at = group.add({ class: 'cpu', id: 'a', name: 'a' }, gauge, { kind: 'gauge' })
  for (const time of samples) {
    group.raw[at] = 100
    group.commit(time, time)
  }
  return store
}
const everySecond = (from: number, to: number): number[] =>
  Array.from({ length: (to - from) / 1_000 }, (_, at) => from + at * 1_000)
const day = { window: 24 * 60 * minute, to: null, points: 2_000 }

describe('what a host had noted before we came', () => {
  it('stands in front of what was seen, without a moment that shows twice, and says where the distance changes', () => {
    const store = storeWith(everySecond(start + 35 * minute, start + 40 * minute))
    store.remember('sysstat', [noted([1, 2, 3, 4].map((count) => start + count * ten))])
    const chunk = new SeriesWatch(store, [path], day).update(0)?.chunks[0]
    // The fourth covers 30 to 40, in which there is more than it knows.
    expect([...(chunk?.times ?? [])].slice(0, 4)).toEqual([
      start + ten,
      start + 2 * ten,
      start + 3 * ten,
      start + 35 * minute + 59_000,
    ])
    expect([...(chunk?.values ?? [])].slice(0, 4)).toEqual([0, 1, 2, 100])
    expect(chunk?.seams).toEqual([
      { from: start + ten, interval: ten },
      { from: start + 35 * minute + 59_000, interval: minute },
    ])
  })

  it('fills the time in which the connection was away', () => {
    const store = storeWith([
      ...everySecond(start, start + 5 * minute),
      ...everySecond(start + 60 * minute, start + 65 * minute),
    ])
    store.remember('sysstat', [noted([1, 2, 3, 4, 5, 6, 7].map((count) => start + count * ten))])
    const chunk = new SeriesWatch(store, [path], day).update(0)?.chunks[0]
    const foreign = [...(chunk?.times ?? [])].filter((_, at) => chunk?.values[at] !== 100)
    expect(foreign).toEqual([2, 3, 4, 5, 6].map((count) => start + count * ten))
  })

  it('starts a window over when it comes, and only then', () => {
    const store = storeWith(everySecond(start, start + minute))
    const watch = new SeriesWatch(store, [path], day)
    expect(watch.update(0)?.reset).toBe(true)
    expect(watch.update(0)).toBeNull()
    store.remember('sysstat', [noted([start - ten])])
    expect(watch.update(0)).toMatchObject({ reset: true, unknown: [] })
    expect(watch.update(0)).toBeNull()
  })

  it('is rolled up where it has more points than a window can show', () => {
    const store = storeWith([start])
    const times = Array.from({ length: 5_000 }, (_, at) => start - (5_000 - at) * minute)
    store.remember('sysstat', [noted(times, undefined, minute)])
    const month = { window: 30 * 24 * 60 * minute, to: null, points: 500 }
    const chunk = new SeriesWatch(store, [path], month).update(0)?.chunks[0]
    expect(chunk?.times.length).toBeLessThanOrEqual(501)
    expect(chunk?.lows[10]).toBeLessThan(chunk?.highs[10] ?? 0)
  })

  it('replaces what the same source told before, and takes memory once', () => {
    const budget = new SeriesBudget(1e9)
    const store = storeWith([start], budget)
    const before = budget.used
    store.remember('sysstat', [noted([start - ten, start - 2 * ten])])
    const used = budget.used
    store.remember('sysstat', [noted([start - ten, start - 2 * ten])])
    expect(budget.used).toBe(used)
    expect(used).toBeGreaterThan(before)
    store.remember('sysstat', [])
    expect(budget.used).toBe(before)
  })

  it('is refused and counted where there is no room for it', () => {
    const budget = new SeriesBudget(60_000)
    const store = storeWith([start], budget)
    store.remember('sysstat', [noted(Array.from({ length: 5_000 }, (_, at) => start + at))])
    expect(budget.omitted).toBe(1)
  })
})
