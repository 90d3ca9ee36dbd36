import type { Clock } from './clock'
import type { RowExtent, RowSink, RowStreamOptions } from './row-sink'
import type { RowStore } from './streams/row-store'

/** Milliseconds that rows may wait before the views hear of them. */
const tidyInterval = 50
/** Tidyings after the last row: the one that completes a row that might have grown. */
const furtherTidyings = 4

export type FetchOlder = NonNullable<RowStreamOptions['older']>

/** Brings the rows of sources into the store, and keeps the store tidy while any come. */
export class RowFeed {
  readonly store: RowStore
  readonly #clock: Clock
  readonly #older = new Map<number, FetchOlder>()
  readonly #extents = new Map<number, RowExtent>()
  readonly #closed = new AbortController()
  #tidyings = 0

  constructor(store: RowStore, clock: Clock) {
    this.store = store
    this.#clock = clock
  }

  /** `shift` tells what to add to the host's times: our clock less the host's, milliseconds. */
  sink(host: string, { kind, name, format, older }: RowStreamOptions, shift: () => number): RowSink {
    const stream = this.store.open({ host, kind, name }, format)
    stream.format = format
    if (older) this.#older.set(stream.number, older)
    else this.#older.delete(stream.number)
    const extents = this.#extents
    return {
      get extent() {
        return extents.get(stream.number) ?? null
      },
      stream: stream.number,
      get next() {
        return stream.next
      },
      append: (batch) => {
        stream.append(batch, this.#clock.now(), shift())
        this.#wake()
      },
      prepend: (batch) => {
        stream.prepend(batch, this.#clock.now(), shift())
        this.#wake()
      },
      gap: (gap) => {
        stream.gap(gap, this.#clock.now())
        this.#wake()
      },
      mark: (extent) => {
        extents.set(stream.number, extent)
      },
      useFormat: (better) => {
        stream.format = better
      },
    }
  }

  /** How a stream's older rows are fetched; undefined where that cannot be done. */
  olderOf(stream: number): FetchOlder | undefined {
    return this.#older.get(stream)
  }

  close(): void {
    this.#closed.abort()
  }

  #wake(): void {
    const running = this.#tidyings > 0
    this.#tidyings = furtherTidyings
    if (!running) void this.#tidy()
  }

  async #tidy(): Promise<void> {
    while (this.#tidyings > 0 && !this.#closed.signal.aborted) {
      await this.#clock.sleep(tidyInterval, this.#closed.signal)
      this.#tidyings--
      this.store.tidy(this.#clock.now())
    }
    this.#tidyings = 0
  }
}
