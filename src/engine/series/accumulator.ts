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

  add(values: Float64Array, columns: number): void {
    this.#reserve(columns)
    this.#count++
    const sums = this.#sums
    const counts = this.#counts
    const lows = this.#lows
    const highs = this.#highs
    for (let column = 0; column < columns; column++) {
      const value = values[column] ?? NaN
      if (Number.isNaN(value)) continue
      const count = counts[column] ?? 0
      counts[column] = count + 1
      sums[column] = (sums[column] ?? 0) + value
      if (count === 0 || value < (lows[column] ?? NaN)) lows[column] = value
      if (count === 0 || value > (highs[column] ?? NaN)) highs[column] = value
    }
  }

  /** Means, least and greatest of columns [from, to), from `at`, `at + part` and `at + 2 * part` on. */
  copy(from: number, to: number, into: Float32Array, at: number, part: number): void {
    for (let column = from; column < to; column++) {
      const place = at + column - from
      into[place] = this.mean(column)
      into[place + part] = this.low(column)
      into[place + 2 * part] = this.high(column)
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
