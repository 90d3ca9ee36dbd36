import type { ViewUpdate } from '@shared/model/rows'

export interface Loss {
  readonly count: number
  /** There may be more: which rows would have matched is not known of all. */
  readonly atLeast: boolean
}

/**
 * Counts what leaves a view before it could be given. Without a filter the numbers of a stream's rows tell exactly;
 * with one the end of the view does: each row that is put into it moves the end, or the start back. Where rows leave
 * at the start at the same time that is the least that was lost.
 */
export class LossAccount {
  readonly #filtered: boolean
  /** Number that the next row of a stream has. */
  readonly #next = new Map<number, number>()
  #end = 0
  /** Rows that were put into the view and not given. */
  #due = 0

  constructor(filtered: boolean) {
    this.#filtered = filtered
  }

  /** Rows from a position on will be given. */
  begin({ streams, end }: ViewUpdate, from: number): void {
    for (const { number, dropped, fetched } of streams) this.#next.set(number, dropped - fetched)
    this.#end = end
    this.#due = end - from
  }

  /** A row that was there before, and is not given. */
  skip(stream: number, sequence: number): void {
    this.#next.set(stream, sequence + 1)
  }

  grown(end: number, atStart: number): void {
    this.#due += end - this.#end + atStart
    this.#end = end
  }

  /** Positions are not what they were. */
  anew(end: number): void {
    this.#due = 0
    this.#end = end
  }

  /** Returns what is missing before this row. */
  given(stream: number, sequence: number): Loss | null {
    this.#due--
    if (this.#filtered) return null
    const missing = sequence - (this.#next.get(stream) ?? 0)
    this.#next.set(stream, Math.max(sequence + 1, this.#next.get(stream) ?? 0))
    return missing > 0 ? { count: missing, atLeast: false } : null
  }

  /** All of the view has been given. Returns what should have been there besides. */
  rest(hasDropped: boolean): Loss | null {
    const count = this.#due
    this.#due = 0
    return this.#filtered && hasDropped && count > 0 ? { count, atLeast: true } : null
  }
}
