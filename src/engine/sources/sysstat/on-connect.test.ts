import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { metricPath, type MetricsUpdate } from '@shared/model/metrics'
import { systemClock } from '@engine/clock'
import type { HistoricSeries } from '@engine/history-sink'
import { HostSession } from '@engine/hosts/session'
import { watchMetrics } from '@engine/queries'
import { RowFeed } from '@engine/row-feed'
import { SeriesBudget } from '@engine/series/budget'
import { linuxSource } from '@engine/sources/linux'
import { RowStore } from '@engine/streams/row-store'
import { createLocalTransport } from '@engine/transports/local'
import { connectTo } from '@engine/transports/ssh/testing/connecting'
import type { Transport } from '@engine/transports/transport'
import { until } from '../../../../tests/support/poll'
import { sshdMissing, startSshd, type TestKey, type TestSshd } from '../../../../tests/support/sshd'
import type { SourceDescriptor } from '../source'
import { createSysstatSource } from './index'
import { collecting, sysstatMissing } from './testing/archives'

/** The whole way on this machine: sysstat's collector, the session, and what a window is told of its metrics. */

const metrics = ['memory_total', 'memory_available', 'context_switches', 'cpu_user', 'interrupts', 'load1']
const paths = metrics.map((metric) => `/metrics/host/host/${metric}`)

interface Point {
  readonly time: number
  readonly value: number
}

/** What a window has of the series, as it is told. */
class Window {
  readonly series: Point[][] = paths.map(() => [])

  take({ reset, chunks }: MetricsUpdate): void {
    if (reset) this.series.forEach((points) => points.splice(0))
    for (const { series, since, times, values } of chunks) {
      series.forEach((position, row) => {
        const points = this.series[position]
        if (!points) throw new Error(`There is no series ${position}.`)
        while ((points.at(-1)?.time ?? -Infinity) >= since) points.pop()
        times.forEach((time, at) => points.push({ time, value: values[row * times.length + at] ?? NaN }))
      })
    }
  }

  /** Of a metric, where it has a value. */
  of(metric: string): Point[] {
    return (this.series[metrics.indexOf(metric)] ?? []).filter(({ value }) => !Number.isNaN(value))
  }
}

interface Watched {
  readonly session: HostSession
  readonly window: Window
  /** All that the source told last. */
  readonly told: () => readonly HistoricSeries[]
  /** Times of live samples. */
  readonly live: () => number[]
}

function watch(folder: string, open: () => Promise<{ transport: Transport }>): Watched {
  let told: readonly HistoricSeries[] = []
  const sysstat = createSysstatSource({ folders: [folder], settle: 0 })
  const overheard: SourceDescriptor = {
    ...sysstat,
    open: (context) => {
      const history = (series: readonly HistoricSeries[]): void => {
        told = series
        context.sink.history(series)
      }
      return sysstat.open({ ...context, sink: { ...context.sink, history } })
    },
  }
  const clock = systemClock
  const rows = new RowFeed(new RowStore(2 ** 24), clock)
  const profile = {
    id: 'a',
    name: 'a',
    address: 'here',
    simulated: false,
    sources: [linuxSource, overheard],
    open,
  }
  const budget = new SeriesBudget(2 ** 27)
  const session = new HostSession(profile, { clock, random: () => 0, budget, rows, changed: () => undefined })
  const stop = new AbortController()
  onTestFinished(async () => {
    stop.abort()
    await session.disconnect()
    session.metrics.close()
  })
  const window = new Window()
  const params = { host: 'a', paths, window: 600_000, to: null, points: 4_000 }
  const watching = async (): Promise<void> => {
    for await (const update of watchMetrics(session, params, clock, stop.signal)) window.take(update)
  }
  void watching()
  const live = (): number[] => {
    const ring = session.metrics.find({ class: 'host', instance: 'host', metric: 'load1' })?.group.ring
    return ring ? [...ring.read([0], 0, ring.next).times] : []
  }
  session.connect()
  return { session, window, told: () => told, live }
}

/** Each noted point covers the second that it ends; none may have a live one in it. */
function expectNoMomentTwice(points: readonly Point[], live: ReadonlySet<number>): void {
  for (const [at, { time }] of points.entries()) {
    const before = points[at - 1]?.time ?? -Infinity
    expect(time, 'times ascend').toBeGreaterThan(before)
    if (live.has(time)) continue
    const inside = points.filter(
      (other) => live.has(other.time) && other.time > time - 1_000 && other.time <= time,
    )
    expect(inside, `noted at ${time}`).toEqual([])
  }
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length

describe.skipIf(sysstatMissing ?? sshdMissing())('history on connect', () => {
  const folder = mkdtempSync(join(tmpdir(), 'xcp-sysstat-'))
  let collector: ChildProcess
  let server: TestSshd
  let key: TestKey
  beforeAll(async () => {
    collector = spawn(...collecting(join(folder, 'sa01'), 600), { stdio: 'ignore' })
    server = await startSshd()
    key = server.authorize('id')
    // So that something was noted before anybody came.
    await new Promise((resolve) => setTimeout(resolve, 5_000))
  }, 30_000)
  afterAll(async () => {
    collector.kill()
    await server.close()
    rmSync(folder, { recursive: true, force: true })
  })

  it.each([
    ['local', () => Promise.resolve(createLocalTransport())],
    ['ssh', () => connectTo(server, key)],
  ])(
    'stands in front of what is seen live, and where nobody looked, each moment once (%s)',
    async (_, connect) => {
      const { session, window, told, live } = watch(folder, async () => ({ transport: await connect() }))
      const connected = Date.now()
      const noted = (from: number, to: number): Point[] => {
        const seen = new Set(live())
        return window.of('load1').filter(({ time }) => time > from && time < to && !seen.has(time))
      }
      await until(() => live().length >= 5 && noted(0, connected).length >= 3)
      for (const metric of metrics) expectNoMomentTwice(window.of(metric), new Set(live()))

      await session.disconnect()
      const left = live().at(-1) ?? NaN
      await new Promise((resolve) => setTimeout(resolve, 4_000))
      const count = live().length
      session.connect()
      await until(() => live().length >= count + 3 && noted(left, live()[count] ?? 0).length >= 2)
      for (const metric of metrics) expectNoMomentTwice(window.of(metric), new Set(live()))
      // Nobody had to wait for more than a sample or so anywhere.
      const times = window.of('memory_available').map(({ time }) => time)
      const distances = times.slice(1).map((time, at) => time - (times[at] ?? NaN))
      expect(Math.max(...distances)).toBeLessThan(4_000)

      // What is told stands at addresses of live metrics, and means the same.
      const unknown = told().filter(({ address }) => session.metrics.find(address) === undefined)
      expect(unknown.map(({ address }) => metricPath(address))).toEqual([])
      expect(new Set(window.of('memory_total').map(({ value }) => value)).size).toBe(1)
      for (const metric of ['memory_available', 'context_switches', 'interrupts', 'cpu_user']) {
        const seen = new Set(live())
        const [from, to] = [live()[0] ?? 0, left]
        const seenLive = window.of(metric).filter(({ time }) => seen.has(time) && time <= to)
        const series = told().find(({ address }) => address.metric === metric)
        const same = [...(series?.values ?? [])].filter((value, at) => {
          const time = series?.times[at] ?? NaN
          return time > from && time <= to && !Number.isNaN(value)
        })
        const ratio = mean(same) / mean(seenLive.map(({ value }) => value))
        expect(ratio, metric).toBeGreaterThan(0.4)
        expect(ratio, metric).toBeLessThan(2.5)
      }
      expect(session.details().findings.filter(({ source }) => source === 'sysstat')).toMatchObject([
        { available: true },
      ])
    },
    60_000,
  )
})
