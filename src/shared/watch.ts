/** How long something may stay unanswered, in ticks rather than in time. */
export interface WatchPolicy {
  /** Milliseconds between ticks. */
  readonly interval: number
  /** Ticks in a row without an answer. */
  readonly missed: number
}

export interface WatchOptions {
  readonly policy: WatchPolicy
  /** Every `interval`, and once at the start. */
  readonly onTick?: () => void
  /** Once; the watch has ended. */
  readonly onExpired: () => void
  /** Milliseconds that never go back. */
  readonly now?: () => number
}

/**
 * Waits for an answer from another process. A tick that comes late proves that this process stood still (the
 * machine was suspended, the job stopped), and most likely the other with it: the count begins anew.
 */
export class Watch {
  readonly #options: WatchOptions
  readonly #now: () => number
  #timer: ReturnType<typeof setInterval> | undefined
  #missed = 0
  #tickedAt = 0

  constructor(options: WatchOptions) {
    this.#options = options
    this.#now = options.now ?? (() => performance.now())
  }

  start(): void {
    this.stop()
    this.#missed = 0
    this.#tickedAt = this.#now()
    this.#timer = setInterval(() => this.#tick(), this.#options.policy.interval)
    this.#options.onTick?.()
  }

  answered(): void {
    this.#missed = 0
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  #tick(): void {
    const { policy, onTick, onExpired } = this.#options
    const late = this.#now() - this.#tickedAt > 2 * policy.interval
    this.#tickedAt = this.#now()
    this.#missed = late ? 0 : this.#missed + 1
    if (this.#missed >= policy.missed) {
      this.stop()
      onExpired()
    } else onTick?.()
  }
}
