/** What can let the oldest of its history go. */
export interface Evictable {
  /** Time of the oldest that it keeps; Infinity where it keeps nothing. */
  readonly oldest: number
  /** Lets some of the oldest go; the bytes that this gives back, 0 where nothing can go. */
  evict(): number
}

/**
 * Bytes that series may take, of all hosts together. When they are used up the oldest history of any host makes room;
 * only where there is none is something new counted and not kept.
 */
export class SeriesBudget {
  readonly limit: number
  readonly #evictable = new Set<Evictable>()
  #used = 0
  #omitted = 0

  constructor(limit: number) {
    this.limit = limit
  }

  get used(): number {
    return this.#used
  }

  /** Metrics that were turned away. */
  get omitted(): number {
    return this.#omitted
  }

  /** Counts a metric that found no room. */
  omit(): void {
    this.#omitted++
  }

  register(history: Evictable): void {
    this.#evictable.add(history)
  }

  unregister(history: Evictable): void {
    this.#evictable.delete(history)
  }

  take(bytes: number): boolean {
    while (this.#used + bytes > this.limit && this.#evictOldest());
    const fits = this.#used + bytes <= this.limit
    if (fits) this.#used += bytes
    return fits
  }

  give(bytes: number): void {
    this.#used -= bytes
  }

  #evictOldest(): boolean {
    const byAge = [...this.#evictable].sort((a, b) => a.oldest - b.oldest)
    for (const history of byAge) {
      const bytes = history.evict()
      if (bytes === 0) continue
      this.#used -= bytes
      return true
    }
    return false
  }
}
