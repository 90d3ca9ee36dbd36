import { onAbort } from '../common/abort'
import { errorOf } from './failures'

/** `session`: commands and subsystems, which MaxSessions counts. `stream`: forwarded sockets. */
export type ChannelKind = 'session' | 'stream'

/**
 * A limit that a server has shown is believed for a while, then one session more is tried: the first may have
 * been a session that was just ending. Each time it is right it is believed twice as long, milliseconds.
 */
const firstTrust = 2_000
const longestTrust = 600_000

export interface PlaceRequest {
  readonly kind: ChannelKind
  /** Held until somebody closes it: such may not take the last place, or no command could run any more. */
  readonly lasting: boolean
}

export interface Place {
  release(): void
}

interface Waiting {
  readonly request: PlaceRequest
  readonly proceed: () => void
}

/**
 * Lets a few channels be open at the same time, first come, first served. The limit for sessions goes down
 * to what the server has granted once it refused one.
 */
export class ChannelGate {
  readonly #total: number
  #sessionLimit: number
  #loweredAt = 0
  #trust = firstTrust / 2
  readonly #held = new Set<PlaceRequest>()
  readonly #waiting: Waiting[] = []
  /** Called when somebody waits for a place that does not come by itself: whoever can, gives one up. */
  onContention: () => void = () => undefined

  constructor(total: number) {
    this.#total = total
    this.#sessionLimit = total
  }

  get sessionLimit(): number {
    if (this.#sessionLimit < this.#total && performance.now() - this.#loweredAt > this.#trust) {
      this.#sessionLimit += 1
      this.#loweredAt = performance.now()
    }
    return this.#sessionLimit
  }

  get open(): number {
    return this.#held.size
  }

  get openSessions(): number {
    return this.#count((held) => held.kind === 'session')
  }

  get contended(): boolean {
    return this.#waiting.length > 0
  }

  /** The server refused a session while so many were open. */
  granted(sessions: number): void {
    this.#sessionLimit = Math.max(1, Math.min(this.#sessionLimit, sessions))
    this.#loweredAt = performance.now()
    this.#trust = Math.min(this.#trust * 2, longestTrust)
  }

  /** Waits for a place; rejects with the signal's reason. */
  enter(request: PlaceRequest, signal: AbortSignal): Promise<Place> {
    if (signal.aborted) return Promise.reject(errorOf(signal.reason))
    // Whoever waits does not fit at this moment: going first takes nothing from them.
    if (this.#fits(request)) return Promise.resolve(this.#take(request))
    return new Promise((resolve, reject) => {
      const waiting: Waiting = {
        request,
        proceed: () => {
          unlisten()
          resolve(this.#take(request))
        },
      }
      const unlisten = onAbort(signal, () => {
        this.#waiting.splice(this.#waiting.indexOf(waiting), 1)
        reject(errorOf(signal.reason))
        this.#admit()
      })
      this.#waiting.push(waiting)
      this.onContention()
    })
  }

  #take(request: PlaceRequest): Place {
    const entry = { ...request }
    this.#held.add(entry)
    return {
      release: () => {
        if (this.#held.delete(entry)) this.#admit()
      },
    }
  }

  /** In order, but one that must wait for a kind of place does not hold up those of the other. */
  #admit(): void {
    for (let index = 0; index < this.#waiting.length;) {
      const waiting = this.#waiting[index]
      if (waiting === undefined) return
      if (this.#fits(waiting.request)) {
        this.#waiting.splice(index, 1)
        waiting.proceed()
      } else index += 1
    }
    if (this.#waiting.length > 0) this.onContention()
  }

  #fits({ kind, lasting }: PlaceRequest): boolean {
    if (this.#held.size >= this.#total) return false
    if (kind === 'session' && this.openSessions >= this.sessionLimit) return false
    if (!lasting) return true
    const free = (limit: number, used: number): boolean => limit === 1 || used < limit - 1
    const used = this.#count((held) => held.lasting)
    const usedSessions = this.#count((held) => held.lasting && held.kind === 'session')
    return free(this.#total, used) && (kind === 'stream' || free(this.sessionLimit, usedSessions))
  }

  #count(matches: (held: PlaceRequest) => boolean): number {
    let count = 0
    for (const held of this.#held) if (matches(held)) count += 1
    return count
  }
}
