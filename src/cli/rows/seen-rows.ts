/** Rows remembered one by one. */
const mostRemembered = 100_000
/** More than any stream has rows. */
const streamSize = 2 ** 40

/**
 * Which rows have been printed. A stream's rows come in the order of their numbers, so its highest tells; where rows
 * may match later than those after them each is remembered, the latest ones.
 */
export class SeenRows {
  readonly #highest = new Map<number, number>()
  readonly #each: Set<number> | null

  constructor(inAnyOrder: boolean) {
    this.#each = inAnyOrder ? new Set() : null
  }

  has(stream: number, sequence: number): boolean {
    if (this.#each) return this.#each.has(stream * streamSize + sequence)
    return sequence <= (this.#highest.get(stream) ?? -Infinity)
  }

  add(stream: number, sequence: number): void {
    if (!this.#each) {
      if (!this.has(stream, sequence)) this.#highest.set(stream, sequence)
      return
    }
    this.#each.add(stream * streamSize + sequence)
    const [oldest] = this.#each
    if (this.#each.size > mostRemembered && oldest !== undefined) this.#each.delete(oldest)
  }
}
