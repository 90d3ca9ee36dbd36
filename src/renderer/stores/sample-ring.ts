/**
 * The newest samples of one series, ascending in time, in arrays that are allocated once.
 * Old samples leave at the front; the rest moves only when the end is reached, so `times` and `values`
 * are views on flat arrays that a chart can read as they are.
 */
export class SampleRing {
  #times: Float64Array<ArrayBuffer>
  #values: Float32Array<ArrayBuffer>
  #start = 0
  #end = 0

  /** `expected` samples are held without moving memory more than once in as many appends. */
  constructor(expected: number) {
    this.#times = new Float64Array(expected * 2)
    this.#values = new Float32Array(expected * 2)
  }

  get length(): number {
    return this.#end - this.#start
  }

  get times(): Float64Array {
    return this.#times.subarray(this.#start, this.#end)
  }

  get values(): Float32Array {
    return this.#values.subarray(this.#start, this.#end)
  }

  /** Time of the newest sample; null when there is none. */
  get newest(): number | null {
    return this.length === 0 ? null : (this.#times[this.#end - 1] ?? null)
  }

  /** Value of the newest sample, NaN where it is missing; null when there is no sample. */
  get latest(): number | null {
    return this.length === 0 ? null : (this.#values[this.#end - 1] ?? null)
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
  }

  /** `time` is after the newest one: the engine keeps each group's timeline ascending. */
  append(time: number, value: number): void {
    if (this.#end === this.#times.length) this.#makeRoom()
    this.#times[this.#end] = time
    this.#values[this.#end] = value
    this.#end++
  }

  /** Drops samples before `time`, but for the last of them: a line needs it to reach the edge. */
  dropBefore(time: number): void {
    while (this.#start + 1 < this.#end && (this.#times[this.#start + 1] ?? Infinity) <= time) this.#start++
  }

  #makeRoom(): void {
    if (this.length > this.#times.length / 2) {
      const times = new Float64Array(this.#times.length * 2)
      const values = new Float32Array(this.#times.length * 2)
      times.set(this.times)
      values.set(this.values)
      this.#times = times
      this.#values = values
    } else {
      this.#times.copyWithin(0, this.#start, this.#end)
      this.#values.copyWithin(0, this.#start, this.#end)
    }
    this.#end = this.length
    this.#start = 0
  }
}
