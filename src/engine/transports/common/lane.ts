export type Leave = () => void

/**
 * Lets a few in at a time. Node's file operations share four threads, and one that hangs on a dead
 * network mount keeps its thread: a lane bounds how many can be lost that way.
 */
export class Lane {
  #free: number
  readonly #waiting: (() => void)[] = []
  /** How many have left so far: whoever waits sees whether it moves. */
  turns = 0

  constructor(places: number) {
    this.#free = places
  }

  /** A place if one is free now. */
  tryEnter(): Leave | undefined {
    if (this.#free === 0) return undefined
    this.#free -= 1
    return this.#leaveOnce()
  }

  /** Waits for a place; rejects with the signal's reason. */
  enter(signal: AbortSignal): Promise<Leave> {
    const leave = this.tryEnter()
    if (leave !== undefined) return Promise.resolve(leave)
    return new Promise((resolve, reject) => {
      const proceed = (): void => {
        signal.removeEventListener('abort', giveUp)
        resolve(this.#leaveOnce())
      }
      const giveUp = (): void => {
        this.#waiting.splice(this.#waiting.indexOf(proceed), 1)
        reject(signal.reason instanceof Error ? signal.reason : new Error('Gave up waiting.'))
      }
      signal.addEventListener('abort', giveUp, { once: true })
      this.#waiting.push(proceed)
    })
  }

  #leaveOnce(): Leave {
    let left = false
    return () => {
      if (left) return
      left = true
      this.turns += 1
      const next = this.#waiting.shift()
      if (next === undefined) this.#free += 1
      else next()
    }
  }
}
