import { setTimeout as sleep } from 'node:timers/promises'
import { cpuSeconds, residentBytes } from '../support/process'
import { median } from '../support/median'
import type { BenchResult } from '../support/result'
import { startEngine, type EngineProcess } from './engine-process'
import { savedHost, startMachine, type Machine } from './machine'

const hosts = 100
/** Seconds. */
const window = 5
const windows = 6
const settling = 10
const patience = 120_000

/** A hundred saved hosts that are one machine, with their overview open: engine's CPU and memory for each. */
export async function measureManyHosts(): Promise<BenchResult[]> {
  const machine = await startMachine({ MaxStartups: '200', MaxSessions: '20' })
  const engine = await startEngine(machine.home)
  try {
    const ids = await save(engine, machine)
    const faults = new Set<string>()
    const connect = async (list: readonly string[], live: number): Promise<void> => {
      const connecting = list.map((host) =>
        engine.client.call('hosts.connect', { host }, { timeout: patience }),
      )
      await untilLive(engine, live, faults)
      await Promise.all(connecting)
    }
    // The first one loads what all of them share.
    await connect(ids.slice(0, 1), 1)
    await sleep(settling * 1_000)
    const before = residentBytes(engine.pid)
    const started = performance.now()
    await connect(ids.slice(1), hosts)
    const connected = (performance.now() - started) / 1_000
    openOverview(engine, ids)
    await sleep(settling * 1_000)
    const cpu = await cpuByWindow(engine.pid)
    const after = residentBytes(engine.pid)
    const live = engine.hosts().filter(({ state }) => state === 'live').length
    for (const { name, error } of engine.hosts()) if (error) faults.add(`${name}: ${error.message}`)
    for (const fault of faults) console.log(`  ${fault}`)
    return [
      {
        figure: 'hosts that are live at the end',
        value: live,
        unit: 'hosts',
        aim: `= ${hosts}`,
        met: live === hosts,
      },
      { figure: 'errors on the way', value: faults.size, unit: 'errors', aim: '= 0', met: faults.size === 0 },
      { figure: 'time until all are live', value: connected, unit: 's' },
      {
        figure: 'CPU of the engine for each host and second',
        value: (median(cpu) / hosts) * 1_000,
        unit: 'ms',
      },
      {
        figure: 'memory of the engine for each further host',
        value: (after - before) / (hosts - 1) / 2 ** 20,
        unit: 'MiB',
      },
      { figure: 'memory of the engine in all', value: after / 2 ** 20, unit: 'MiB' },
    ]
  } finally {
    await engine.close()
    await machine.close()
  }
}

async function save(engine: EngineProcess, { server, key }: Machine): Promise<string[]> {
  const ids: string[] = []
  for (let index = 0; index < hosts; index++) {
    const host = savedHost(`host ${index}`, server.host, server.port, key)
    await engine.client.call('saved.save', { host })
    ids.push(host.id)
  }
  return ids
}

/** Or until it has taken too long: the figures tell. */
async function untilLive(engine: EngineProcess, count: number, faults: Set<string>): Promise<void> {
  const end = performance.now() + patience
  while (engine.hosts().filter(({ state }) => state === 'live').length < count) {
    for (const { name, error } of engine.hosts()) if (error) faults.add(`${name}: ${error.message}`)
    if (performance.now() > end) return
    await sleep(50)
  }
}

/** What the page of all hosts asks for: a line of each one's CPU. */
function openOverview(engine: EngineProcess, ids: readonly string[]): void {
  for (const host of ids) {
    const params = { host, paths: ['/metrics/host/host/cpu'], window: 60_000, to: null, points: 1_000 }
    engine.client.subscribe('metrics.watch', params, { next: () => undefined })
  }
}

async function cpuByWindow(pid: number): Promise<number[]> {
  const measured: number[] = []
  for (let count = 0; count < windows; count++) {
    const before = cpuSeconds(pid)
    await sleep(window * 1_000)
    measured.push((cpuSeconds(pid) - before) / window)
  }
  return measured
}
