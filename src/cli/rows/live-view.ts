import { DiagnosticError, isAborted } from '@shared/errors'
import type { RowBatch, RowSelection, ViewUpdate } from '@shared/model/rows'
import type { RpcClient, Subscription } from '@shared/rpc/client'

/** One row as it was read; its text is a part of the batch's. */
export interface Row {
  readonly position: number
  readonly stream: number
  readonly sequence: number
  /** Epoch milliseconds of our clock. */
  readonly time: number
  readonly level: number
  readonly flags: number
  /** Bytes of the whole text. */
  readonly length: number
  readonly text: Uint8Array
  /** Whether it matches the further filter. */
  readonly marked: boolean
}

export interface ReadOptions {
  readonly maxBytes: number
  readonly mark?: string | undefined
}

/** Rows of a view as they are asked for. */
export interface RowReader {
  /** Rows [from, from + count), as far as they are there. */
  read(from: number, count: number, options: ReadOptions): Promise<Row[]>
  /** Where a row is now, or the row after it; null when it is not kept any more. */
  positionOf(row: Pick<Row, 'stream' | 'sequence'>): Promise<number | null>
  /** Position of the oldest row. */
  first(): Promise<number>
}

/** An open view of rows: its newest state, and its rows. */
export class LiveView implements RowReader {
  readonly #client: RpcClient
  readonly #signal: AbortSignal
  readonly #subscription: Subscription
  #latest: ViewUpdate | null = null
  #isNew = false
  #failure: DiagnosticError | null = null
  #wake: () => void = () => undefined

  constructor(client: RpcClient, selection: RowSelection, signal: AbortSignal) {
    this.#client = client
    this.#signal = signal
    this.#subscription = client.subscribe(
      'rows.view',
      { selection, tail: 1, maxBytes: 0 },
      {
        next: (update) => {
          this.#latest = update
          this.#isNew = true
          this.#wake()
        },
        error: (error) => {
          this.#failure = error
          this.#wake()
        },
      },
    )
    signal.addEventListener('abort', () => this.#wake(), { once: true })
  }

  get latest(): ViewUpdate | null {
    return this.#latest
  }

  /** The newest state that was not given yet; waits for one. Rejects at the end of the run. */
  async next(): Promise<ViewUpdate> {
    for (;;) {
      if (this.#failure) throw this.#failure
      if (isAborted(this.#signal)) throw new DiagnosticError('cancelled', 'Ended.')
      if (this.#isNew && this.#latest) break
      await new Promise<void>((resolve) => (this.#wake = resolve))
    }
    this.#isNew = false
    return this.#latest
  }

  /** The newest state in which all rows have been looked at; after `patience` milliseconds any. */
  async complete(patience = Infinity): Promise<ViewUpdate> {
    const end = performance.now() + patience
    for (;;) {
      const update = await this.next()
      const { looked, rows, error, stopped } = update
      if (looked >= rows || error !== null || stopped !== null || performance.now() > end) return update
    }
  }

  async read(from: number, count: number, { maxBytes, mark }: ReadOptions): Promise<Row[]> {
    const view = this.#latest?.view
    if (view === undefined || count <= 0) return []
    return unpack(await this.#client.call('rows.read', { view, from, count, maxBytes, mark: mark ?? null }))
  }

  positionOf({ stream, sequence }: Pick<Row, 'stream' | 'sequence'>): Promise<number | null> {
    return this.#locate({ kind: 'row', stream, sequence })
  }

  async first(): Promise<number> {
    const view = this.#latest?.view
    if (view === undefined) return 0
    // What is asked for from before the oldest row begins with it.
    const from = Number.MIN_SAFE_INTEGER
    return (await this.#client.call('rows.read', { view, from, count: 0, maxBytes: 0, mark: null })).from
  }

  /** Of the first row at or after a moment. */
  async positionAt(time: number): Promise<number> {
    return (await this.#locate({ kind: 'time', time })) ?? 0
  }

  close(): void {
    this.#subscription.close()
  }

  async #locate(
    at: { kind: 'row'; stream: number; sequence: number } | { kind: 'time'; time: number },
  ): Promise<number | null> {
    const view = this.#latest?.view
    return view === undefined ? null : (await this.#client.call('rows.locate', { view, at })).position
  }
}

export function unpack(batch: RowBatch): Row[] {
  return Array.from(batch.times, (time, at) => ({
    position: batch.from + at,
    stream: batch.streams[at] ?? 0,
    sequence: batch.sequences[at] ?? 0,
    time,
    level: batch.levels[at] ?? 0,
    flags: batch.flags[at] ?? 0,
    length: batch.lengths[at] ?? 0,
    text: batch.text.subarray(at === 0 ? 0 : batch.ends[at - 1], batch.ends[at]),
    marked: batch.marks[at] === 1,
  }))
}
