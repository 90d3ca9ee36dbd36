import { setImmediate as nextTurn } from 'node:timers/promises'
import type { LogFormatName } from '@shared/model/rows'
import type { Clock } from './clock'
import type { RowExtent, RowFormat, RowSink, RowStreamOptions } from './row-sink'
import type { RowStore } from './streams/row-store'
import type { RowStream } from './streams/row-stream'

/** Milliseconds that rows may wait before the views hear of them. */
const tidyInterval = 50
/** Tidyings after the last row: the one that completes a row that might have grown. */
const furtherTidyings = 4

/** Milliseconds of reading stored rows again in one go. */
const slice = 6

export type FetchOlder = NonNullable<RowStreamOptions['older']>
type Choose = NonNullable<RowStreamOptions['choose']>

/** Brings the rows of sources into the store, and keeps the store tidy while any come. */
export class RowFeed {
  readonly store: RowStore
  readonly #clock: Clock
  readonly #older = new Map<number, FetchOlder>()
  readonly #extents = new Map<number, RowExtent>()
  readonly #shifts = new Map<number, () => number>()
  readonly #choose = new Map<number, Choose>()
  /** What a person chose, by the stream; it outlives connections. */
  readonly #chosen = new Map<number, LogFormatName>()
  /** Streams whose rows are read again just now. */
  readonly #rereading = new Map<number, Promise<void>>()
  readonly #closed = new AbortController()
  #tidyings = 0

  constructor(store: RowStore, clock: Clock) {
    this.store = store
    this.#clock = clock
  }

  /** `shift` tells what to add to the host's times: our clock less the host's, milliseconds. */
  sink(host: string, { kind, name, format, older, choose }: RowStreamOptions, shift: () => number): RowSink {
    const stream = this.store.open({ host, kind, name }, format)
    stream.format = format
    this.#shifts.set(stream.number, shift)
    if (older) this.#older.set(stream.number, older)
    else this.#older.delete(stream.number)
    if (choose) this.#choose.set(stream.number, choose)
    else this.#choose.delete(stream.number)
    const extents = this.#extents
    const chosen = this.#chosen
    return {
      get chosen() {
        return chosen.get(stream.number) ?? null
      },
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
      useFormat: (better, stored) => {
        stream.format = better
        if (stored) this.#startRereading(stream, stored, shift())
      },
    }
  }

  /** Milliseconds that are added to a stream's times. */
  shiftOf(stream: number): number | undefined {
    return this.#shifts.get(stream)?.()
  }

  /** What was chosen for a stream; null for what its lines look like, undefined where nothing can be chosen. */
  chosenOf(stream: number): LogFormatName | null | undefined {
    return this.#choose.has(stream) ? (this.#chosen.get(stream) ?? null) : undefined
  }

  /** Resolves when the rows that are stored were read in it too. */
  async choose(stream: number, format: LogFormatName | null): Promise<void> {
    if (format === null) this.#chosen.delete(stream)
    else this.#chosen.set(stream, format)
    this.#choose.get(stream)?.(format)
    await this.#rereading.get(stream)
  }

  /** How a stream's older rows are fetched; undefined where that cannot be done. */
  olderOf(stream: number): FetchOlder | undefined {
    return this.#older.get(stream)
  }

  close(): void {
    this.#closed.abort()
  }

  #startRereading(stream: RowStream, format: RowFormat, shift: number): void {
    const done = this.#reread(stream, format, shift, this.#rereading.get(stream.number)).finally(() => {
      if (this.#rereading.get(stream.number) === done) this.#rereading.delete(stream.number)
    })
    this.#rereading.set(stream.number, done)
    this.store.changes.notify()
  }

  async #reread(
    stream: RowStream,
    format: RowFormat,
    shift: number,
    before: Promise<void> | undefined,
  ): Promise<void> {
    await before
    const run = this.store.reread(stream, format, this.#clock.now(), shift)
    while (!this.#closed.signal.aborted) {
      const end = performance.now() + slice
      while (performance.now() < end) if (run.next().done) return
      await nextTurn()
    }
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
