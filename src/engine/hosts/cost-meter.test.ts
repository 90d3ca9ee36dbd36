import { afterEach, beforeEach, expect, it } from 'vitest'
import type { HostCost } from '@shared/model/host'
import type { Clock } from '../clock'
import { MetricStore } from '../series/metric-store'
import { createLocalTransport } from '../transports/local'
import type { TransportCost } from '../transports/transport'
import { CostMeter } from './cost-meter'

/** Seconds, as the test lets them pass. */
let time = 0
let wake: () => void = () => undefined
const clock: Clock = {
  now: () => time * 1000,
  monotonic: () => time * 1000,
  sleep: (_, signal) =>
    new Promise((resolve) => {
      wake = () => {
        signal.removeEventListener('abort', wake)
        resolve()
      }
      signal.addEventListener('abort', wake)
    }),
}
beforeEach(() => void (time = 0))
const endings: (() => Promise<void>)[] = []
afterEach(() => Promise.all(endings.splice(0).map((end) => end())))

interface Connection {
  /** What a host of the session would say of its cost now. */
  cost(): HostCost
  /** `[cpu, bytes]` of the newest sample. */
  newest(): (number | undefined)[]
  pass(seconds: number): Promise<void>
  end(): Promise<void>
}

/** A connection whose transport gives these figures; another one to the same store is a reconnect. */
function connect(store: MetricStore, figures: () => TransportCost): Connection {
  const transport = Object.assign(createLocalTransport(), { cost: figures })
  const sink = {
    group: (name: string, interval: number) => store.group('console', name, interval),
    history: () => undefined,
    processes: () => undefined,
    rows: () => {
      throw new Error('the meter has no rows')
    },
    messages: () => {
      throw new Error('the meter has no messages')
    },
  }
  const meter = new CostMeter(transport, sink, clock)
  const abort = new AbortController()
  const running = meter.run(abort.signal)
  const end = async (): Promise<void> => {
    abort.abort()
    await running
  }
  endings.push(end)
  return {
    cost: () => meter.cost(),
    newest: () =>
      ['cpu', 'bytes'].map((metric) => {
        const series = store.find({ class: 'console', instance: 'self', metric })
        return series?.group.latest(series.column)
      }),
    async pass(seconds) {
      for (let passed = 0; passed < seconds; passed++) {
        time += 1
        wake()
        await new Promise((resolve) => setImmediate(resolve))
      }
    },
    end,
  }
}

it('knows no CPU until a second reading came, also after a reconnect; an old reading seen again is none', async () => {
  const store = new MetricStore()
  for (const round of [1, 2]) {
    const start = time
    // Read every 15 s: 3 s of CPU until the first time, then 0.3 s in 15 s.
    const figures = (): TransportCost => {
      const reads = Math.floor((time - start) / 15)
      return {
        cpuSeconds: round * 3 + reads * 0.3,
        cpuReadAt: reads * 15_000,
        bytesRead: (time - start) * 500,
        bytesWritten: 0,
      }
    }
    const connection = connect(store, figures)
    expect(connection.cost()).toEqual({ cpu: null, bytes: null })
    expect(connection.newest()).toEqual([NaN, NaN])
    await connection.pass(14)
    expect(connection.cost()).toEqual({ cpu: null, bytes: 500 })
    expect(connection.newest()).toEqual([NaN, 500])
    await connection.pass(1)
    expect(connection.cost().cpu).toBeCloseTo(0.02)
    expect(connection.newest()[0]).toBeCloseTo(0.02)
    await connection.pass(10)
    expect(connection.newest()[0]).toBeCloseTo(0.02)
    await connection.end()
    time += 5
  }
})

it('no longer knows the CPU when readings stop coming', async () => {
  const connection = connect(new MetricStore(), () => ({
    cpuSeconds: Math.min(time, 100) / 10,
    cpuReadAt: Math.min(time, 100) * 1000,
    bytesRead: 0,
    bytesWritten: 0,
  }))
  time = 90
  await connection.pass(11)
  expect(connection.newest()[0]).toBeCloseTo(0.1)
  await connection.pass(5)
  expect(connection.newest()[0]).toBeNaN()
  await connection.pass(70)
  expect(connection.cost()).toEqual({ cpu: null, bytes: 0 })
})

it('measures at every sample where the figure is of the moment, and says 0 where it is 0', async () => {
  const connection = connect(new MetricStore(), () => ({ cpuSeconds: 7, bytesRead: 9, bytesWritten: 0 }))
  await connection.pass(1)
  expect(connection.cost()).toEqual({ cpu: 0, bytes: 0 })
  expect(connection.newest()).toEqual([0, 0])
})

it('is null where the host cannot tell', async () => {
  const connection = connect(new MetricStore(), () => ({ cpuSeconds: null, bytesRead: 0, bytesWritten: 0 }))
  await connection.pass(3)
  expect(connection.cost()).toEqual({ cpu: null, bytes: 0 })
  expect(connection.newest()).toEqual([NaN, 0])
})
