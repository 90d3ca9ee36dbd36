import type { ShownRow } from './rows-decode'
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

const columns = ['time', 'host', 'source', 'level', 'text'] as const

/** First line of a file; empty where the format has none. */
export const exportHead = (format: ExportFormat): string =>
  format === 'csv' ? `${columns.join(',')}\r\n` : ''

/** One row with its line end. */
export function exportLine(row: ExportedRow, format: ExportFormat): string {
  if (format === 'text') return `${row.text}\n`
  if (format === 'ndjson') return `${JSON.stringify(row)}\n`
  return `${columns.map((column) => quoted(neutral(row[column]))).join(',')}\r\n`
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
}

/** Rows read at a time: small enough for long ones, and for the engine's other work. */
const portion = 500
const wholeRow = 65_536

/** Reads rows of a view and writes them as text; null where it was cancelled or the view has gone. */
export async function exportRows(view: RowsView, wishes: ExportWishes): Promise<Exported | null> {
  const { format, end, redacted, signal, describe, progress } = wishes
  const parts = [exportHead(format)]
  let [rows, removed] = [0, 0]
  const of = end - wishes.from
  for (let from = wishes.from; from < end; from += portion) {
    const read = await view.read(from, Math.min(portion, end - from), { maxBytes: wholeRow, signal })
    if (read === null || signal.aborted) return null
    let part = ''
    for (const row of read) {
      const told = describe(row)
      const clean = redacted ? redact(told.text) : { text: told.text, count: 0 }
      removed += clean.count
      rows++
      part += exportLine({ ...told, text: clean.text }, format)
    }
    parts.push(part)
    progress(Math.min(of, from - wishes.from + portion), of)
  }
  return { parts, rows, removed }
}
