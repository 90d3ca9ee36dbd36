import type { ChildProcess } from 'node:child_process'
import { get } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { childrenOf, cpuSeconds, residentBytes, startUntil, stop } from '../support/process'
import type { BenchResult } from '../support/result'
import { measureStart } from './start'

const fourCollectors = [
  '--collector.disable-defaults',
  '--collector.cpu',
  '--collector.meminfo',
  '--collector.netdev',
  '--collector.diskstats',
]

/**
 * What watching this machine costs it: the engine sampling everything it knows (no window open), against
 * node_exporter scraped every second, with its defaults and with four collectors, all in the same seconds.
 */
export async function run(args: string[]): Promise<BenchResult[]> {
  const seconds = Number(args[0] ?? 40)
  const shell = await startUntil('node', ['out/node/web.js', '--no-open', '--port', '0'], /Console: (\S+)/)
  const exporters = await Promise.all([startExporter(19_101, []), startExporter(19_102, fourCollectors)])
  try {
    const engine = childrenOf(shell.child.pid ?? 0)[0]
    if (engine === undefined) throw new Error('the console has no engine process')
    // Start-up, compilation and the first full catalogues are no sampling.
    await sleep(10_000)
    const scraper = new Scraper(exporters.map(({ port }) => port))
    const before = { engine: cpuSeconds(engine), full: exporters[0].cpu(), four: exporters[1].cpu() }
    await sleep(seconds * 1000)
    const used = {
      engine: cpuSeconds(engine) - before.engine,
      full: exporters[0].cpu() - before.full,
      four: exporters[1].cpu() - before.four,
    }
    const scrapes = scraper.stop()
    const each = (cpu: number): number => (cpu / seconds) * 1000
    return [
      {
        figure: 'CPU of the engine for each second of sampling, no window open',
        value: each(used.engine),
        unit: 'ms',
      },
      {
        figure: 'CPU of node_exporter for each scrape, default',
        value: (used.full / scrapes) * 1000,
        unit: 'ms',
      },
      {
        figure: 'CPU of node_exporter for each scrape, four collectors',
        value: (used.four / scrapes) * 1000,
        unit: 'ms',
      },
      {
        figure: 'engine / node_exporter',
        value: used.engine / used.full,
        unit: 'x',
        peer: 'node_exporter, default, 1 Hz',
        aim: '<= 1',
        met: used.engine <= used.full,
      },
      {
        figure: 'engine / node_exporter',
        value: used.engine / used.four,
        unit: 'x',
        peer: 'node_exporter, same four collectors, 1 Hz',
      },
      {
        figure: 'resident memory of the engine, one host',
        value: residentBytes(engine) / 2 ** 20,
        unit: 'MiB',
        aim: '<= 150',
        met: residentBytes(engine) <= 150 * 2 ** 20,
      },
      ...(await measureStart()),
    ]
  } finally {
    await Promise.all([shell.child, ...exporters.map(({ child }) => child)].map(stop))
  }
}

async function startExporter(
  port: number,
  extra: string[],
): Promise<{ port: number; child: ChildProcess; cpu(): number }> {
  const { child } = await startUntil(
    'prometheus-node-exporter',
    [`--web.listen-address=127.0.0.1:${port}`, ...extra],
    /[Ll]istening on/,
  )
  return { port, child, cpu: () => cpuSeconds(child.pid ?? 0) }
}

/** Scrapes every port once a second and throws the bodies away. */
class Scraper {
  #scrapes = 0
  readonly #timer: NodeJS.Timeout

  constructor(ports: readonly number[]) {
    this.#timer = setInterval(() => {
      this.#scrapes++
      for (const port of ports)
        get({ port, host: '127.0.0.1', path: '/metrics' }, (response) => response.resume())
    }, 1000)
  }

  stop(): number {
    clearInterval(this.#timer)
    return this.#scrapes
  }
}
