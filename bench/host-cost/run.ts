import type { ChildProcess } from 'node:child_process'
import { readFileSync } from 'node:fs'
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

/** CPU seconds, bytes given out, and how often, of one of the programs over the measured time. */
interface Use {
  readonly cpu: number
  readonly bytes: number
  readonly samples: number
}

/**
 * What watching this machine costs it: the engine sampling everything it knows (no window open), against
 * node_exporter scraped every second, with its defaults and with four collectors, all in the same seconds.
 */
export async function run(args: string[]): Promise<BenchResult[]> {
  const seconds = Number(args[0] ?? 40)
  const started: ChildProcess[] = []
  const start = async (command: string, list: string[], ready: RegExp): Promise<number> => {
    const { child } = await startUntil(command, list, ready)
    started.push(child)
    return child.pid ?? 0
  }
  try {
    const shell = await start('node', ['out/node/web.js', '--no-open', '--port', '0'], /Console: (\S+)/)
    const engine = childrenOf(shell)[0]
    if (engine === undefined) throw new Error('the console has no engine process')
    const exporter = (port: number, extra: string[]): Promise<number> =>
      start(
        'prometheus-node-exporter',
        [`--web.listen-address=127.0.0.1:${port}`, ...extra],
        /[Ll]istening on/,
      )
    const full = { port: 19_101, pid: await exporter(19_101, []) }
    const four = { port: 19_102, pid: await exporter(19_102, fourCollectors) }
    // Start-up, compilation and the first full catalogues are no sampling.
    await sleep(10_000)
    const [ours, theirs, theirFour] = await Promise.all([
      useOfEngine(engine, seconds),
      useOfExporter(full, seconds),
      useOfExporter(four, seconds),
    ])
    const memory = residentBytes(engine) / 2 ** 20
    return [...costFigures(ours, theirs, theirFour), memoryFigure(memory), ...(await measureStart())]
  } finally {
    await Promise.all(started.map(stop))
  }
}

const milliseconds = ({ cpu, samples }: Use): number => (cpu / samples) * 1000

function costFigures(ours: Use, theirs: Use, theirFour: Use): BenchResult[] {
  const ratio = (mine: number, peer: number, against: string, what: string, aim: number): BenchResult => ({
    figure: `${what}: engine / node_exporter`,
    value: mine / peer,
    unit: 'x',
    peer: against,
    aim: `<= ${aim}`,
    met: mine / peer <= aim,
  })
  return [
    {
      figure: 'CPU of the engine for each second, everything it knows',
      value: milliseconds(ours),
      unit: 'ms',
    },
    { figure: 'CPU of node_exporter for each scrape, default', value: milliseconds(theirs), unit: 'ms' },
    {
      figure: 'CPU of node_exporter for each scrape, four collectors',
      value: milliseconds(theirFour),
      unit: 'ms',
    },
    ratio(ours.cpu, theirs.cpu, 'node_exporter, default, 1 Hz', 'CPU', 1),
    ratio(ours.cpu, theirFour.cpu, 'node_exporter, four collectors, 1 Hz', 'CPU', 1),
    ratio(ours.bytes, theirFour.bytes, 'node_exporter, four collectors, 1 Hz', 'bytes', 1),
  ]
}

const memoryFigure = (value: number): BenchResult => ({
  figure: 'resident memory of the engine, one host',
  value,
  unit: 'MiB',
  aim: '<= 150',
  met: value <= 150,
})

/** Bytes are what the process reads from the kernel: `rchar` of /proc/<pid>/io. */
async function useOfEngine(pid: number, seconds: number): Promise<Use> {
  const readBytes = (): number => Number(/^rchar: (\d+)$/m.exec(readFileSync(`/proc/${pid}/io`, 'utf8'))?.[1])
  const before = { cpu: cpuSeconds(pid), bytes: readBytes() }
  await sleep(seconds * 1000)
  return { cpu: cpuSeconds(pid) - before.cpu, bytes: readBytes() - before.bytes, samples: seconds }
}

/** Scrapes once a second; bytes are those of the answers. */
async function useOfExporter({ port, pid }: { port: number; pid: number }, seconds: number): Promise<Use> {
  const before = cpuSeconds(pid)
  let bytes = 0
  let samples = 0
  const timer = setInterval(() => {
    samples++
    get({ port, host: '127.0.0.1', path: '/metrics' }, (answer) =>
      answer.on('data', (chunk: Buffer) => (bytes += chunk.length)),
    )
  }, 1000)
  await sleep(seconds * 1000)
  clearInterval(timer)
  return { cpu: cpuSeconds(pid) - before, bytes, samples }
}
