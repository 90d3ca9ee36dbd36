import type { Readable } from 'node:stream'
import type { Keepalive } from './options'

const longestTick = 250

/**
 * Sees a peer that has stopped answering. The library sends its pings (a global request that the server must
 * refuse); any byte that arrives is a sign of life, so that a ping's answer that waits behind a long download
 * is no cause for alarm. Time in which this process itself was stopped or busy does not count: it has sent no
 * pings then.
 */
export class PeerWatch {
  readonly #stream: Readable
  readonly #budget: number
  readonly #tick: number
  readonly #onDead: () => void
  readonly #now: () => number
  readonly #timer: NodeJS.Timeout
  readonly #sawData = (): void => {
    this.#lastSign = this.#now()
    this.#silent = 0
  }
  #lastSign: number
  #lastTick: number
  /** Milliseconds without a sign while we were watching. */
  #silent = 0

  /** To be made after the library took the stream: listening earlier would make it flow too early. */
  constructor(
    stream: Readable,
    { interval, count }: Keepalive,
    onDead: () => void,
    now: () => number = () => performance.now(),
  ) {
    this.#stream = stream
    this.#budget = interval * (count + 1)
    this.#tick = Math.min(longestTick, interval / 4)
    this.#onDead = onDead
    this.#now = now
    this.#lastSign = this.#lastTick = now()
    stream.on('data', this.#sawData)
    this.#timer = setInterval(() => this.#look(), this.#tick)
  }

  stop(): void {
    clearInterval(this.#timer)
    this.#stream.off('data', this.#sawData)
  }

  #look(): void {
    const now = this.#now()
    const watched = now - Math.max(this.#lastTick, this.#lastSign)
    this.#lastTick = now
    // A late tick is a pause of our own.
    this.#silent += Math.min(watched, this.#tick * 2)
    if (this.#silent < this.#budget) return
    this.stop()
    this.#onDead()
  }
}
