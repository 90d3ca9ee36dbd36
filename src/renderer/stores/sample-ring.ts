/**
 * The newest points of one series, ascending in time, in arrays that are allocated once.
 * Old points leave at the front; the rest moves only when the end is reached, so `times` and the others
 * are views on flat arrays that a chart can read as they are.
 */
export class SampleRing {
  #times: Float64Array<ArrayBuffer>
  /** Values, and once a point differs from its least and greatest, those. */
  #columns: Float32Array<ArrayBuffer>[]
  #start = 0
  #end = 0

  /** `expected` samples are held without moving memory more than once in as many appends. */
  constructor(expected: number) {
    this.#times = new Float64Array(expected * 2)
    this.#columns = [new Float32Array(expected * 2)]
  }

  get length(): number {
    return this.#end - this.#start
  }

  get times(): Float64Array {
    return this.#times.subarray(this.#start, this.#end)
  }

  get values(): Float32Array {
    return this.#column(0) ?? new Float32Array()
  }

  /** Least of what each point stands for; null where all points are single samples. */
  get lows(): Float32Array | null {
    return this.#column(1)
  }

  /** The same for the greatest. */
  get highs(): Float32Array | null {
    return this.#column(2)
  }

  /** Time of the newest sample; null when there is none. */
  get newest(): number | null {
    return this.length === 0 ? null : (this.#times[this.#end - 1] ?? null)
  }

  /** Value of the newest sample, NaN where it is missing; null when there is no sample. */
  get latest(): number | null {
    return this.length === 0 ? null : (this.#columns[0]?.[this.#end - 1] ?? null)
  }

  /** Whether there is no value in any sample. */
  get blank(): boolean {
    return this.values.every(Number.isNaN)
  }

  /** Time of the oldest sample; null when there is none. */
  get oldest(): number | null {
    return this.length === 0 ? null : (this.#times[this.#start] ?? null)
  }

  clear(): void {
    this.#start = this.#end = 0
    this.#columns.splice(1)
  }

  /** `time` is after the newest one: the engine keeps each group's timeline ascending. */
  append(time: number, value: number): void {
    if (this.#end === this.#times.length) this.#makeRoom()
    this.#times[this.#end] = time
    for (const column of this.#columns) column[this.#end] = value
    this.#end++
  }

  /** A point that stands for several samples. */
  appendRolledUp(time: number, value: number, low: number, high: number): void {
    const [values] = this.#columns
    if (this.#columns.length === 1 && values) this.#columns.push(values.slice(), values.slice())
    this.append(time, value)
    const [, lows, highs] = this.#columns
    if (lows) lows[this.#end - 1] = low
    if (highs) highs[this.#end - 1] = high
  }

  /** Drops samples before `time`, but for the last of them: a line needs it to reach the edge. */
  dropBefore(time: number): void {
    while (this.#start + 1 < this.#end && (this.#times[this.#start + 1] ?? Infinity) <= time) this.#start++
  }

  /** Drops samples at or after `time`. */
  dropSince(time: number): void {
    while (this.#end > this.#start && (this.#times[this.#end - 1] ?? -Infinity) >= time) this.#end--
  }

  #column(at: number): Float32Array | null {
    return this.#columns[at]?.subarray(this.#start, this.#end) ?? null
  }

  #makeRoom(): void {
    if (this.length > this.#times.length / 2) {
      const size = this.#times.length * 2
      const times = new Float64Array(size)
      times.set(this.times)
      this.#times = times
      this.#columns = this.#columns.map((column) => {
        const larger = new Float32Array(size)
        larger.set(column.subarray(this.#start, this.#end))
        return larger
      })
    } else {
      this.#times.copyWithin(0, this.#start, this.#end)
      for (const column of this.#columns) column.copyWithin(0, this.#start, this.#end)
    }
    this.#end = this.length
    this.#start = 0
  }
}
