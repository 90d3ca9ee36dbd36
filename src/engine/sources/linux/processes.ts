import { setImmediate as nextTurn } from 'node:timers/promises'
import type { ProcessRow, ProcessTable } from '@shared/model/host'
import { parseProcessStat, type ProcessStat } from '../../formats/procfs/process-stat'
import type { SourceContext } from '../source'
import type { Environment } from './environment'
import { ProcessFiles } from './process-files'

export const processInterval = 5_000
/** Rows by each of CPU and memory. */
const mostRows = 100
/** Files read at the same time. */
const together = 16
/** Milliseconds of work after which other things of the engine get their turn. */
const longestSlice = 8

interface Seen {
  readonly stat: ProcessStat
  /** Monotonic milliseconds of the reading. */
  readonly at: number
  /** Share of one core since the reading before. */
  readonly cpu: number | null
}

/** Reads all processes of the host and publishes those that use most. */
export class ProcessSampler {
  readonly #context: SourceContext
  readonly #environment: Environment
  readonly #files: ProcessFiles
  #last: ReadonlyMap<number, Seen> = new Map()
  #sliceStart = 0
  #turn: Promise<void> | null = null

  constructor(context: SourceContext, environment: Environment) {
    this.#context = context
    this.#environment = environment
    this.#files = new ProcessFiles(context)
  }

  async sample(): Promise<void> {
    const { clock, signal, sink } = this.#context
    const time = clock.now()
    this.#sliceStart = clock.monotonic()
    const names = await this.#list()
    if (names === null) return
    await this.#files.keepOnly(names)
    const seen = new Map<number, Seen>()
    const waiting = names.values()
    const readOn = async (): Promise<void> => {
      for (const name of waiting) {
        while (this.#sliceIsOver() && !signal.aborted) await this.#nextSlice()
        const stat = signal.aborted ? null : await this.#read(name)
        if (stat !== null) seen.set(stat.pid, this.#compare(stat, clock.monotonic()))
      }
    }
    await Promise.all(Array.from({ length: together }, readOn))
    if (signal.aborted) return
    this.#last = seen
    sink.processes(this.#table(time, [...seen.values()]))
  }

  /** Null where /proc cannot be listed: then there is no table, rather than an empty one. */
  async #list(): Promise<string[] | null> {
    try {
      const names = await this.#context.transport.readDirectory('/proc', { signal: this.#context.signal })
      return names.filter((name) => /^[1-9]\d{0,9}$/.test(name))
    } catch {
      return null
    }
  }

  async close(): Promise<void> {
    await this.#files.close()
  }

  /** Null for a process that ended meanwhile or that may not be seen. */
  async #read(pid: string): Promise<ProcessStat | null> {
    const bytes = await this.#files.read(pid)
    return bytes === null ? null : parseProcessStat(bytes)
  }

  #compare(stat: ProcessStat, at: number): Seen {
    const last = this.#last.get(stat.pid)
    if (last?.stat.startTime !== stat.startTime || at <= last.at) return { stat, at, cpu: null }
    const seconds = (stat.ticks - last.stat.ticks) / this.#environment.ticksPerSecond
    return { stat, at, cpu: Math.max(0, seconds / ((at - last.at) / 1000)) }
  }

  #sliceIsOver(): boolean {
    return this.#context.clock.monotonic() - this.#sliceStart >= longestSlice
  }

  /** Gives the thread to others once, whoever waits for it. */
  #nextSlice(): Promise<void> {
    this.#turn ??= nextTurn().then(() => {
      this.#sliceStart = this.#context.clock.monotonic()
      this.#turn = null
    })
    return this.#turn
  }

  #table(time: number, all: readonly Seen[]): ProcessTable {
    const chosen = new Set([
      ...highest(all, mostRows, (seen) => seen.cpu ?? -1),
      ...highest(all, mostRows, (seen) => seen.stat.residentPages),
    ])
    const inState = (state: string): number =>
      all.reduce((count, seen) => count + (seen.stat.state === state ? 1 : 0), 0)
    return {
      time,
      total: all.length,
      running: inState('R'),
      blocked: inState('D'),
      rows: [...chosen].map((seen) => this.#row(seen)),
    }
  }

  #row({ stat, cpu }: Seen): ProcessRow {
    const { pid, name, state, threads, residentPages } = stat
    return { pid, name, state, cpu, memory: residentPages * this.#environment.pageSize, threads }
  }
}

/** The `count` items of the highest value, in no order; a sort of numbers only, for hosts with many processes. */
function highest(all: readonly Seen[], count: number, value: (seen: Seen) => number): Seen[] {
  if (all.length <= count) return [...all]
  const least = Float64Array.from(all, value).sort()[all.length - count] ?? -Infinity
  const above = all.filter((seen) => value(seen) > least)
  const equal = all.filter((seen) => value(seen) === least)
  return [...above, ...equal.slice(0, count - above.length)]
}
