import type { SeriesBudget } from './budget'
import { Accumulator } from './accumulator'
import { emptySlice, type Slice } from './slice'

/** Buckets of one segment, and columns of one block in it. */
const segmentBuckets = 60
const blockColumns = 64
/** Means, then least, then greatest, each with the columns of a bucket side by side: buckets are written, whole. */
const partFloats = segmentBuckets * blockColumns
const blockFloats = 3 * partFloats
const blockBytes = blockFloats * Float32Array.BYTES_PER_ELEMENT

/** Blocks of the next segment that are made with each sample: all at once would take long. */
const madeAhead = 8

interface Segment {
  /** Time of the last sample in each bucket, epoch milliseconds. */
  readonly times: Float64Array
  count: number
  /** For 64 columns each; none where no column had a value. */
  readonly blocks: (Float32Array | undefined)[]
}

export interface TierOptions {
  /** Milliseconds that one bucket covers, aligned to the epoch. */
  readonly interval: number
  /** Milliseconds that buckets are kept. */
  readonly horizon: number
}

/**
 * Samples of one timeline rolled up: mean, least and greatest of each bucket, 12 bytes for a column. What is kept is
 * bounded by time and by the budget, which lets the oldest segment of all hosts go when it is full.
 */
export class Tier {
  readonly options: TierOptions
  readonly #budget: SeriesBudget
  readonly #segments: Segment[] = []
  /** The segment that comes after the newest, in the making. */
  #next = newSegment()
  /** The bucket that is not complete yet. */
  readonly #open = new Accumulator()
  #bucket = -1
  #openTime = NaN

  constructor(options: TierOptions, budget: SeriesBudget) {
    this.options = options
    this.#budget = budget
    budget.register(this)
  }

  /** Time of the oldest bucket kept; Infinity where there is none. */
  get oldest(): number {
    return this.#segments[0]?.times[0] ?? Infinity
  }

  add(time: number, values: Float64Array, columns: number): void {
    const bucket = Math.floor(time / this.options.interval)
    if (bucket !== this.#bucket) {
      this.#complete()
      this.#bucket = bucket
    }
    this.#openTime = time
    this.#open.add(values, columns)
    this.#makeAhead()
  }

  /** Forgets a column, for its next owner. */
  clearColumn(column: number): void {
    this.#open.clearColumn(column)
    for (const { blocks } of [...this.#segments, this.#next]) {
      const block = blocks[Math.floor(column / blockColumns)]
      for (let at = column % blockColumns; at < blockFloats; at += blockColumns) if (block) block[at] = NaN
    }
  }

  /** Buckets whose last sample is in [from, to], the incomplete one included. */
  read(columns: readonly number[], from: number, to: number): Slice {
    const parts = this.#partsWithin(from, to)
    const isOpen = this.#open.count > 0 && this.#openTime >= from && this.#openTime <= to
    const complete = parts.reduce((sum, { end, start }) => sum + end - start, 0)
    const slice = emptySlice(columns.length, complete + (isOpen ? 1 : 0))
    const length = slice.times.length
    let filled = 0
    for (const { segment, start, end } of parts) {
      slice.times.set(segment.times.subarray(start, end), filled)
      for (const [index, column] of columns.entries()) {
        const block = segment.blocks[Math.floor(column / blockColumns)]
        if (!block) continue
        let into = index * length + filled
        for (let bucket = start; bucket < end; bucket++, into++) {
          const at = bucket * blockColumns + (column % blockColumns)
          slice.values[into] = block[at] ?? NaN
          slice.lows[into] = block[partFloats + at] ?? NaN
          slice.highs[into] = block[2 * partFloats + at] ?? NaN
        }
      }
      filled += end - start
    }
    if (!isOpen) return slice
    slice.times[filled] = this.#openTime
    for (const [index, column] of columns.entries()) {
      const at = index * length + filled
      slice.values[at] = this.#open.mean(column)
      slice.lows[at] = this.#open.low(column)
      slice.highs[at] = this.#open.high(column)
    }
    return slice
  }

  /** Lets the oldest segment go; the bytes that it gives back, 0 where only the newest is left. */
  evict(): number {
    if (this.#segments.length < 2) return 0
    const gone = this.#segments.shift()
    return blockBytes * (gone?.blocks.filter((block) => block !== undefined).length ?? 0)
  }

  close(): void {
    this.#budget.unregister(this)
    for (const { blocks } of [...this.#segments.splice(0), this.#next]) {
      this.#budget.give(blockBytes * blocks.filter((block) => block !== undefined).length)
    }
  }

  #complete(): void {
    if (this.#open.count === 0) return
    this.#keep()
    this.#open.clear()
    while (this.#segments.length > 1 && this.#isPast(this.#segments[0])) this.#budget.give(this.evict())
  }

  #isPast(segment: Segment | undefined): boolean {
    return (
      segment !== undefined &&
      (segment.times[segment.count - 1] ?? Infinity) < this.#openTime - this.options.horizon
    )
  }

  #keep(): void {
    let segment = this.#segments.at(-1)
    if (!segment || segment.count === segmentBuckets) {
      segment = this.#next
      this.#segments.push(segment)
      this.#next = newSegment()
    }
    const at = segment.count++
    segment.times[at] = this.#openTime
    for (let first = 0; first < this.#open.columns; first += blockColumns) this.#keepBlock(segment, first, at)
  }

  #keepBlock(segment: Segment, first: number, at: number): void {
    const number = first / blockColumns
    const end = Math.min(first + blockColumns, this.#open.columns)
    let block = segment.blocks[number]
    if (!block) {
      if (!this.#open.hasValue(first, end)) return
      block = segment.blocks[number] = this.#newBlock()
      if (!block) return
    }
    this.#open.copy(first, end, block, at * blockColumns, partFloats)
  }

  #newBlock(): Float32Array | undefined {
    return this.#budget.take(blockBytes) ? new Float32Array(blockFloats).fill(NaN) : undefined
  }

  #makeAhead(): void {
    const newest = this.#segments.at(-1)
    if (!newest || newest.count < segmentBuckets / 2) return
    let made = 0
    for (let number = 0; number < newest.blocks.length && made < madeAhead; number++) {
      if (!newest.blocks[number] || this.#next.blocks[number]) continue
      this.#next.blocks[number] = this.#newBlock()
      made++
    }
  }

  #partsWithin(from: number, to: number): { segment: Segment; start: number; end: number }[] {
    const parts: { segment: Segment; start: number; end: number }[] = []
    for (const segment of this.#segments) {
      const times = segment.times.subarray(0, segment.count)
      if ((times.at(-1) ?? -Infinity) < from || (times[0] ?? Infinity) > to) continue
      const start = firstAtOrAfter(times, from)
      const after = firstAtOrAfter(times, to)
      const end = times[after] === to ? after + 1 : after
      if (end > start) parts.push({ segment, start, end })
    }
    return parts
  }
}

/** Index of the first time that is not before `time`. */
export function firstAtOrAfter(times: Float64Array, time: number): number {
  let low = 0
  let high = times.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((times[middle] ?? Infinity) < time) low = middle + 1
    else high = middle
  }
  return low
}

const newSegment = (): Segment => ({ times: new Float64Array(segmentBuckets), count: 0, blocks: [] })
