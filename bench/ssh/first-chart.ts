import { setTimeout as sleep } from 'node:timers/promises'
import type { MetricsUpdate } from '@shared/model/metrics'
import { until } from '../../tests/support/poll'
import { median } from '../support/median'
import type { BenchResult } from '../support/result'
import { startEngine, type EngineProcess } from './engine-process'
import { savedHost, startMachine } from './machine'

const runs = 7
/** Milliseconds. */
const aim = 2_000
/** One of each file, levels and rates. */
const paths = [
  'cpu',
  'load1',
  'memory_used',
  'context_switches',
  'disk_read',
  'network_receive',
  'uptime',
].map((metric) => `/metrics/host/host/${metric}`)

interface Times {
  /** First levels (memory, load), which one sample gives. */
  readonly level: number
  /** First sample in which nothing is missing: rates need two. */
  readonly complete: number
}

/** From the server's word that the sign-in is done to the first complete sample at a window's subscription. */
export async function measureFirstChart(): Promise<BenchResult[]> {
  const machine = await startMachine()
  const engine = await startEngine(machine.home)
  const { server, key } = machine
  const times: Times[] = []
  try {
    for (let run = 0; run < runs; run++) {
      const host = savedHost(`host ${run}`, server.host, server.port, key)
      await engine.client.call('saved.save', { host })
      times.push(await once(engine, host.id, () => server.log))
      await engine.client.call('saved.remove', { id: host.id })
    }
  } finally {
    await engine.close()
    await machine.close()
  }
  const worst = Math.max(...times.map(({ complete }) => complete))
  return [
    { figure: 'sign-in to the first levels', value: median(times.map(({ level }) => level)), unit: 'ms' },
    {
      figure: 'sign-in to the first complete sample, rates included',
      value: median(times.map(({ complete }) => complete)),
      unit: 'ms',
      aim: `<= ${aim}`,
      met: median(times.map(({ complete }) => complete)) <= aim,
    },
    {
      figure: `the longest of ${runs}`,
      value: worst,
      unit: 'ms',
      aim: `<= ${aim}`,
      met: worst <= aim,
    },
  ]
}

async function once(engine: EngineProcess, host: string, log: () => string): Promise<Times> {
  const seen = log().length
  let signedIn = NaN
  let level = NaN
  let complete = NaN
  const values = new Array<number>(paths.length).fill(NaN)
  const subscription = engine.client.subscribe(
    'metrics.watch',
    { host, paths, window: 60_000, to: null, points: 1_000 },
    {
      next(update) {
        takeLatest(update, values)
        const now = performance.now()
        if (values.some((value) => !Number.isNaN(value)) && Number.isNaN(level)) level = now
        if (values.every((value) => !Number.isNaN(value)) && Number.isNaN(complete)) complete = now
      },
    },
  )
  await engine.client.call('hosts.connect', { host })
  const end = performance.now() + 20_000
  while (Number.isNaN(complete)) {
    if (Number.isNaN(signedIn) && log().includes('Accepted publickey', seen)) signedIn = performance.now()
    if (performance.now() > end) throw new Error(`no complete sample: ${String(values)}`)
    await sleep(2)
  }
  subscription.close()
  await engine.client.call('hosts.disconnect', { host })
  await until(() => engine.hosts().some(({ id, state }) => id === host && state === 'disconnected'))
  return { level: level - signedIn, complete: complete - signedIn }
}

function takeLatest({ chunks }: MetricsUpdate, values: number[]): void {
  for (const { series, times, values: columns } of chunks) {
    series.forEach((position, index) => {
      values[position] = columns[(index + 1) * times.length - 1] ?? NaN
    })
  }
}
