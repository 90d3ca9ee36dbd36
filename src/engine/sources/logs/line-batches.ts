import { longestLine } from '../../formats/logs'
import type { LineBatch } from '../source'

const lineFeed = 10
const nothing = Buffer.alloc(0)

/**
 * Makes batches of whole lines out of chunks, as the store takes them: the bytes as they are, line feeds included.
 * What a chunk holds is copied only where a line began in the chunk before. Of a line longer than 64 KiB the start is
 * kept, and its length counted: a line of any length costs no more memory.
 */
export class LineBatches {
  /** The start of the line that has not ended yet. */
  #held: Buffer = nothing
  /** Bytes of that line so far, also those let go. */
  #pending = 0
  /** Used again for each batch. */
  #ends = new Int32Array(1_024)

  /** Bytes of a line whose end has not come yet. */
  get pending(): number {
    return this.#pending
  }

  /** The lines that end in this chunk; null where none does. The batch is valid until the next call. */
  push(chunk: Uint8Array): LineBatch | null {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
    const size = bytes.lastIndexOf(lineFeed) + 1
    if (size === 0) {
      this.#hold(bytes)
      return null
    }
    const whole = bytes.subarray(0, size)
    const letGo = this.#pending - this.#held.length
    const lines = this.#pending > 0 ? Buffer.concat([this.#held, whole]) : whole
    this.#held = nothing
    this.#pending = 0
    this.#hold(bytes.subarray(size))
    return this.#batch(lines, letGo)
  }

  /** The end of a file: a last line without its end is a line too. */
  flush(): LineBatch | null {
    return this.#pending > 0 ? this.push(Uint8Array.of(lineFeed)) : null
  }

  /** Forgets the line that has not ended. */
  clear(): void {
    this.#held = nothing
    this.#pending = 0
  }

  #hold(bytes: Buffer): void {
    this.#pending += bytes.length
    const room = Math.min(longestLine - this.#held.length, bytes.length)
    // A copy: the chunk would be kept alive for the sake of a few bytes.
    if (room > 0) this.#held = Buffer.concat([this.#held, bytes.subarray(0, room)])
  }

  /** `letGo` bytes of the first line are missing from `bytes`. */
  #batch(bytes: Buffer, letGo: number): LineBatch {
    let count = 0
    let start = 0
    let longest = letGo > 0 ? Infinity : 0
    while (start < bytes.length) {
      const end = bytes.indexOf(lineFeed, start) + 1
      if (count === this.#ends.length) this.#grow()
      this.#ends[count++] = end
      if (end - start > longest) longest = end - start
      start = end
    }
    return longest > longestLine + 1
      ? this.#cutBatch(bytes, count, letGo)
      : { bytes, ends: this.#ends, count }
  }

  #cutBatch(bytes: Buffer, count: number, letGo: number): LineBatch {
    const cut = new Map<number, number>()
    const parts: Buffer[] = []
    let start = 0
    let filled = 0
    for (let line = 0; line < count; line++) {
      const end = this.#ends[line] ?? start
      const length = end - 1 - start + (line === 0 ? letGo : 0)
      const kept = Math.min(length, longestLine, end - 1 - start)
      if (kept < length) cut.set(line, length)
      parts.push(bytes.subarray(start, start + kept), endOfLine)
      filled += kept + 1
      this.#ends[line] = filled
      start = end
    }
    return { bytes: Buffer.concat(parts, filled), ends: this.#ends, count, cut }
  }

  #grow(): void {
    const larger = new Int32Array(this.#ends.length * 2)
    larger.set(this.#ends)
    this.#ends = larger
  }
}

const endOfLine = Buffer.of(lineFeed)
