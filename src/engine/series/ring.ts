/** Samples from sequence `first` on, oldest first. Column-major, as in a `Slice`. */
export interface RingSlice {
  readonly first: number
  readonly times: Float64Array
  readonly values: Float32Array
}

/**
 * Columns of samples over one shared timeline, the newest `capacity` of them.
 * Each sample has a sequence number from 0; NaN is a missing value. 4 bytes a value, 8 a time.
 */
export class SampleRing {
  readonly capacity: number
  readonly #times: Float64Array
  readonly #columns: Float32Array[] = []
  #next = 0

  constructor(capacity: number) {
    this.capacity = capacity
    this.#times = new Float64Array(capacity)
  }

  /** Sequence number that the next sample gets. */
  get next(): number {
    return this.#next
  }

  /** Sequence number of the oldest sample kept. */
  get oldest(): number {
    return Math.max(0, this.#next - this.capacity)
  }

  get columns(): number {
    return this.#columns.length
  }

  get bytesPerColumn(): number {
    return this.capacity * Float32Array.BYTES_PER_ELEMENT
  }

  /** A column that is NaN so far; returns its position. */
  addColumn(): number {
    return this.#columns.push(new Float32Array(this.capacity).fill(NaN)) - 1
  }

  /** Forgets what a column held, for its next owner. */
  clearColumn(column: number): void {
    this.#columns[column]?.fill(NaN)
  }

  append(time: number, values: Float64Array): void {
    const at = this.#next++ % this.capacity
    this.#times[at] = time
    for (let column = 0; column < this.#columns.length; column++) {
      const cells = this.#columns[column]
      if (cells) cells[at] = values[column] ?? NaN
    }
  }

  timeOf(sequence: number): number {
    return sequence >= this.oldest && sequence < this.#next
      ? (this.#times[sequence % this.capacity] ?? NaN)
      : NaN
  }

  /** Sequence of the first kept sample at or after `time`; times ascend, so by bisection. */
  firstSince(time: number): number {
    let low = this.oldest
    let high = this.#next
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.timeOf(middle) < time) low = middle + 1
      else high = middle
    }
    return low
  }

  /** Copies of some columns, samples [from, to); starts later where the oldest are gone already. */
  read(columns: readonly number[], from: number, to = this.#next): RingSlice {
    const first = Math.min(Math.max(from, this.oldest), this.#next)
    const length = Math.max(0, Math.min(to, this.#next) - first)
    const times = new Float64Array(length)
    const values = new Float32Array(length * columns.length)
    const start = first % this.capacity
    const head = Math.min(length, this.capacity - start)
    times.set(this.#times.subarray(start, start + head))
    times.set(this.#times.subarray(0, length - head), head)
    columns.forEach((column, index) => {
      const cells = this.#columns[column]
      if (!cells) return values.fill(NaN, index * length, (index + 1) * length)
      values.set(cells.subarray(start, start + head), index * length)
      return values.set(cells.subarray(0, length - head), index * length + head)
    })
    return { first, times, values }
  }
}
