import type { SwitchClock } from '../clock'

interface Timer {
  readonly at: number
  readonly run: () => void
}

/** The time of a recording: seconds since it began. Timers run when it is moved past them. */
export class RecordedTime {
  readonly #startUnix: number
  #timers: Timer[] = []
  #now = 0

  constructor(startUnix: number) {
    this.#startUnix = startUnix
  }

  advance(to: number): void {
    for (;;) {
      const [next] = this.#timers.filter(({ at }) => at <= to).sort((a, b) => a.at - b.at)
      if (next === undefined) break
      this.#timers = this.#timers.filter((timer) => timer !== next)
      this.#now = Math.max(this.#now, next.at)
      next.run()
    }
    this.#now = Math.max(this.#now, to)
  }

  /** For a switch that was started at `spawned`; its timers go with those of the switch before. */
  clockOf(spawned: number): SwitchClock {
    this.#timers = []
    return {
      nanoseconds: () => BigInt(Math.round((this.#now - spawned) * 1e9)),
      unixSeconds: () => Math.round((this.#startUnix + this.#now) * 1e6) / 1e6,
      after: (seconds, run) => {
        const timer = { at: this.#now + Math.max(0, seconds), run }
        // Also not for ever: comparisons with NaN are false.
        this.#timers.push(timer)
        return () => {
          this.#timers = this.#timers.filter((other) => other !== timer)
        }
      },
    }
  }
}
