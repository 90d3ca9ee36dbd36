/** Sum, count, least and greatest of each column; values that are missing count for nothing. */
export class Accumulator {
  #sums = new Float64Array(0)
  #counts = new Float64Array(0)
  #lows = new Float64Array(0)
  #highs = new Float64Array(0)
  #columns = 0
  #count = 0

  get columns(): number {
    return this.#columns
  }

  /** Samples since the last clear, also those without any value. */
  get count(): number {
    return this.#count
  }

  mean(column: number): number {
    const count = this.#counts[column] ?? 0
    return count === 0 ? NaN : (this.#sums[column] ?? NaN) / count
  }

  low(column: number): number {
    return (this.#counts[column] ?? 0) === 0 ? NaN : (this.#lows[column] ?? NaN)
  }

  high(column: number): number {
    return (this.#counts[column] ?? 0) === 0 ? NaN : (this.#highs[column] ?? NaN)
  }

  hasValue(from: number, to: number): boolean {
    for (let column = from; column < to; column++) if ((this.#counts[column] ?? 0) > 0) return true
    return false
  }

  /** One sample in place of what there was. */
  set(values: Float64Array, columns: number): void {
    this.clear()
    this.#reserve(columns)
    for (let column = 0; column < columns; column++) {
      const value = values[column] ?? NaN
      if (Number.isNaN(value)) continue
      this.#sums[column] = this.#lows[column] = this.#highs[column] = value
      this.#counts[column] = 1
    }
    this.#count = 1
  }

  merge(other: Accumulator): void {
    this.#reserve(other.#columns)
    this.#count += other.#count
    for (let column = 0; column < other.#columns; column++) {
      const count = other.#counts[column] ?? 0
      if (count === 0) continue
      const isFirst = this.#counts[column] === 0
      const low = other.#lows[column] ?? NaN
      const high = other.#highs[column] ?? NaN
      this.#sums[column] = (this.#sums[column] ?? 0) + (other.#sums[column] ?? 0)
      this.#counts[column] = (this.#counts[column] ?? 0) + count
      if (isFirst || low < (this.#lows[column] ?? NaN)) this.#lows[column] = low
      if (isFirst || high > (this.#highs[column] ?? NaN)) this.#highs[column] = high
    }
  }

  clear(): void {
    this.#sums.fill(0)
    this.#counts.fill(0)
    this.#count = 0
  }

  clearColumn(column: number): void {
    if (column < this.#columns) this.#sums[column] = this.#counts[column] = 0
  }

  #reserve(columns: number): void {
    if (columns <= this.#columns) return
    this.#columns = columns
    if (columns <= this.#sums.length) return
    const grow = (array: Float64Array): Float64Array<ArrayBuffer> => {
      const larger = new Float64Array(Math.max(16, columns * 2))
      larger.set(array)
      return larger
    }
    this.#sums = grow(this.#sums)
    this.#counts = grow(this.#counts)
    this.#lows = grow(this.#lows)
    this.#highs = grow(this.#highs)
  }
}
