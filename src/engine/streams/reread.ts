import { noLevel, type RowFormat, type RowHead } from '../row-sink'
import { rowFlags, type RereadRows, type RowChunk } from './row-chunk'

/** Milliseconds that a row may stand beside its own time before that is said of it. */
const worthSaying = 1_000

/** Where a row stands in time, and whether that is said to be another time than its own. */
export const isApproximate = (key: number, time: number): boolean => !(Math.abs(key - time) < worthSaying)

/** Rows looked through for the first time of a stream. */
const mostWithoutTime = 1_000

/**
 * Reads rows that are stored already in another format, chunk by chunk from the oldest: their times, severities and
 * flags. Which lines belong to one row stays as it was. Nothing is changed by it.
 */
export class RowReader {
  readonly #format: RowFormat
  readonly #now: number
  readonly #shift: number
  readonly #head: RowHead = { time: NaN, level: noLevel, continues: false }
  #timed = false
  #begun = false
  lastKey = -Infinity

  /** `format` has read nothing yet; `now` is the latest that a row may stand at; `shift` is added to its times. */
  constructor(format: RowFormat, now: number, shift: number) {
    this.#format = format
    this.#now = now
    this.#shift = shift
  }

  /** Whether any row had a time of its own. */
  get timed(): boolean {
    return this.#timed
  }

  read(chunk: RowChunk): RereadRows {
    if (!this.#begun) this.#begin(chunk)
    this.#begun = true
    const keys = new Float64Array(chunk.count)
    const heads = new Uint8Array(chunk.count)
    for (let row = 0; row < chunk.count; row++) {
      const kept = chunk.flagsOf(row) & (rowFlags.gap | rowFlags.cut)
      const isGap = (kept & rowFlags.gap) !== 0
      const time = isGap ? NaN : this.#timeOf(chunk, row)
      const key = this.#keyFor(time, chunk.keyOf(row))
      const further = !isGap && isApproximate(key, time) ? rowFlags.approximate : 0
      keys[row] = key
      heads[row] = ((kept | further) << 4) | (isGap ? noLevel : this.#head.level)
    }
    return { keys, heads }
  }

  /** Rows before the first that has a time stand with it. */
  #begin(chunk: RowChunk): void {
    for (let row = 0; row < Math.min(chunk.count, mostWithoutTime); row++) {
      if (chunk.flagsOf(row) & rowFlags.gap) continue
      const time = this.#timeOf(chunk, row)
      if (Number.isNaN(time)) continue
      this.#keyFor(time, time)
      return
    }
  }

  #timeOf(chunk: RowChunk, row: number): number {
    // Its first line has the head.
    const [start, end] = [chunk.startOf(row), chunk.endOf(row)]
    const line = chunk.bytes.indexOf(10, start)
    this.#format.head(chunk.bytes, start, line < 0 || line > end ? end : line, this.#head)
    return this.#head.time + this.#shift
  }

  #keyFor(time: number, before: number): number {
    if (!Number.isNaN(time)) this.#timed = true
    const wanted = Number.isNaN(time) ? (this.#timed ? this.lastKey : before) : time
    this.lastKey = Math.floor(Math.max(this.lastKey, Math.min(wanted, this.#now)))
    return this.lastKey
  }
}
