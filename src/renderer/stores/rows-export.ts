import { sameRow, type ShownRow } from './rows-decode'
import { redact } from './rows-redact'
import type { RowsView } from './rows-view'

export const exportFormats = ['text', 'ndjson', 'csv'] as const
export type ExportFormat = (typeof exportFormats)[number]

export interface ExportedRow {
  /** ISO, UTC. */
  readonly time: string
  readonly host: string
  readonly source: string
  readonly level: string
  readonly text: string
}

/** A cell that a spreadsheet would run as a formula begins with an apostrophe instead. */
const neutral = (cell: string): string => (/^[=+\-@\t\r\n|%]/.test(cell) ? `'${cell}` : cell)
const quoted = (cell: string): string => (/["\r\n,;\t]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)

/** A text from a host as a cell. */
export const csvCell = (text: string): string => quoted(neutral(text))

const columns = ['time', 'host', 'source', 'level', 'text'] as const

/** First line of a file; empty where the format has none. */
export const exportHead = (format: ExportFormat): string =>
  format === 'csv' ? `${columns.join(',')}\r\n` : ''

/** One row with its line end. */
export function exportLine(row: ExportedRow, format: ExportFormat): string {
  if (format === 'text') return `${row.text}\n`
  if (format === 'ndjson') return `${JSON.stringify(row)}\n`
  return `${columns.map((column) => csvCell(row[column])).join(',')}\r\n`
}

export interface ExportWishes {
  readonly format: ExportFormat
  /** Positions, the second one not included. */
  readonly from: number
  readonly end: number
  readonly redacted: boolean
  readonly signal: AbortSignal
  readonly describe: (row: ShownRow) => ExportedRow
  readonly progress: (done: number, of: number) => void
}

export interface Exported {
  readonly parts: readonly string[]
  readonly rows: number
  /** Secrets that were taken out. */
  readonly removed: number
  /** Rows of the range that were let go before they were read. */
  readonly missing: number
}

/** Rows read at a time: small enough for long ones, and for the engine's other work. */
const portion = 500
const wholeRow = 65_536
/** Searches for a row that moves, and rows before its place that each of them looks at besides. */
const mostAttempts = 5
const margin = 50

/**
 * Reads rows of a view and writes them as text; null where it was cancelled or the view has gone. They are those that
 * were there at the start, however rows come and go and move meanwhile.
 */
export async function exportRows(view: RowsView, wishes: ExportWishes): Promise<Exported | null> {
  const { format, end, redacted, signal, describe, progress } = wishes
  const parts = [exportHead(format)]
  let [rows, removed] = [0, 0]
  const of = end - wishes.from
  const reader = new SteadyReader(view, wishes)
  while (rows < of) {
    const read = await reader.next()
    if (read === null || signal.aborted) return null
    if (read.length === 0) break
    let part = ''
    for (const row of read) {
      const told = describe(row)
      const clean = redacted ? redact(told.text) : { text: told.text, count: 0 }
      removed += clean.count
      rows++
      part += exportLine({ ...told, text: clean.text }, format)
    }
    parts.push(part)
    progress(rows, of)
  }
  return { parts, rows, removed, missing: of - rows }
}

/** The rows of a range one after another. A row is known by its number, because positions change. */
class SteadyReader {
  readonly #view: RowsView
  readonly #wishes: ExportWishes
  /** Numbers that the next row of each stream had at the start, and that of its oldest row. */
  readonly #bounds: ReadonlyMap<number, { readonly next: number; readonly oldest: number }>
  /** Number of the row given last, by its stream: they ascend. */
  readonly #given = new Map<number, number>()
  #last: ShownRow | null = null
  /** The last row of the range; undefined before it is known. */
  #final: ShownRow | null | undefined = undefined
  #ended = false

  constructor(view: RowsView, wishes: ExportWishes) {
    this.#view = view
    this.#wishes = wishes
    const streams = view.update.value?.streams ?? []
    this.#bounds = new Map(
      streams.map(({ number, received, fetched }) => [number, { next: received, oldest: -fetched }]),
    )
  }

  /** Some further rows; none at the end, null where the view has gone. */
  async next(): Promise<ShownRow[] | null> {
    this.#final ??= (await this.#view.read(this.#wishes.end - 1, 1))?.[0] ?? null
    while (!this.#ended) {
      const read = await this.#read()
      if (read === null) return null
      this.#last = read.at(-1) ?? this.#last
      const wanted = read.filter((row) => this.#isWanted(row))
      for (const { stream, sequence } of wanted) this.#given.set(stream, sequence)
      this.#ended = read.length === 0 || (await this.#isOver(read, wanted.length === 0))
      if (wanted.length > 0) return wanted
    }
    return []
  }

  /** From behind the last row on, wherever that is now. */
  async #read(): Promise<ShownRow[] | null> {
    const { from, signal } = this.#wishes
    for (let attempt = 0; ; attempt++) {
      const last = this.#last
      const place = last && (await this.#view.locate(last))
      // Where the list begins after rows were let go.
      const first = place ?? Math.max(from, (await this.#view.locateTime(0)) ?? from)
      const early = attempt * margin
      const read = await this.#view.read(first - early, portion + early, { maxBytes: wholeRow, signal })
      if (read === null) return null
      const at = read.findIndex((row) => sameRow(row, last))
      if (at >= 0 && (at + 1 < read.length || read.length < portion)) return read.slice(at + 1)
      // It may have moved up between the two questions; one that was let go is nowhere.
      if (place === null || attempt >= mostAttempts) return read
    }
  }

  /** Beyond the last row of the range; where that was let go, as soon as only rows come that were not there. */
  async #isOver(read: readonly ShownRow[], nothingWanted: boolean): Promise<boolean> {
    const final = this.#final ?? null
    if (read.some((row) => sameRow(row, final))) return true
    return nothingWanted && (final === null || (await this.#view.locate(final)) === null)
  }

  #isWanted({ stream, sequence }: ShownRow): boolean {
    const bounds = this.#bounds.get(stream)
    if (!bounds || sequence >= bounds.next || sequence < bounds.oldest) return false
    return sequence > (this.#given.get(stream) ?? -Infinity)
  }
}
