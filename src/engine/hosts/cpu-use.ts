interface CpuReading {
  /** When the console got it, monotonic milliseconds. */
  readonly seenAt: number
  /** When it was read, milliseconds of any clock that never jumps. */
  readonly readAt: number
  readonly seconds: number
}

/** A figure counts until two further ones should have come. */
const missedReadings = 2

/**
 * Use of CPU from a cumulative figure that is read anew less often than it is asked for: the same reading seen again
 * says nothing, least of all that nothing was used.
 */
export class CpuUse {
  readonly #window: number
  readonly #readings: CpuReading[] = []

  /** `window` is what {@link mean} goes back, milliseconds. */
  constructor(window: number) {
    this.#window = window
  }

  take(reading: CpuReading): void {
    if (this.#readings.at(-1)?.readAt !== reading.readAt) this.#readings.push(reading)
    while (this.#readings[0] && this.#readings[0].seenAt < reading.seenAt - this.#window)
      this.#readings.shift()
  }

  /** Share of one core between the newest two readings; null before, and when no new one comes. */
  latest(now: number): number | null {
    const [before, last] = this.#readings.slice(-2)
    if (!before || !last) return null
    const due = (missedReadings + 1) * (last.readAt - before.readAt)
    return now - last.seenAt > due ? null : shareOf(before, last)
  }

  /** Share of one core over all readings in the window; null until there are two. */
  mean(): number | null {
    const first = this.#readings[0]
    const last = this.#readings.at(-1)
    return first && last && first !== last ? shareOf(first, last) : null
  }
}

const shareOf = (before: CpuReading, after: CpuReading): number =>
  (after.seconds - before.seconds) / ((after.readAt - before.readAt) / 1000)
