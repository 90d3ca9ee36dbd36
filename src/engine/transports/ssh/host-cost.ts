import type { RemoteFiles } from './files/remote-files'

/** CPU that was used so far, and when that was found, monotonic milliseconds. */
export interface HostCpu {
  readonly cpuSeconds: number
  readonly cpuReadAt: number
}

/** Linux counts process times in 1/100 s for user space on every architecture (USER_HZ). */
const ticksPerSecond = 100
/** Positions in /proc/PID/stat after the name: utime, stime, cutime, cstime; proc(5). */
const times = [11, 12, 13, 14] as const

/**
 * CPU of the host's processes that serve this connection: the server's own, those that it has running for us
 * (SFTP, commands), and what those that ended had used.
 */
export class HostCost {
  readonly #files: RemoteFiles
  readonly #server: number
  #cpu: HostCpu | null = null

  /** `server` is the process id of the server's process for this connection. */
  constructor(files: RemoteFiles, server: number) {
    this.#files = files
    this.#server = server
  }

  /** Null until it was read once. */
  get cpu(): HostCpu | null {
    return this.#cpu
  }

  /** Reads it anew; keeps the old figure where that fails. Never rejects. */
  async refresh(): Promise<void> {
    try {
      const own = await this.#read(`/proc/${this.#server}/stat`)
      const children = await this.#children()
      const used = await Promise.all(
        children.map((pid) => this.#read(`/proc/${pid}/stat`).then(secondsOf, () => 0)),
      )
      const total = used.reduce((sum, seconds) => sum + seconds, secondsOf(own))
      // A child's time moves to its parent's sum when it is waited for; never count backwards in between.
      const cpuSeconds = Math.max(this.#cpu?.cpuSeconds ?? 0, total)
      this.#cpu = { cpuSeconds, cpuReadAt: performance.now() }
    } catch {
      // No such process: a server that is not like OpenSSH, or hidden from this account (hidepid).
    }
  }

  /** Needs CONFIG_PROC_CHILDREN, which all distributions set; without it the children's time comes late. */
  async #children(): Promise<number[]> {
    const text = await this.#read(`/proc/${this.#server}/task/${this.#server}/children`).catch(() => '')
    return text
      .split(' ')
      .map(Number)
      .filter((pid) => pid > 0)
  }

  async #read(path: string): Promise<string> {
    return Buffer.from(await this.#files.readFile(path)).toString('latin1')
  }
}

function secondsOf(stat: string): number {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const ticks = times.reduce((sum, position) => sum + Number(fields[position]), 0)
  return Number.isNaN(ticks) ? 0 : ticks / ticksPerSecond
}
