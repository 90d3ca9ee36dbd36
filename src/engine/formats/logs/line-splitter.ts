import { byte } from './bytes'

/** Bytes of a line that are kept; of a longer one only its length is known. */
export const longestLine = 65_536

/** A line that was cut. */
export interface CutLine {
  /** Its place in the batch. */
  readonly index: number
  /** Its whole length in bytes, without the line's end. */
  readonly length: number
}

/** Lines of a chunk, valid until the callback returns: the splitter uses the arrays again, the bytes are the chunk's. */
export interface LineBatch {
  bytes: Uint8Array
  /** Start and end of each line: line i is bytes[offsets[2i], offsets[2i + 1]), without `\n` or `\r\n`. */
  offsets: Int32Array
  /** Lines. */
  count: number
  /** Lines that were longer than what is kept, in their order; nearly always empty. */
  cut: readonly CutLine[]
}

const none: readonly CutLine[] = []

/**
 * Splits a stream of bytes into lines. Lines that lie in one chunk are not copied. A line that comes in several
 * chunks is gathered up to {@link longestLine}; what is beyond that is counted and let go, so that a line of any
 * length costs no memory. NUL bytes and invalid UTF-8 pass as they are; a lone `\r` is part of its line.
 */
export class LineSplitter {
  readonly #onBatch: (batch: LineBatch) => void
  readonly #longest: number
  readonly #batch: LineBatch
  /** The start of the line that the last chunk broke off. */
  #held: Buffer
  #heldLength = 0
  /** Bytes of that line so far, also those let go. */
  #pending = 0
  #lastByte = 0
  #cut: CutLine[] = []

  /** `onBatch` is called during `push` and `flush`, for one batch or two. */
  constructor(onBatch: (batch: LineBatch) => void, longest = longestLine) {
    this.#onBatch = onBatch
    this.#longest = longest
    this.#held = Buffer.allocUnsafe(Math.min(4_096, longest))
    this.#batch = { bytes: this.#held, offsets: new Int32Array(1_024), count: 0, cut: none }
  }

  /** Bytes of a line whose end has not come yet. */
  get pending(): number {
    return this.#pending
  }

  push(chunk: Uint8Array): void {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
    let start = 0
    if (this.#pending > 0) {
      const end = bytes.indexOf(10)
      this.#hold(bytes, 0, end < 0 ? bytes.length : end)
      if (end < 0) return
      this.#emitHeld(this.#lastByte === byte.carriageReturn)
      start = end + 1
    }
    start = this.#split(bytes, start)
    if (start < bytes.length) this.#hold(bytes, start, bytes.length)
  }

  /** The end of the stream: a last line without its end is a line too. */
  flush(): void {
    if (this.#pending > 0) this.#emitHeld(false)
  }

  /** Emits the whole lines from `start` on; returns where the rest begins. */
  #split(bytes: Buffer, start: number): number {
    let offsets = this.#batch.offsets
    let count = 0
    let end = bytes.indexOf(10, start)
    while (end >= 0) {
      if (2 * count + 2 > offsets.length) offsets = this.#grow()
      const last = end > start && bytes[end - 1] === byte.carriageReturn ? end - 1 : end
      offsets[2 * count] = start
      offsets[2 * count + 1] = last - start > this.#longest ? this.#cutAt(count, start, last) : last
      count++
      start = end + 1
      end = bytes.indexOf(10, start)
    }
    if (count > 0) this.#emit(bytes, count)
    return start
  }

  #cutAt(index: number, start: number, end: number): number {
    this.#cut.push({ index, length: end - start })
    return start + this.#longest
  }

  #hold(bytes: Buffer, start: number, end: number): void {
    if (end <= start) return
    const room = Math.min(this.#longest - this.#heldLength, end - start)
    const needed = this.#heldLength + room
    if (needed > this.#held.length) {
      const larger = Buffer.allocUnsafe(Math.min(this.#longest, Math.max(needed, 2 * this.#held.length)))
      this.#held.copy(larger, 0, 0, this.#heldLength)
      this.#held = larger
    }
    bytes.copy(this.#held, this.#heldLength, start, start + room)
    this.#heldLength = needed
    this.#pending += end - start
    this.#lastByte = bytes[end - 1] ?? 0
  }

  #emitHeld(dropLast: boolean): void {
    const length = dropLast ? this.#pending - 1 : this.#pending
    const end = Math.min(length, this.#heldLength)
    if (length > end) this.#cut.push({ index: 0, length })
    this.#batch.offsets[0] = 0
    this.#batch.offsets[1] = end
    this.#pending = 0
    this.#heldLength = 0
    this.#emit(this.#held, 1)
  }

  #emit(bytes: Uint8Array, count: number): void {
    const batch = this.#batch
    batch.bytes = bytes
    batch.count = count
    batch.cut = this.#cut.length > 0 ? this.#cut : none
    if (this.#cut.length > 0) this.#cut = []
    this.#onBatch(batch)
  }

  #grow(): Int32Array {
    const larger = new Int32Array(this.#batch.offsets.length * 2)
    larger.set(this.#batch.offsets)
    this.#batch.offsets = larger
    return larger
  }
}
