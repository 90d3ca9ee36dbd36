import type { Problem } from './problem'

export interface RefusalLogOptions {
  readonly write: (line: string) => void
  /** Milliseconds that never jump. */
  readonly now: () => number
  /** Lines in each `period`; the rest is counted. */
  readonly lines?: number
  /** Milliseconds. */
  readonly period?: number
}

/** Tokens and sessions are 43 characters of base64url; anything as long is left out. */
const secretLike = /[A-Za-z0-9_-]{32,}/g

/** What was asked for, safe for a terminal: no query, no secrets, no control characters, not long. */
export function describeRequest(method: string | undefined, target: string | undefined): string {
  const path = (target ?? '').replace(/[?#].*$/s, '').slice(0, 200)
  const printable = path.replace(secretLike, '...').replace(/[^\x20-\x7e]/g, '?')
  return `${(method ?? '?').slice(0, 16)} ${printable.slice(0, 80)}`
}

/** One line for each refusal, and a count instead of a flood. */
export class RefusalLog {
  readonly #options: Required<RefusalLogOptions>
  #periodBegan = Number.NEGATIVE_INFINITY
  #written = 0
  #omitted = 0

  constructor(options: RefusalLogOptions) {
    this.#options = { lines: 20, period: 10_000, ...options }
  }

  add(refusal: Problem, request: string): void {
    const { write, now, lines, period } = this.#options
    if (now() - this.#periodBegan >= period) {
      if (this.#omitted > 0) write(`Refused ${this.#omitted} more requests (not shown).`)
      this.#periodBegan = now()
      this.#written = 0
      this.#omitted = 0
    }
    if (this.#written >= lines) {
      this.#omitted += 1
      return
    }
    this.#written += 1
    write(`Refused ${request}: ${refusal.status} ${refusal.title}. ${refusal.detail}`)
  }
}
