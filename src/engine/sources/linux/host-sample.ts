import { CounterRow } from '../../formats/procfs/counter-table'
import { LoadAverage, parseUptime } from '../../formats/procfs/load'
import { MemoryInfo } from '../../formats/procfs/meminfo'
import { Pressure } from '../../formats/procfs/pressure'
import { ProcStat } from '../../formats/procfs/stat'
import { createVmStat } from '../../formats/procfs/vmstat'
import { HostFile, type HostFileContext } from './host-file'
import { keyedLines } from './line-runs'

/** `intr` goes on with a number for each interrupt, thousands on large hosts: only the sum is wanted. */
const statLines = [
  keyedLines({ keys: ['intr '], fromStart: true, firstValue: true }),
  keyedLines({ keys: ['ctxt ', 'btime ', 'processes ', 'procs_running ', 'procs_blocked '] }),
]
/** What kernels without `MemAvailable` need in its place lies all over the file. */
const memoryLines = [
  keyedLines({
    keys: [
      'MemTotal:',
      'MemFree:',
      'MemAvailable:',
      'Buffers:',
      'Cached:',
      'SwapTotal:',
      'SwapFree:',
      'Dirty:',
    ],
    needs: 'MemAvailable:',
  }),
]
const vmLines = [keyedLines({ keys: ['pswpin ', 'pswpout ', 'pgmajfault '] })]

interface Parser {
  parse(bytes: Uint8Array): void
  clear(): void
}

/** The files that describe the host as a whole, and what they held at the last sample. */
export class HostSample {
  readonly stat = new ProcStat()
  readonly memory = new MemoryInfo()
  readonly vm = createVmStat()
  readonly load = new LoadAverage()
  readonly pressure = { cpu: new Pressure(), memory: new Pressure(), io: new Pressure() }
  /** Seconds. */
  uptime = NaN
  /** The line of all cores. */
  readonly cpu = new CounterRow(this.stat.cpus)
  readonly statFile: HostFile
  readonly files: readonly HostFile[]
  readonly #parsers: readonly (readonly [HostFile, Parser])[]

  constructor(context: HostFileContext, minimumFree: number) {
    this.memory.minimumFree = minimumFree
    const file = (path: string): HostFile => new HostFile(path, context)
    this.statFile = new HostFile('/proc/stat', context, statLines)
    const uptime: Parser = {
      parse: (bytes) => (this.uptime = parseUptime(bytes)),
      clear: () => (this.uptime = NaN),
    }
    this.#parsers = [
      [this.statFile, this.stat],
      [new HostFile('/proc/meminfo', context, memoryLines), this.memory],
      [new HostFile('/proc/vmstat', context, vmLines), this.vm],
      [file('/proc/loadavg'), this.load],
      [file('/proc/uptime'), uptime],
      [file('/proc/pressure/cpu'), this.pressure.cpu],
      [file('/proc/pressure/memory'), this.pressure.memory],
      [file('/proc/pressure/io'), this.pressure.io],
    ]
    this.files = this.#parsers.map(([each]) => each)
  }

  /** Takes what the files hold now; NaN where one could not be read. */
  parse(): void {
    for (const [file, parser] of this.#parsers) {
      if (file.content === null) parser.clear()
      else parser.parse(file.content)
    }
    this.cpu.index = this.stat.cpus.name(0) === 'cpu' ? 0 : -1
  }
}
