import { CounterTable } from './counter-table'
import { KeyMatcher } from './keyed-numbers'
import { ByteScanner } from './scanner'

/** Columns of a `cpu` line, in ticks of USER_HZ. Kernels before 2.6.11, 2.6.24, 2.6.33 lack the last three. */
export const cpuTime = {
  user: 0,
  nice: 1,
  system: 2,
  idle: 3,
  iowait: 4,
  irq: 5,
  softirq: 6,
  steal: 7,
  guest: 8,
  guestNice: 9,
} as const

const scalars = ['intr', 'ctxt', 'btime', 'processes', 'procs_running', 'procs_blocked'] as const
const matcher = new KeyMatcher(scalars)
const c = 99
const p = 112
const u = 117

/**
 * /proc/stat (Documentation/filesystems/proc.rst). `cpus` has the line of all cores, named `cpu`, and one
 * for each core that is online, named `cpu0`, `cpu1`, ...
 */
export class ProcStat {
  readonly cpus = new CounterTable(10)
  readonly #scalars = new Float64Array(scalars.length).fill(NaN)
  readonly #scanner = new ByteScanner()

  get interrupts(): number {
    return this.#scalars[0] ?? NaN
  }
  get contextSwitches(): number {
    return this.#scalars[1] ?? NaN
  }
  /** Boot time, seconds since the epoch. */
  get bootTime(): number {
    return this.#scalars[2] ?? NaN
  }
  /** Processes and threads created since boot. */
  get forks(): number {
    return this.#scalars[3] ?? NaN
  }
  get running(): number {
    return this.#scalars[4] ?? NaN
  }
  get blocked(): number {
    return this.#scalars[5] ?? NaN
  }

  clear(): void {
    this.cpus.clear()
    this.#scalars.fill(NaN)
  }

  parse(bytes: Uint8Array): void {
    this.clear()
    const scanner = this.#scanner
    scanner.reset(bytes)
    while (!scanner.atEnd) {
      const start = scanner.position
      const end = scanner.skipField()
      if (bytes[start] === c && bytes[start + 1] === p && bytes[start + 2] === u && end >= start + 3) {
        this.#cpuLine(bytes, start, end)
      } else if (end > start) {
        const index = matcher.match(bytes, start, end)
        if (index >= 0) this.#scalars[index] = scanner.integer()
      }
      // The line `intr` goes on with a number for each interrupt, thousands on large hosts: not read.
      scanner.nextLine()
    }
  }

  #cpuLine(bytes: Uint8Array, start: number, end: number): void {
    const row = this.cpus.addRow(bytes, start, end)
    if (row < 0) return
    for (let column = 0; column < this.cpus.width && this.#scanner.hasField(); column++) {
      this.cpus.set(row, column, this.#scanner.integer())
    }
  }
}
