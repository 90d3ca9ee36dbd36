export interface AttemptLimitOptions {
  /** Failures in a row that are let through. */
  readonly burst: number
  /** Milliseconds until one more failure is let through. */
  readonly refill: number
  /** Milliseconds that never jump. */
  readonly now: () => number
}

/** A token bucket for failures alone: after `burst` of them, one in each `refill`. Successes never ask it. */
export class AttemptLimit {
  readonly #options: AttemptLimitOptions
  #left: number
  #countedAt: number

  constructor(options: AttemptLimitOptions) {
    this.#options = options
    this.#left = options.burst
    this.#countedAt = options.now()
  }

  /** Milliseconds until one more failure is let through; 0 is now. */
  wait(): number {
    this.#refill()
    return this.#left >= 1 ? 0 : Math.ceil((1 - this.#left) * this.#options.refill)
  }

  failed(): void {
    this.#refill()
    this.#left = Math.max(0, this.#left - 1)
  }

  #refill(): void {
    const { burst, refill, now } = this.#options
    const time = now()
    this.#left = Math.min(burst, this.#left + (time - this.#countedAt) / refill)
    this.#countedAt = time
  }
}
