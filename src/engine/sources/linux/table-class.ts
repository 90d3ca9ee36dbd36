import { CounterRow, type CounterTable } from '../../formats/procfs/counter-table'
import type { HostFile } from './host-file'
import { InstanceSet, type InstanceSetOptions } from './instances'

export interface TableClassOptions extends InstanceSetOptions<CounterRow> {
  readonly file: HostFile
  readonly table: CounterTable
  readonly parse: (bytes: Uint8Array) => void
  /** Whether a row is an instance of the class. */
  readonly published?: (row: CounterRow) => boolean
}

/** A class whose instances are the rows of one file. */
export class TableClass {
  readonly file: HostFile
  readonly #options: TableClassOptions
  readonly #instances: InstanceSet<CounterRow>
  readonly #row: CounterRow

  constructor(options: TableClassOptions) {
    this.file = options.file
    this.#options = options
    this.#instances = new InstanceSet(options)
    this.#row = new CounterRow(options.table)
  }

  /** Takes the file's content; instances come and go by it. Where it could not be read all stay, without values. */
  parse(): void {
    const { table, parse, published } = this.#options
    const content = this.file.content
    if (content === null) return table.clear()
    parse(content)
    for (const row of this.#rows()) {
      if (published === undefined || published(row)) this.#instances.see(table.name(row.index), row)
    }
    this.#instances.sweep()
  }

  write(): void {
    for (const row of this.#rows()) this.#instances.write(this.#options.table.name(row.index), row)
  }

  *#rows(): Iterable<CounterRow> {
    for (let index = 0; index < this.#options.table.rows; index++) {
      this.#row.index = index
      yield this.#row
    }
  }
}
