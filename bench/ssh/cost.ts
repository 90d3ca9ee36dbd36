import { setTimeout as sleep } from 'node:timers/promises'
import { systemClock } from '@engine/clock'
import { linuxSource } from '@engine/sources/linux'
import { readEnvironment } from '@engine/sources/linux/environment'
import { readAll } from '@engine/sources/linux/host-file'
import { LoadSampler } from '@engine/sources/linux/load-sampler'
import { RecordingSink } from '@engine/sources/linux/testing/recording-sink'
import type { SourceContext } from '@engine/sources/source'
import { connectSsh, type SshTransport } from '@engine/transports/ssh'
import { fourCollectors, startExporter, type Exporter } from '../support/exporter'
import { median } from '../support/median'
import type { BenchResult } from '../support/result'
import { connectionProcesses, startMachine, treeCpu, type Machine } from './machine'

/** Seconds: the windows of everything must hold one table of processes and one of file systems each. */
const window = 5
const windows = 10
const settling = 7
/** What node_exporter's collectors cpu, meminfo, netdev and diskstats read too. */
const fourFiles = ['/proc/stat', '/proc/meminfo', '/proc/net/dev', '/proc/diskstats']

/** Seconds and bytes since the start. */
interface Reading {
  readonly cpu: number
  readonly bytes: number
}
type Meter = () => Reading
type Metered = 'ours' | 'packed' | 'all' | 'four' | 'usual'

/**
 * CPU of the host's processes that serve the connection, and bytes on the wire both ways, against node_exporter
 * scraped at the same rate: all at the same time, ratios by window, the median of them.
 */
export async function measureCost(): Promise<BenchResult[]> {
  const machine = await startMachine()
  const ends: (() => Promise<unknown>)[] = [() => machine.close()]
  const stop = new AbortController()
  try {
    const exporter = async (port: number, options?: readonly string[]): Promise<Exporter> => {
      const started = await startExporter(port, options)
      ends.push(() => started.stop())
      return started
    }
    const sampler = async (start: typeof sampleFour, compression: boolean): Promise<Meter> => {
      const { transport, meter } = await connect(machine, compression)
      ends.push(() => transport.close())
      await start(transport, stop.signal)
      return meter
    }
    const four = await exporter(19_111, fourCollectors)
    const usual = await exporter(19_112)
    const meters = new Map<Metered, Meter>([
      ['ours', await sampler(sampleFour, false)],
      ['packed', await sampler(sampleFour, true)],
      ['all', await sampler(sampleAll, false)],
      ['four', meterOf(four)],
      ['usual', meterOf(usual)],
    ])
    await sleep(settling * 1_000)
    const measured = await takeWindows(meters)
    return [
      ...figures(measured),
      { figure: 'bytes of one scrape, four collectors, gzip', value: await zipped(four), unit: 'B' },
    ]
  } finally {
    stop.abort()
    for (const end of ends.reverse()) await end()
  }
}

const meterOf =
  (exporter: Exporter): Meter =>
  () => ({ cpu: exporter.cpu, bytes: exporter.bytes })

const zipped = (exporter: Exporter): Promise<number> => exporter.scrape({ 'accept-encoding': 'gzip' })

async function connect(
  { server, key }: Machine,
  compression: boolean,
): Promise<{ transport: SshTransport; meter: Meter }> {
  const before = new Set(connectionProcesses(server))
  const transport = await connectSsh(
    { user: 'root', host: server.host, port: server.port },
    {
      compression,
      authentication: { methods: [{ kind: 'key', label: 'bench', text: key.text }] },
      verifyIdentity: () => Promise.resolve({ accepted: true }),
    },
  )
  const root = connectionProcesses(server).find((pid) => !before.has(pid))
  if (root === undefined) throw new Error('the connection has no process')
  const meter: Meter = () => {
    const { bytesRead, bytesWritten } = transport.cost()
    return { cpu: treeCpu(root), bytes: bytesRead + bytesWritten }
  }
  return { transport, meter }
}

const contextOf = (transport: SshTransport, signal: AbortSignal): SourceContext => ({
  transport,
  signal,
  clock: systemClock,
  sink: new RecordingSink(),
})

/** The source's own reading of those files, each second. */
async function sampleFour(transport: SshTransport, signal: AbortSignal): Promise<void> {
  const context = contextOf(transport, signal)
  const sampler = new LoadSampler(context, await readEnvironment(context))
  const files = sampler.files.filter(({ path }) => fourFiles.includes(path))
  if (files.length !== fourFiles.length) throw new Error('the source reads other files now')
  const timer = setInterval(() => void readAll(files).catch(() => undefined), 1_000)
  signal.addEventListener('abort', () => clearInterval(timer))
}

/** Everything the source does: also processes, file systems, pressure, paging, load. */
async function sampleAll(transport: SshTransport, signal: AbortSignal): Promise<void> {
  const source = await linuxSource.open(contextOf(transport, signal))
  source.done.catch(() => undefined)
}

/** Of each meter, what each window cost by the second. */
async function takeWindows(meters: ReadonlyMap<Metered, Meter>): Promise<Map<Metered, Reading[]>> {
  const read = (): [Metered, Reading][] => [...meters].map(([name, meter]) => [name, meter()])
  const measured = new Map<Metered, Reading[]>([...meters.keys()].map((name) => [name, []]))
  let before = new Map(read())
  for (let count = 0; count < windows; count++) {
    await sleep(window * 1_000)
    const now = new Map(read())
    for (const [name, { cpu, bytes }] of now) {
      const last = before.get(name) ?? { cpu: NaN, bytes: NaN }
      measured.get(name)?.push({ cpu: (cpu - last.cpu) / window, bytes: (bytes - last.bytes) / window })
    }
    before = now
  }
  return measured
}

function figures(measured: ReadonlyMap<Metered, Reading[]>): BenchResult[] {
  const by = (name: Metered, what: keyof Reading): number[] =>
    (measured.get(name) ?? []).map((one) => one[what])
  const middle = (name: Metered, what: keyof Reading): number => median(by(name, what))
  const ratio = (name: Metered, peer: Metered, what: keyof Reading): number => {
    const against = by(peer, what)
    return median(by(name, what).map((value, index) => value / (against[index] ?? NaN)))
  }
  const peers: Partial<Record<Metered, string>> = {
    four: 'node_exporter, four collectors, 1 Hz',
    usual: 'node_exporter, default, 1 Hz',
  }
  const titles: Record<Metered, string> = {
    ours: 'the same four files',
    packed: 'the same four files, compressed',
    all: 'everything',
    four: 'node_exporter, four collectors',
    usual: 'node_exporter, default',
  }
  const compare = (name: Metered, peer: Metered, what: keyof Reading, aim?: number): BenchResult => {
    const value = ratio(name, peer, what)
    const title = `${what === 'cpu' ? 'host CPU' : 'bytes'}, ${titles[name]}: sampler / node_exporter`
    const verdict = aim === undefined ? {} : { aim: `<= ${aim}`, met: value <= aim }
    return { figure: title, value, unit: 'x', peer: peers[peer] ?? '', ...verdict }
  }
  const names: readonly Metered[] = ['ours', 'packed', 'all', 'four', 'usual']
  return [
    ...names.flatMap((name): BenchResult[] => [
      { figure: `host CPU each second, ${titles[name]}`, value: middle(name, 'cpu') * 1_000, unit: 'ms' },
      { figure: `bytes each second, ${titles[name]}`, value: middle(name, 'bytes'), unit: 'B' },
    ]),
    compare('ours', 'four', 'cpu', 0.2),
    compare('ours', 'four', 'bytes', 0.1),
    compare('packed', 'four', 'cpu'),
    compare('packed', 'four', 'bytes'),
    compare('all', 'usual', 'cpu'),
    compare('all', 'usual', 'bytes'),
  ]
}
