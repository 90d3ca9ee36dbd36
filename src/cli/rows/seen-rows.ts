/** Rows remembered one by one, and how many are forgotten at a time. */
const [mostRemembered, forgotten] = [100_000, 10_000]
/** More than any stream has rows. */
const streamSize = 2 ** 40

/**
 * Which rows have been printed: the latest one by one, and of each stream all up to a number. Where rows may match
 * later than those after them there is no such number.
 */
export class SeenRows {
  readonly #latest = new Set<number>()
  /** By stream. */
  readonly #upTo: Map<number, number> | null

  constructor(inAnyOrder: boolean) {
    this.#upTo = inAnyOrder ? null : new Map<number, number>()
  }

  has(stream: number, sequence: number): boolean {
    return (
      this.#latest.has(stream * streamSize + sequence) || sequence <= (this.#upTo?.get(stream) ?? -Infinity)
    )
  }

  add(stream: number, sequence: number): void {
    this.#latest.add(stream * streamSize + sequence)
    if (this.#latest.size < mostRemembered) return
    let count = 0
    for (const key of this.#latest) {
      if (count++ === forgotten) break
      this.#latest.delete(key)
      const of = Math.round(key / streamSize)
      this.#raise(of, key - of * streamSize)
    }
  }

  /** All rows of a stream up to this one, where that can be said. */
  addUpTo(stream: number, sequence: number): void {
    if (this.#upTo) this.#raise(stream, sequence)
    else this.add(stream, sequence)
  }

  #raise(stream: number, sequence: number): void {
    if (sequence > (this.#upTo?.get(stream) ?? -Infinity)) this.#upTo?.set(stream, sequence)
  }
}
