import { mkdtempSync, rmSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { before, watchHost } from '../../tests/messages/watched-host'
import { cpuSeconds } from '../support/process'
import type { BenchResult } from '../support/result'
import { showConsole } from './console'
import { measureWindow } from './in-window'
import { startSimulateProcess } from './simulate-process'
import { measureToScreen } from './to-screen'

export { simulateProcess } from './simulate-process'

const seconds = 30
/** Of the window on a busy bus; the aim is ten minutes, which nobody waits for each time. */
const windowSeconds = Number(process.env['BENCH_MESSAGES_SECONDS'] ?? 40)

/**
 * Control messages of a simulated host in a process of its own, over real SSH with a network of so many
 * milliseconds there and back: which share of the events is caught, and that the rest is declared to the last one.
 * Then the built console in a real Chromium: `screen`, and `window` on a busy bus. Each can be measured alone.
 */
export async function run([part]: readonly string[] = []): Promise<BenchResult[]> {
  const results: BenchResult[] = []
  if (part === undefined || part === 'screen') results.push(...(await inWindow(60)))
  if (part === undefined || part === 'window') results.push(...(await inWindow(2_000)))
  if (part !== undefined && part !== 'caught') return results
  for (const { rate, roundTrip, aim } of [
    { rate: 100, roundTrip: 0, aim: null },
    { rate: 100, roundTrip: 20, aim: 0.95 },
    { rate: 500, roundTrip: 20, aim: null },
    { rate: 2_000, roundTrip: 0, aim: null },
  ]) {
    results.push(...(await measure(rate, roundTrip, aim)))
  }
  results.push({
    figure: 'load of this machine in the last minutes',
    value: loadavg()[1] ?? NaN,
    unit: 'tasks',
  })
  return results
}

/** The built console: `npm run build` first. */
async function inWindow(rate: 60 | 2_000): Promise<BenchResult[]> {
  const directory = mkdtempSync(join(tmpdir(), 'xcp-bench-'))
  const host = await startSimulateProcess(directory, rate)
  try {
    const shown = await showConsole(host.endpoints)
    try {
      const name = `${rate} messages/s`
      return rate === 60
        ? await measureToScreen(host.endpoints.messageSwitch.socket, shown, name)
        : await measureWindow(host, shown, windowSeconds, `${name}, ${windowSeconds} s`)
    } finally {
      await shown.close()
    }
  } finally {
    await host.close()
    rmSync(directory, { recursive: true })
  }
}

async function measure(rate: number, roundTrip: number, aim: number | null): Promise<BenchResult[]> {
  const directory = mkdtempSync(join(tmpdir(), 'xcp-bench-'))
  const host = await startSimulateProcess(directory, rate)
  try {
    const watched = await watchHost(host, { roundTrip })
    const { board, source } = watched
    await sleep(2_000)
    const unseen = before(board)
    const { seen, missed } = board.coverage
    const cpu = process.cpuUsage()
    const hostCpu = cpuSeconds(host.pid)
    await sleep(seconds * 1_000)
    const used = process.cpuUsage(cpu)
    const hostUsed = cpuSeconds(host.pid) - hostCpu
    const now = board.coverage
    await source.close()
    const exact = before(board) === unseen
    if (!exact)
      console.error(
        unseen,
        before(board),
        board.coverage,
        board.position,
        board.rates.events,
        [...watched.feed.store.streams].map((s) => s.account),
      )
    await watched.close()
    const caught = (now.seen - seen) / (now.seen - seen + now.missed - missed)
    const name = `${rate} messages/s, ${roundTrip} ms there and back`
    return [
      {
        figure: `${name}: events caught`,
        value: round(caught * 100),
        unit: '%',
        ...(aim === null ? {} : { aim: `≥ ${aim * 100} %`, met: caught >= aim }),
      },
      {
        figure: `${name}: the rest declared to the last event`,
        value: exact ? 1 : 0,
        unit: '',
        aim: '1',
        met: exact,
      },
      {
        figure: `${name}: CPU of the console`,
        value: round((used.user + used.system) / 1e4 / seconds),
        unit: '% of a core',
      },
      {
        figure: `${name}: CPU of the simulated host, its own work included`,
        value: round((hostUsed / seconds) * 100),
        unit: '% of a core',
      },
    ]
  } finally {
    await host.close()
    rmSync(directory, { recursive: true })
  }
}

const round = (value: number): number => Math.round(value * 10) / 10
