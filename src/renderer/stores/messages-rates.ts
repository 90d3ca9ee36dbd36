/** Rates of counters that are told now and then, over the last seconds, so that they do not jump. */
export class CounterRates {
  readonly #span: number
  readonly #notes: { readonly at: number; readonly counts: ReadonlyMap<string, number> }[] = []

  /** `span`: milliseconds that a rate is taken over. */
  constructor(span = 5_000) {
    this.#span = span
  }

  /** `at`: milliseconds of a clock that never goes back. Counters that went down begin anew. */
  note(at: number, counts: ReadonlyMap<string, number>): void {
    const last = this.#notes.at(-1)
    if (last && [...counts].some(([name, count]) => count < (last.counts.get(name) ?? 0))) this.clear()
    this.#notes.push({ at, counts })
    while (this.#notes.length > 2 && (this.#notes[1]?.at ?? at) <= at - this.#span) this.#notes.shift()
  }

  /** A second; null until it was told twice. */
  rate(name: string): number | null {
    const last = this.#notes.at(-1)
    const first = this.#notes.find(({ counts }) => counts.has(name))
    if (!last || !first || last.at <= first.at) return null
    return ((last.counts.get(name) ?? 0) - (first.counts.get(name) ?? 0)) / ((last.at - first.at) / 1_000)
  }

  clear(): void {
    this.#notes.splice(0)
  }
}
