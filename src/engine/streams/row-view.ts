import type { RowChunk } from './row-chunk'
import type { RowStore } from './row-store'
import type { RowStream, StreamLabel } from './row-stream'
import { SlotIndex } from './slot-index'

/** Rows looked at before the time is checked again. */
const sliceRows = 1_024

/** Finds the rows of a part of a chunk that belong into a view. */
export interface RowMatcher {
  /** Writes the numbers of the rows in [from, to) that match, ascending, and returns how many. Never throws. */
  match(chunk: RowChunk, stream: RowStream, from: number, to: number, hits: Uint32Array): number
  /** The row before which the last `match` ended, where rows are so slow to test that it did before all were. */
  stoppedAt?(): number | null
}

/**
 * The rows of some streams that match a filter, in order of time, kept up as rows come and go.
 * It works in steps, newest rows first, so the end of the list is right long before the rest.
 */
export class RowView {
  #index = new SlotIndex()
  /** What {@link restart} has found so far. */
  #next: SlotIndex | null = null
  #revision = 0
  readonly #store: RowStore
  readonly #includes: (label: StreamLabel, stream: number) => boolean
  readonly #matcher: RowMatcher
  /** Rows looked at of each chunk. */
  readonly #scanned = new Map<RowChunk, number>()
  readonly #hits = new Uint32Array(sliceRows)
  readonly #stop: () => void
  #looked = 0

  constructor(
    store: RowStore,
    includes: (label: StreamLabel, stream: number) => boolean,
    matcher: RowMatcher,
  ) {
    this.#store = store
    this.#includes = includes
    this.#matcher = matcher
    const ends = [
      store.onDropped((chunk) => this.#forget(chunk)),
      store.onReread(({ label, number }) => {
        if (includes(label, number)) this.#reset()
      }),
    ]
    this.#stop = () => {
      for (const end of ends) end()
    }
  }

  close(): void {
    this.#stop()
    this.#scanned.clear()
  }

  get index(): SlotIndex {
    return this.#index
  }

  /** Goes up when positions are not what they were. */
  get revision(): number {
    return this.#revision
  }

  /** Looks at all rows anew; what there is stays until that is done. */
  restart(): void {
    this.#next = new SlotIndex()
    this.#scanned.clear()
    this.#looked = 0
  }

  /** Rows are at other places in time: none is known until all were looked at anew. */
  #reset(): void {
    const index = new SlotIndex()
    index.alignEnd(this.#index.end)
    this.#index = index
    this.#revision++
    this.restart()
  }

  /** The streams that this view shows. */
  streams(): RowStream[] {
    return [...this.#store.streams].filter(({ label, number }) => this.#includes(label, number))
  }

  /** Rows looked at, and rows there are. */
  progress(): { looked: number; rows: number } {
    let rows = 0
    for (const stream of this.streams()) for (const chunk of stream.chunks) rows += chunk.settled
    // What was found anew does not show before it is put in place.
    return { looked: this.#next ? Math.min(this.#looked, Math.max(0, rows - 1)) : this.#looked, rows }
  }

  /** Looks at further rows until `enough`; returns whether all there are have been looked at. */
  step(enough: () => boolean): boolean {
    const index = this.#next ?? this.#index
    for (const { chunk, stream } of this.#pending()) {
      let from = this.#scanned.get(chunk) ?? 0
      while (from < chunk.settled) {
        const wanted = Math.min(chunk.settled, from + sliceRows)
        const count = this.#matcher.match(chunk, stream, from, wanted, this.#hits)
        const to = this.#matcher.stoppedAt?.() ?? wanted
        for (let hit = 0; hit < count; hit++) {
          this.#hits[hit] = ((chunk.place << 16) | (this.#hits[hit] ?? 0)) >>> 0
        }
        index.merge(this.#hits.subarray(0, count), this.#before)
        this.#looked += to - from
        from = to
        this.#scanned.set(chunk, from)
        if (enough()) return false
      }
    }
    if (this.#next) this.#swap(this.#next)
    return true
  }

  /** Place in time of the row at a position; NaN where there is none. */
  keyAt(position: number): number {
    const slot = this.index.at(position)
    return slot === undefined ? NaN : this.#key(slot)
  }

  chunkOf(slot: number): RowChunk | undefined {
    return this.#store.chunk(slot)
  }

  chunkAt(position: number): { chunk: RowChunk; row: number } | undefined {
    const slot = this.index.at(position)
    const chunk = slot === undefined ? undefined : this.#store.chunk(slot)
    return chunk && slot !== undefined ? { chunk, row: slot & 0xffff } : undefined
  }

  /** Position of the first row at or after a moment. */
  atTime(time: number): number {
    return this.index.search((slot) => this.#key(slot) >= time)
  }

  /** Position of a row, or of the next one shown where it is not; null when the row is not kept. */
  locate(streamNumber: number, sequence: number): number | null {
    const found = this.#store.stream(streamNumber)?.find(sequence)
    if (!found) return null
    const slot = ((found.chunk.place << 16) | found.row) >>> 0
    return this.index.search((other) => !this.#before(other, slot))
  }

  /** Chunks with rows not looked at yet, the newest first. */
  #pending(): { chunk: RowChunk; stream: RowStream }[] {
    const found: { chunk: RowChunk; stream: RowStream }[] = []
    for (const stream of this.streams()) {
      for (const chunk of stream.chunks) {
        if ((this.#scanned.get(chunk) ?? 0) < chunk.settled) found.push({ chunk, stream })
      }
    }
    return found.sort((a, b) => b.chunk.lastKey - a.chunk.lastKey)
  }

  #swap(next: SlotIndex): void {
    next.alignEnd(this.#index.end)
    this.#index = next
    this.#next = null
    this.#revision++
  }

  #forget(chunk: RowChunk): void {
    this.#takeOut(this.#index, chunk)
    if (this.#next) this.#takeOut(this.#next, chunk)
    const scanned = this.#scanned.get(chunk)
    if (scanned === undefined) return
    this.#scanned.delete(chunk)
    this.#looked -= scanned
  }

  #takeOut(index: SlotIndex, chunk: RowChunk): void {
    const until = index.search((slot) => this.#key(slot) > chunk.lastKey)
    index.remove(until, (slot) => slot >>> 16 === chunk.place)
  }

  #key(slot: number): number {
    return this.#store.chunk(slot)?.keyOf(slot & 0xffff) ?? NaN
  }

  /** By time, then by stream, then by number: one order, however the rows were found. */
  readonly #before = (a: number, b: number): boolean => {
    const left = this.#store.chunk(a)
    const right = this.#store.chunk(b)
    if (!left || !right) return false
    const difference = left.keyOf(a & 0xffff) - right.keyOf(b & 0xffff)
    if (difference !== 0) return difference < 0
    if (left.stream !== right.stream) return left.stream < right.stream
    return left.first + (a & 0xffff) < right.first + (b & 0xffff)
  }
}
