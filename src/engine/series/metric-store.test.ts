import { describe, expect, it } from 'vitest'
import type { MetricDescriptor } from '@shared/model/metrics'
import type { SampleGroup } from '../sink'
import { SeriesBudget } from './budget'
import { MetricStore } from './metric-store'
import { fullResolutionWindow } from './retention'
import { SeriesWatch, type WatchedRange } from './watch'

const gauge = (name: string): MetricDescriptor => ({ name, units: 'ratio', description: '', type: 'gauge' })
const instance = (id: string): { class: string; id: string; name: string } => ({ class: 'cpu', id, name: id })
const path = (id: string, metric = 'usage'): string => `/metrics/cpu/${id}/${metric}`

const last = (window: number): WatchedRange => ({ window, to: null, points: 4_000 })

function commit(group: SampleGroup, second: number, ...raw: number[]): void {
  // The first two positions are nobody's.
  group.raw.set(raw, 2)
  group.commit(second * 1000, second * 1000)
}

describe('MetricStore', () => {
  it('catalogues class, instance and metric, and says who is gone', () => {
    const store = new MetricStore()
    store.describe({ cpu: 'cores' })
    const group = store.group('linux', 'fast', 1000)
    group.add(instance('cpu0'), gauge('usage'), { kind: 'gauge' })
    group.add(instance('cpu1'), gauge('usage'), { kind: 'gauge' })
    group.remove(instance('cpu1'))
    expect(store.catalogue().classes).toEqual([
      {
        name: 'cpu',
        description: 'cores',
        metrics: [gauge('usage')],
        sets: [[0]],
        instances: [
          { id: 'cpu0', name: 'cpu0', source: 'linux', present: true, set: 0 },
          { id: 'cpu1', name: 'cpu1', source: 'linux', present: false, set: 0 },
        ],
      },
    ])
  })

  it('ranks by the first metric, missing values last and never as zero', () => {
    const store = new MetricStore()
    const group = store.group('linux', 'fast', 1000)
    for (const id of ['cpu0', 'cpu1', 'cpu10', 'cpu2'])
      group.add(instance(id), gauge('usage'), { kind: 'gauge' })
    commit(group, 1, 0, 0.5, NaN, 0.5)
    expect(store.ranking('cpu', ['usage', 'absent'], 3)).toEqual({
      time: 1000,
      total: 4,
      rows: [
        { id: 'cpu1', name: 'cpu1', values: [0.5, null] },
        { id: 'cpu2', name: 'cpu2', values: [0.5, null] },
        { id: 'cpu0', name: 'cpu0', values: [0, null] },
      ],
    })
  })

  it('gives an instance that comes back its old column, with the gap in it', () => {
    const store = new MetricStore()
    const group = store.group('linux', 'fast', 1000)
    const at = group.add(instance('cpu1'), gauge('usage'), { kind: 'gauge' })
    commit(group, 1, 0.1)
    group.remove(instance('cpu1'))
    commit(group, 2, 0.2)
    expect(group.add(instance('cpu1'), gauge('usage'), { kind: 'gauge' })).toBe(at)
    commit(group, 3, 0.3)
    const update = new SeriesWatch(store, [path('cpu1')], last(60_000)).update(3000)
    expect([...(update?.chunks[0]?.values ?? [])].map((value) => Math.round(value * 10) / 10)).toEqual([
      0.1,
      NaN,
      0.3,
    ])
  })

  it('reads a counter as missing first, then as its rate, and as missing over a reset', () => {
    const store = new MetricStore()
    const group = store.group('linux', 'fast', 1000)
    group.add(instance('a'), gauge('usage'), { kind: 'counter' })
    ;[100, 150, 10, 30].forEach((raw, second) => commit(group, second + 1, raw))
    const update = new SeriesWatch(store, [path('a')], last(60_000)).update(4000)
    expect([...(update?.chunks[0]?.values ?? [])]).toEqual([NaN, 50, NaN, 20])
  })

  it('keeps the timeline ascending when the wall clock is set back', () => {
    const store = new MetricStore()
    const group = store.group('linux', 'fast', 1000)
    group.add(instance('a'), gauge('usage'), { kind: 'gauge' })
    const wall = [10_000, 11_000, 4_000, 5_000, 14_000]
    wall.forEach((time, index) => group.commit(time, index * 1000))
    const times = [...(new SeriesWatch(store, [path('a')], last(60_000)).update(0)?.chunks[0]?.times ?? [])]
    expect(times).toEqual([10_000, 11_000, 12_000, 13_000, 14_000])
  })

  it('adds up a metric over the instances that are there and meant', () => {
    const store = new MetricStore()
    const group = store.group('linux', 'fast', 1000)
    const includes = (id: string): boolean => id !== 'lo'
    group.add(instance('total'), gauge('all'), { kind: 'sum', class: 'cpu', metric: 'usage', includes })
    for (const id of ['a', 'b', 'lo']) group.add(instance(id), gauge('usage'), { kind: 'gauge' })
    const total = (): number | null => store.ranking('cpu', ['all'], 1).rows[0]?.values[0] ?? null
    commit(group, 1, NaN, 1, 2, 4)
    expect(total()).toBe(3)
    commit(group, 2, NaN, NaN, 2, 4)
    expect(total()).toBe(2)
    group.remove(instance('b'))
    commit(group, 3, NaN, NaN, 2, 4)
    expect(total()).toBeNull()
  })

  it('forgets what a source does not publish again, and takes the reading of its new run', () => {
    const store = new MetricStore()
    const open = (ids: string[]): SampleGroup => {
      store.retire('linux')
      const group = store.group('linux', 'fast', 1000)
      const includes = (id: string): boolean => ids.includes(id)
      group.add(instance('total'), gauge('all'), { kind: 'sum', class: 'cpu', metric: 'usage', includes })
      for (const id of ids) group.add(instance(id), gauge('usage'), { kind: 'gauge' })
      return group
    }
    commit(open(['a', 'b']), 1, NaN, 1, 2)
    commit(open(['b', 'c']), 2, NaN, NaN, 2, 4)
    const { rows } = store.ranking('cpu', ['usage'], 9)
    expect(rows.map(({ id }) => id)).toEqual(['c', 'b', 'total'])
    expect(store.ranking('cpu', ['all'], 1).rows[0]?.values).toEqual([6])
  })

  it('stays within its window of samples', () => {
    const store = new MetricStore()
    const group = store.group('linux', 'slow', 60_000)
    group.add(instance('a'), gauge('usage'), { kind: 'gauge' })
    for (let minute = 0; minute < 100; minute++) {
      group.raw[group.add(instance('a'), gauge('usage'), { kind: 'gauge' })] = minute
      group.commit(minute * 60_000, minute * 60_000)
    }
    const update = new SeriesWatch(store, [path('a')], last(fullResolutionWindow)).update(0)
    expect(update?.chunks[0]?.times.length).toBe(fullResolutionWindow / 60_000)
  })

  it('gives the memory of what is long gone to what comes, and never its history', () => {
    const budget = new SeriesBudget(1_000_000)
    const store = new MetricStore(budget)
    const group = store.group('linux', 'slow', 60_000)
    const watch = new SeriesWatch(store, [path('if0')], last(60_000))
    const round = (id: string): void => {
      const at = group.add(instance(id), gauge('usage'), { kind: 'counter' })
      for (let minute = 0; minute < 600; minute++) {
        group.raw[at] = 1000 * minute
        group.commit(group.lastTime === null ? 0 : group.lastTime + 60_000, (group.lastTime ?? 0) + 60_000)
        if (minute === 3) group.remove(instance(id))
      }
    }
    round('if0')
    for (let generation = 1; generation < 25; generation++) round(`if${generation}`)
    const used = budget.used
    for (let generation = 25; generation < 50; generation++) round(`if${generation}`)
    expect(budget.used).toBeLessThanOrEqual(used)
    expect(store.catalogue().classes[0]?.instances ?? []).toEqual([])
    expect(watch.update(0)?.unknown).toEqual([0])
    const at = group.add(instance('new'), gauge('usage'), { kind: 'counter' })
    group.raw[at] = 7
    group.commit(group.lastTime === null ? 0 : group.lastTime + 60_000, 1e12)
    const values = [
      ...(new SeriesWatch(store, [path('new')], last(7 * 86_400_000)).update(0)?.chunks[0]?.values ?? []),
    ]
    expect(values.every((value) => Number.isNaN(value))).toBe(true)
  })

  it('turns away and counts what is over the budget, and keeps the rest right', () => {
    const budget = new SeriesBudget(2 * (fullResolutionWindow / 1000) * 4)
    const store = new MetricStore(budget)
    const group = store.group('linux', 'fast', 1000)
    const positions = ['a', 'b', 'c'].map((id) => group.add(instance(id), gauge('usage'), { kind: 'gauge' }))
    positions.forEach((at, index) => (group.raw[at] = index + 1))
    group.commit(1000, 1000)
    expect(budget.omitted).toBe(1)
    expect(store.ranking('cpu', ['usage'], 9).rows.map(({ id, values }) => [id, values[0]])).toEqual([
      ['b', 2],
      ['a', 1],
    ])
  })
})

describe('SeriesWatch', () => {
  it('sends the window first, then only what is new, and nothing when nothing is', () => {
    const store = new MetricStore()
    const group = store.group('linux', 'fast', 1000)
    group.add(instance('a'), gauge('usage'), { kind: 'gauge' })
    group.add(instance('b'), gauge('usage'), { kind: 'gauge' })
    for (let second = 1; second <= 10; second++) commit(group, second, second, -second)
    const watch = new SeriesWatch(store, [path('a'), path('b')], last(2_000))
    const first = watch.update(10_000)
    expect(first).toMatchObject({ reset: true, unknown: [] })
    expect(first?.chunks).toMatchObject([
      {
        series: [0, 1],
        interval: 1000,
        times: Float64Array.of(8000, 9000, 10_000),
        values: Float32Array.of(8, 9, 10, -8, -9, -10),
      },
    ])
    expect(watch.update(10_500)).toBeNull()
    commit(group, 11, 11, -11)
    expect(watch.update(11_000)?.chunks).toMatchObject([
      { series: [0, 1], interval: 1000, times: Float64Array.of(11_000), values: Float32Array.of(11, -11) },
    ])
  })

  it('names what it does not know, and lets it join with its history', () => {
    const store = new MetricStore()
    const group = store.group('linux', 'fast', 1000)
    group.add(instance('a'), gauge('usage'), { kind: 'gauge' })
    commit(group, 1, 1)
    const watch = new SeriesWatch(store, [path('late'), path('a')], last(60_000))
    expect(watch.update(1000)?.unknown).toEqual([0])
    group.add(instance('late'), gauge('usage'), { kind: 'gauge' })
    commit(group, 2, 2, 20)
    const update = watch.update(2000)
    expect(update).toMatchObject({ reset: false, unknown: [] })
    expect(update?.chunks).toMatchObject([
      { series: [1], interval: 1000, times: Float64Array.of(2000), values: Float32Array.of(2) },
      { series: [0], interval: 1000, times: Float64Array.of(1000, 2000), values: Float32Array.of(NaN, 20) },
    ])
  })

  it('hands out many long series in several turns, each series once', () => {
    const store = new MetricStore()
    const group = store.group('linux', 'fast', 1000)
    const ids = Array.from({ length: 2_000 }, (_, at) => `c${at}`)
    for (const id of ids) group.add(instance(id), gauge('usage'), { kind: 'gauge' })
    for (let second = 1; second <= 1_800; second++) group.commit(second * 1000, second * 1000)
    const watch = new SeriesWatch(
      store,
      ids.map((id) => path(id)),
      last(fullResolutionWindow),
    )
    const told: number[] = []
    const resets: boolean[] = []
    do {
      const update = watch.update(0)
      resets.push(update?.reset ?? false)
      for (const chunk of update?.chunks ?? []) told.push(...chunk.series)
    } while (watch.isBehind)
    expect(told.sort((a, b) => a - b)).toEqual(ids.map((_, at) => at))
    expect(resets.filter(Boolean)).toEqual([true])
    expect(resets.length).toBeGreaterThan(1)
    expect(watch.update(0)).toBeNull()
  })
})
