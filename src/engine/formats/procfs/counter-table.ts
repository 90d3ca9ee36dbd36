import { equalBytes, textOf } from './names'

/** The kernel's names of devices and interfaces are shorter (16 and 32 bytes); a longer one is damage. */
const longestName = 128

/**
 * Rows of named counters (one for each device, interface or core), used again for every sample:
 * where a line has the same name as at the last sample, no string is made.
 */
export class CounterTable {
  readonly width: number
  rows = 0
  readonly #names: string[] = []
  readonly #nameBytes: Uint8Array[] = []
  #values: Float64Array

  constructor(width: number) {
    this.width = width
    this.#values = new Float64Array(width * 8)
  }

  clear(): void {
    this.rows = 0
  }

  /** Adds a row of NaN for the name in bytes[start, end); returns its index, or -1 where that is no name. */
  addRow(bytes: Uint8Array, start: number, end: number): number {
    if (end <= start || end - start > longestName) return -1
    const row = this.rows++
    const known = this.#nameBytes[row]
    if (known === undefined || !equalBytes(bytes, start, end, known)) {
      this.#nameBytes[row] = bytes.slice(start, end)
      this.#names[row] = textOf(bytes, start, end)
    }
    const offset = row * this.width
    if (offset + this.width > this.#values.length) this.#grow()
    this.#values.fill(NaN, offset, offset + this.width)
    return row
  }

  set(row: number, column: number, value: number): void {
    this.#values[row * this.width + column] = value
  }

  /** NaN for what the line did not have, and for rows that do not exist. */
  get(row: number, column: number): number {
    if (row < 0 || row >= this.rows) return NaN
    return this.#values[row * this.width + column] ?? NaN
  }

  name(row: number): string {
    return this.#names[row] ?? ''
  }

  #grow(): void {
    const grown = new Float64Array(this.#values.length * 2)
    grown.set(this.#values)
    this.#values = grown
  }
}

/** A place in a table, moved from row to row. */
export class CounterRow {
  readonly table: CounterTable
  index = -1

  constructor(table: CounterTable) {
    this.table = table
  }

  at(column: number): number {
    return this.table.get(this.index, column)
  }
}
