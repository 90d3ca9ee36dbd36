import { readFileSync } from 'node:fs'
import type { Socket } from 'node:net'
import type { TransportCost } from '../transport'

/** Linux counts process times in 1/100 s for user space on every architecture (USER_HZ). */
const ticksPerSecond = 100

/** Positions in /proc/PID/stat after the name: utime, stime, cutime, cstime; proc(5). */
const ownTime = [11, 12] as const
const endedChildrenTime = [13, 14] as const

/** Zero where there is no /proc, or the process is gone: its time is then in its parent's sum. */
function cpuTicks(process: number | 'self', fields: readonly number[]): number {
  try {
    const text = readFileSync(`/proc/${process}/stat`, 'latin1')
    const values = text.slice(text.lastIndexOf(')') + 2).split(' ')
    return fields.reduce((sum, field) => sum + Number(values[field] ?? 0), 0)
  } catch {
    return 0
  }
}

/**
 * What the console costs the machine it runs on: the CPU of its whole engine process (sampling, storing,
 * serving: all of it burns here) and of the commands it ran, since the transport was made. A share for the
 * reads alone would look better and be less true. Left out: processes that a command left to init.
 */
export class CostMeter {
  readonly #children = new Set<number>()
  readonly #sockets = new Set<Socket>()
  readonly #cpuAtStart: number
  #cpu = 0
  #bytesRead = 0
  #bytesWritten = 0

  constructor() {
    this.#cpuAtStart = this.#cpuNow()
  }

  read(bytes: number): void {
    this.#bytesRead += bytes
  }

  /** A command's process, until it has been waited for. */
  child(pid: number): () => void {
    this.#children.add(pid)
    return () => this.#children.delete(pid)
  }

  /** Counts what goes over a socket, as it goes. */
  follow(socket: Socket): void {
    this.#sockets.add(socket)
    socket.once('close', () => {
      this.#sockets.delete(socket)
      this.#bytesRead += socket.bytesRead
      this.#bytesWritten += socket.bytesWritten
    })
  }

  current(): TransportCost {
    // A child's time moves to its parent's sum when it is waited for; never count backwards in between.
    this.#cpu = Math.max(this.#cpu, this.#cpuNow() - this.#cpuAtStart)
    let bytesRead = this.#bytesRead
    let bytesWritten = this.#bytesWritten
    for (const socket of this.#sockets) {
      bytesRead += socket.bytesRead
      bytesWritten += socket.bytesWritten
    }
    return { cpuSeconds: this.#cpu, bytesRead, bytesWritten }
  }

  #cpuNow(): number {
    const { user, system } = process.cpuUsage()
    let ticks = cpuTicks('self', endedChildrenTime)
    for (const pid of this.#children) ticks += cpuTicks(pid, [...ownTime, ...endedChildrenTime])
    return (user + system) / 1e6 + ticks / ticksPerSecond
  }
}
