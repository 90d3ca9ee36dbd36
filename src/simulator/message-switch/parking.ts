import type { SwitchClock } from './clock'

/** Requests that wait for something or for their timeout, whichever comes first. */
export class Parking {
  readonly #clock: SwitchClock
  readonly #parked = new Map<string, Set<() => void>>()

  constructor(clock: SwitchClock) {
    this.#clock = clock
  }

  /** `resume` is called once, when one of the topics was woken and `ready` says yes, or after `seconds`. */
  park(topics: readonly string[], seconds: number, ready: () => boolean, resume: () => void): void {
    const finish = (): void => {
      for (const topic of topics) this.#remove(topic, look)
      cancel()
      resume()
    }
    const look = (): void => {
      if (ready()) finish()
    }
    for (const topic of topics) {
      const waiting = this.#parked.get(topic) ?? new Set()
      this.#parked.set(topic, waiting.add(look))
    }
    const cancel = this.#clock.after(seconds, finish)
  }

  wake(topic: string): void {
    for (const look of [...(this.#parked.get(topic) ?? [])]) look()
  }

  #remove(topic: string, look: () => void): void {
    const waiting = this.#parked.get(topic)
    waiting?.delete(look)
    if (waiting?.size === 0) this.#parked.delete(topic)
  }
}
