import { noLevel } from '../row-sink'

/** Bytes of text at which a chunk is full. */
export const chunkBytes = 256 * 1024
/** A row number inside a chunk has 16 bits. */
const maxRows = 65_535
/** The end of a row has 24 bits. */
export const maxRowBytes = 2 ** 24 - 1
const firstBytes = 8 * 1024
const maxDelta = 2 ** 32 - 1
const lineFeed = 10
const carriageReturn = 13

export const rowFlags = { gap: 1, cut: 2, approximate: 4 } as const

/** Rows that a chunk begins with room for, and those that a chunk of usual lines has. */
const fewRows = 64
const usualRows = 2_048
/** Bytes that are given back when a chunk is full. */
const worthCopying = 1_024

export interface NewChunk {
  readonly stream: number
  readonly place: number
  readonly first: number
  readonly base: number
  readonly full: boolean
}

/** How rows of a chunk read in another format. */
export interface RereadRows {
  readonly keys: Float64Array
  /** [flags 4 | level 4], as in the columns. */
  readonly heads: Uint8Array
}

export interface NewRow {
  /** Length of the row's text in bytes, its line feed included. */
  readonly length: number
  /** Place in time, epoch milliseconds; never before the row before it. */
  readonly key: number
  readonly level: number
  readonly flags: number
}

/**
 * Rows of one stream that were taken in one after another: their text as it came, line feeds included, and
 * two columns of 32 bits: [flags 4 | level 4 | end 24] and milliseconds since the first row.
 * No object for any row: 8 bytes beyond its text.
 */
export class RowChunk {
  /** Number of the stream, and place among all chunks. */
  readonly stream: number
  readonly place: number
  #base: number
  #first: number
  #bytes: Uint8Array
  #rows: Uint32Array
  #times: Uint32Array
  #count = 0
  #settled = 0
  #size = 0
  #hasGaps = false
  #lengths: Map<number, number> | null = null

  /** `full`: it will be filled, so it needs no growing. */
  constructor({ stream, place, first, base, full }: NewChunk) {
    const rows = full ? usualRows : fewRows
    this.#bytes = full ? Buffer.allocUnsafeSlow(chunkBytes) : new Uint8Array(firstBytes)
    this.#rows = new Uint32Array(rows)
    this.#times = new Uint32Array(rows)
    this.stream = stream
    this.place = place
    this.#first = first
    this.#base = base
  }

  /** Epoch milliseconds of the first row. */
  get base(): number {
    return this.#base
  }

  /** Sequence number of the first row in its stream. */
  get first(): number {
    return this.#first
  }

  /** Gives its rows other numbers: those of older rows are known only once all of them are there. */
  moveTo(first: number): void {
    this.#first = first
  }

  /** Text of all rows; only the first {@link size} bytes are theirs. */
  get bytes(): Uint8Array {
    return this.#bytes
  }

  get size(): number {
    return this.#size
  }

  get count(): number {
    return this.#count
  }

  /** Rows that will not change any more: the last one may still grow by a further line. */
  get settled(): number {
    return this.#settled
  }

  get hasGaps(): boolean {
    return this.#hasGaps
  }

  /** Bytes of memory. */
  get held(): number {
    return this.#bytes.length + 4 * (this.#rows.length + this.#times.length)
  }

  get lastKey(): number {
    return this.#count === 0 ? this.#base : this.keyOf(this.#count - 1)
  }

  fits(length: number, key: number): boolean {
    if (this.#count === 0) return true
    return (
      this.#count < maxRows &&
      this.#size + length <= chunkBytes &&
      key >= this.#base &&
      key - this.#base <= maxDelta
    )
  }

  /** Notes a row whose text is put by {@link copy}. Ask {@link fits} first. */
  add(row: NewRow, trueLength?: number): void {
    const at = this.#count++
    if (row.flags & rowFlags.gap) this.#hasGaps = true
    if (at >= this.#rows.length) this.#growRows()
    this.#size += row.length
    this.#rows[at] = ((row.flags << 28) | (row.level << 24) | this.#size) >>> 0
    this.#times[at] = row.key - this.#base
    if (trueLength !== undefined) (this.#lengths ??= new Map<number, number>()).set(at, trueLength)
  }

  /** The last row has a further line of `length` bytes; false when that does not fit. */
  extend(length: number): boolean {
    const at = this.#count - 1
    if (at < this.#settled || this.#size + length > chunkBytes) return false
    this.#size += length
    this.#rows[at] = (((this.#rows[at] ?? 0) & 0xff000000) | this.#size) >>> 0
    return true
  }

  /** Puts the text of the rows just added at the end of the text there was. */
  copy(text: Uint8Array): void {
    const at = this.#size - text.length
    if (this.#size > this.#bytes.length) {
      const wanted = Math.max(this.#size, Math.min(chunkBytes, this.#bytes.length * 2))
      const grown = new Uint8Array(wanted)
      grown.set(this.#bytes.subarray(0, at))
      this.#bytes = grown
    }
    this.#bytes.set(text, at)
  }

  settle(): void {
    this.#settled = this.#count
  }

  /** All rows but the last, which may still grow. */
  settleAllButLast(): void {
    this.#settled = Math.max(this.#settled, this.#count - 1)
  }

  /** No row comes any more: gives back what is not used. */
  seal(): void {
    this.settle()
    const spare = this.#bytes.length - this.#size
    if (spare > worthCopying) this.#bytes = this.#bytes.slice(0, this.#size)
    this.#rows = this.#rows.slice(0, this.#count)
    this.#times = this.#times.slice(0, this.#count)
  }

  /** Gives all rows other places in time, severities and flags; false where they are too far apart for one chunk. */
  rewrite({ keys, heads }: RereadRows): boolean {
    const base = keys[0] ?? this.#base
    if ((keys[this.#count - 1] ?? base) - base > maxDelta) return false
    this.#base = base
    for (let row = 0; row < this.#count; row++) {
      const end = (this.#rows[row] ?? 0) & 0xffffff
      this.#rows[row] = (((heads[row] ?? 0) << 24) | end) >>> 0
      this.#times[row] = (keys[row] ?? base) - base
    }
    return true
  }

  startOf(row: number): number {
    return row === 0 ? 0 : (this.#rows[row - 1] ?? 0) & 0xffffff
  }

  /** End of the text with its line feed. */
  textEndOf(row: number): number {
    return (this.#rows[row] ?? 0) & 0xffffff
  }

  /** End of the text, its line feed (and carriage return) left out. */
  endOf(row: number): number {
    let end = this.textEndOf(row)
    const start = this.startOf(row)
    if (end > start && this.#bytes[end - 1] === lineFeed) end--
    if (end > start && this.#bytes[end - 1] === carriageReturn) end--
    return end
  }

  keyOf(row: number): number {
    return this.#base + (this.#times[row] ?? 0)
  }

  levelOf(row: number): number {
    return ((this.#rows[row] ?? noLevel << 24) >>> 24) & 15
  }

  flagsOf(row: number): number {
    return (this.#rows[row] ?? 0) >>> 28
  }

  /** Length of a row that was cut; undefined for any other. */
  cutLengthOf(row: number): number | undefined {
    return this.#lengths?.get(row)
  }

  /** Bytes the row had before it was cut. */
  lengthOf(row: number): number {
    return this.#lengths?.get(row) ?? this.endOf(row) - this.startOf(row)
  }

  /** The row that holds the byte at an offset of the text, by bisection from `from` on. */
  rowAt(offset: number, from = 0): number {
    let low = from
    let high = this.#count
    while (low < high) {
      const middle = (low + high) >>> 1
      if (((this.#rows[middle] ?? 0) & 0xffffff) <= offset) low = middle + 1
      else high = middle
    }
    return low
  }

  #growRows(): void {
    const wanted = Math.min(maxRows, this.#rows.length * 2)
    const rows = new Uint32Array(wanted)
    rows.set(this.#rows)
    this.#rows = rows
    const times = new Uint32Array(wanted)
    times.set(this.#times)
    this.#times = times
  }
}
