import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Clock } from '../../../clock'

interface Sleeper {
  readonly due: number
  readonly wake: () => void
}

/** Time that passes when a test says so. */
export class ManualClock implements Clock {
  #milliseconds = 1_000
  #sleepers: Sleeper[] = []
  /** Wall clock less monotonic clock. */
  offset = 1_790_000_000_000

  now(): number {
    return this.#milliseconds + this.offset
  }

  monotonic(): number {
    return this.#milliseconds
  }

  /** Who sleeps now. */
  get sleeping(): number {
    return this.#sleepers.length
  }

  sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal.aborted) return resolve()
      const wake = (): void => {
        signal.removeEventListener('abort', wake)
        this.#sleepers = this.#sleepers.filter((sleeper) => sleeper.wake !== wake)
        resolve()
      }
      signal.addEventListener('abort', wake, { once: true })
      this.#sleepers.push({ due: this.#milliseconds + Math.max(0, milliseconds), wake })
    })
  }

  /** Lets time pass, waking each sleeper at its moment; work that the sleepers do ends before time goes on. */
  async advance(milliseconds: number): Promise<void> {
    const end = this.#milliseconds + milliseconds
    for (;;) {
      await settle()
      const next = this.#sleepers.filter((sleeper) => sleeper.due <= end).sort((a, b) => a.due - b.due)[0]
      if (next === undefined) break
      this.#milliseconds = Math.max(this.#milliseconds, next.due)
      next.wake()
    }
    this.#milliseconds = end
    await settle()
  }

  /** Time passes while nobody could look: a blocked thread. */
  jump(milliseconds: number): void {
    this.#milliseconds += milliseconds
  }
}

/** Until everything that only waits for promises or turns of the event loop has run. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await nextTurn()
}
