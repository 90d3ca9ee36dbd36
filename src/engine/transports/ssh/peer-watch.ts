import type { Readable } from 'node:stream'
import type { Keepalive } from './options'

/**
 * Sees a peer that has stopped answering. The library sends its pings (a global request that the server must
 * refuse); any byte that arrives is a sign of life, so that a ping's answer that waits behind a long download
 * is no cause for alarm.
 */
export class PeerWatch {
  readonly #stream: Readable
  readonly #budget: number
  readonly #onDead: () => void
  readonly #sawData = (): void => {
    this.#lastSign = performance.now()
  }
  #lastSign = performance.now()
  #timer: NodeJS.Timeout | undefined
  #recheck: NodeJS.Immediate | undefined

  /** To be made after the library took the stream: listening earlier would make it flow too early. */
  constructor(stream: Readable, { interval, count }: Keepalive, onDead: () => void) {
    this.#stream = stream
    this.#budget = interval * (count + 1)
    this.#onDead = onDead
    stream.on('data', this.#sawData)
    this.#arm()
  }

  stop(): void {
    clearTimeout(this.#timer)
    clearImmediate(this.#recheck)
    this.#stream.off('data', this.#sawData)
  }

  get #left(): number {
    return this.#lastSign + this.#budget - performance.now()
  }

  #arm(): void {
    this.#timer = setTimeout(() => this.#check(), Math.max(1, this.#left))
  }

  #check(): void {
    if (this.#left > 0) return this.#arm()
    // When this process itself was stopped or busy, the answers may wait in the socket: read them first.
    this.#recheck = setImmediate(() => {
      if (this.#left > 0) return this.#arm()
      this.stop()
      this.#onDead()
    })
  }
}
