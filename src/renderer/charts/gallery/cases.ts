import type { Units } from '@shared/model/metrics'
import type { ChartAnnotation, ChartSeries, ChartThreshold } from '../series'
import { begin, end, generator, rolledUp, walk, withHole, withSeam } from './samples'

export interface Case {
  readonly id: string
  readonly label: string
  readonly series: readonly ChartSeries[]
  readonly units: Units
  readonly stacked?: boolean
  readonly max?: number
  readonly thresholds?: readonly ChartThreshold[]
  readonly annotations?: readonly ChartAnnotation[]
  readonly from?: number
  readonly to?: number
}

const mebibyte = 2 ** 20
const cpu = [
  walk({ name: 'user', color: '--series-1', base: 0.32, swing: 0.25, seed: 1 }),
  walk({ name: 'system', color: '--series-2', base: 0.12, swing: 0.1, seed: 2 }),
  walk({ name: 'iowait', color: '--series-4', base: 0.05, swing: 0.06, seed: 3 }),
  walk({ name: 'steal', color: '--series-6', base: 0.02, swing: 0.03, seed: 4 }),
]
const network = [
  walk({ name: 'received', color: '--series-1', base: 42 * mebibyte, swing: 30 * mebibyte, seed: 5 }),
  walk({ name: 'sent', color: '--series-2', base: 11 * mebibyte, swing: 9 * mebibyte, seed: 6 }),
]
const latency = walk({
  name: 'read latency',
  color: '--series-3',
  base: 0.004,
  swing: 0.004,
  seed: 7,
  edit: (index, value) => (index > 190 && index < 210 ? value + 0.016 : value),
})
const one = (times: number[], values: number[], name = 'only'): ChartSeries => ({
  name,
  color: '--series-1',
  interval: 1_000,
  times: Float64Array.from(times),
  values: Float32Array.from(values),
})

function hours(count: number): ChartSeries {
  const random = generator(9)
  const samples = count * 3_600
  let level = 40
  return {
    name: 'requests',
    color: '--series-5',
    interval: 1_000,
    times: Float64Array.from({ length: samples }, (_, i) => end - (samples - i) * 1_000),
    values: Float32Array.from({ length: samples }, (_, i) => {
      level += (random() - 0.5) * 2 + (40 - level) * 0.002
      return Math.max(0, level + Math.sin(i / 5_000) * 15 + (random() < 0.001 ? 120 : random() * 6))
    }),
  }
}

const hostile = '<img src=x onerror="document.title=\'owned\'">\u202e\u0000 & co'

export const cases: readonly Case[] = [
  { id: 'stacked', label: 'CPU', series: cpu, units: 'ratio', stacked: true, max: 1 },
  { id: 'two', label: 'Network', series: network, units: 'bytes/s' },
  {
    id: 'six',
    label: 'Disks',
    units: 'requests/s',
    series: [1, 2, 3, 4, 5, 6].map((n) =>
      walk({
        name: `sd${'abcdef'[n - 1] ?? ''}`,
        color: `--series-${n}`,
        base: 900 * n,
        swing: 700,
        seed: 20 + n,
      }),
    ),
  },
  {
    id: 'thresholds',
    label: 'Disk latency',
    series: [latency],
    units: 'seconds',
    thresholds: [
      { value: 0.01, label: 'amber above 10 ms', color: '--color-amber' },
      { value: 0.02, label: 'red above 20 ms', color: '--color-red' },
    ],
  },
  {
    id: 'gap',
    label: 'Memory with gaps',
    units: 'bytes',
    max: 16 * 2 ** 30,
    series: [
      withHole(
        walk({ name: 'used', color: '--series-1', base: 9 * 2 ** 30, swing: 2 ** 30, seed: 31 }),
        0.4,
        0.55,
      ),
      walk({
        name: 'cached',
        color: '--series-3',
        base: 4 * 2 ** 30,
        swing: 2 ** 30,
        seed: 32,
        edit: (index, value) => ((index > 200 && index < 230) || index % 50 === 7 ? NaN : value),
      }),
    ],
  },
  { id: 'single', label: 'One sample', series: [one([begin + 150_000], [0.4])], units: 'ratio' },
  { id: 'missing', label: 'Only missing samples', series: [one([begin, end], [NaN, NaN])], units: 'bytes/s' },
  { id: 'empty', label: 'No series', series: [], units: 'ratio', max: 1 },
  { id: 'zero', label: 'All zero', series: [one([begin, begin + 1_000, end], [0, 0, 0])], units: 'errors/s' },
  {
    id: 'infinite',
    label: 'Infinite values',
    units: 'count',
    series: [
      walk({
        name: 'load',
        color: '--series-1',
        base: 2,
        swing: 1,
        seed: 41,
        edit: (i, v) => (i % 40 === 0 ? Infinity : i % 61 === 0 ? -Infinity : v),
      }),
    ],
  },
  {
    id: 'hostile',
    label: hostile,
    units: 'count',
    series: [
      { ...walk({ name: hostile, color: '--series-7', base: 2, swing: 1, seed: 42 }) },
      { ...walk({ name: 'x'.repeat(300), color: '--nothing', base: 4, swing: 1, seed: 43 }) },
    ],
  },
  {
    id: 'negative',
    label: 'Temperature',
    units: 'celsius',
    series: [
      walk({ name: 'intake', color: '--series-8', base: 30, swing: 20, seed: 44, edit: (_, v) => v - 38 }),
    ],
  },
  {
    id: 'hours',
    label: 'Six hours',
    units: 'messages/s',
    series: [hours(6)],
    from: end - 6 * 3_600_000,
    to: end,
  },
  {
    id: 'days',
    label: 'Four days',
    units: 'messages/s',
    series: [hours(96)],
    from: end - 96 * 3_600_000,
    to: end,
  },
  {
    id: 'band',
    label: 'Rolled up to a minute',
    units: 'messages/s',
    series: [
      rolledUp(hours(6), 60),
      { ...rolledUp(withHole(hours(6), 0.3, 0.5), 60), name: 'other', color: '--series-2' },
    ],
    from: end - 6 * 3_600_000,
    to: end,
  },
  {
    id: 'seam',
    label: 'Noted every ten minutes, then live',
    units: 'messages/s',
    series: [withSeam(hours(3), 600, 0.6)],
    annotations: [{ time: end - 3_600_000, label: 'restart', color: '--color-amber' }],
    from: end - 3 * 3_600_000,
    to: end,
  },
  { id: 'impossible', label: 'No range', units: 'count', series: [one([begin], [1])], from: end, to: end },
  {
    id: 'slow',
    label: 'Every 5 s',
    units: 'watts',
    series: [walk({ name: 'board', color: '--series-2', base: 180, swing: 60, seed: 45, interval: 5_000 })],
  },
]
