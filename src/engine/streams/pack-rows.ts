import { rowFlag, type RowBatch } from '@shared/model/rows'
import type { RowChunk } from './row-chunk'
import type { RowView } from './row-view'

export interface PackOptions {
  /** Bytes of each row's text at most. */
  readonly maxBytes: number
  /** Whether the row gets a mark; none by default. */
  readonly marked?: ((position: number) => boolean) | undefined
  /** Another text in place of the row's own; null where that stays. */
  readonly textOf?: ((chunk: RowChunk, row: number) => Uint8Array | null) | undefined
}

/** Copies rows [from, from + count) of a view, as far as they are there. */
export function packRows(view: RowView, from: number, count: number, options: PackOptions): RowBatch {
  const first = Math.min(Math.max(from, view.index.first), view.index.end)
  const length = Math.max(0, Math.min(from + count, view.index.end) - first)
  const batch = {
    from: first,
    streams: new Uint32Array(length),
    sequences: new Float64Array(length),
    times: new Float64Array(length),
    levels: new Uint8Array(length),
    flags: new Uint8Array(length),
    marks: new Uint8Array(length),
    lengths: new Uint32Array(length),
    ends: new Uint32Array(length),
  }
  const texts = new TextRun()
  for (let at = 0; at < length; at++) {
    const slot = view.index.at(first + at)
    const chunk = slot === undefined ? undefined : view.chunkOf(slot)
    if (slot !== undefined && chunk) {
      const row = slot & 0xffff
      const flags = chunk.flagsOf(row)
      const other = options.textOf?.(chunk, row) ?? null
      const start = other ? 0 : chunk.startOf(row)
      const end = other ? other.length : chunk.endOf(row)
      texts.add(other ?? chunk.bytes, start, Math.min(end, start + options.maxBytes))
      batch.streams[at] = chunk.stream
      batch.sequences[at] = chunk.first + row
      batch.times[at] = chunk.keyOf(row)
      batch.levels[at] = chunk.levelOf(row)
      batch.flags[at] = flags
      batch.marks[at] = options.marked?.(first + at) ? 1 : 0
      batch.lengths[at] = flags & rowFlag.cut ? chunk.lengthOf(row) : end - start
    }
    batch.ends[at] = texts.length
  }
  return { ...batch, text: texts.joined() }
}

/** Bytes between two rows that are copied along: at most a line's end. */
const longestSeam = 2

/** Shared by all batches: each leaves nothing in it. */
let scratch = new Uint8Array(512 * 1024)

/**
 * Joins texts. Neighbours in one array are copied together, the bytes between them too, and then moved over these:
 * a copy for each row would spend more on its preparation than on the bytes.
 */
class TextRun {
  length = 0
  #source: Uint8Array | null = null
  #from = 0
  #to = 0
  #written = 0
  /** Pairs: length of a text, and of the seam in front of it. */
  readonly #parts: number[] = []

  add(source: Uint8Array, start: number, end: number): void {
    const seam = start - this.#to
    if (source !== this.#source || seam < 0 || seam > longestSeam) {
      this.#flush()
      this.#source = source
      this.#from = start
      this.#parts.push(end - start, 0)
    } else this.#parts.push(end - start, seam)
    this.#to = end
    this.length += end - start
  }

  joined(): Uint8Array {
    this.#flush()
    return scratch.slice(0, this.length)
  }

  #flush(): void {
    if (this.#source === null) return
    this.#room(this.#written + this.#to - this.#from)
    scratch.set(this.#source.subarray(this.#from, this.#to), this.#written)
    let read = this.#written
    for (let part = 0; part < this.#parts.length; part += 2) {
      const length = this.#parts[part] ?? 0
      read += this.#parts[part + 1] ?? 0
      if (read > this.#written) scratch.copyWithin(this.#written, read, read + length)
      read += length
      this.#written += length
    }
    this.#parts.length = 0
    this.#source = null
  }

  #room(needed: number): void {
    if (needed <= scratch.length) return
    const larger = new Uint8Array(needed * 2)
    larger.set(scratch.subarray(0, this.#written))
    scratch = larger
  }
}
