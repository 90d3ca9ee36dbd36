import type { Units } from '@shared/model/metrics'
import { statistics, type Statistics } from './samples'
import type { Line } from './lines'

export const figures = ['min', 'avg', 'max', 'last'] as const
export type Figure = (typeof figures)[number]
export type SortKey = 'name' | 'host' | Figure
export interface Order {
  readonly by: SortKey
  readonly descending: boolean
}

export interface TableRow extends Statistics {
  readonly line: Line
  readonly name: string
  readonly host: string
}

export const rowsOf = (lines: readonly Line[], from: number, to: number): TableRow[] =>
  lines.map((line) => ({ line, name: line.name, host: line.host, ...statistics(line.series, from, to) }))

const text = new Intl.Collator('en', { numeric: true })

/** Missing ones last, whichever way; null is the order in which they were added. */
export function sorted(rows: readonly TableRow[], order: Order | null): TableRow[] {
  if (!order) return [...rows]
  const { by, descending } = order
  return [...rows].sort((a, b) => {
    const [one, other] = [a[by], b[by]]
    if (one === null || other === null) return Number(one === null) - Number(other === null)
    const compared =
      typeof one === 'number' && typeof other === 'number'
        ? one - other
        : text.compare(String(one), String(other))
    return descending ? -compared : compared
  })
}

/** Numbers begin with the greatest, names with the first; the same again turns it, and a third time ends it. */
export function nextOrder(now: Order | null, by: SortKey): Order | null {
  const first = by !== 'name' && by !== 'host'
  if (now?.by !== by) return { by, descending: first }
  return now.descending === first ? { by, descending: !first } : null
}

/** As many digits as single precision holds. */
export const plainNumber = (value: number | null): string =>
  value === null || !Number.isFinite(value) ? '' : String(Number(value.toPrecision(7)))

const unitName = (units: Units): string => (units === '' ? '' : ` (${units})`)
/** A name from a host in one cell of one line. */
const cell = (name: string): string => name.replace(/[\t\r\n]+/g, ' ')

/** For a spreadsheet or a ticket: columns apart by tabs, values in base units. */
export function tableText(rows: readonly TableRow[]): string {
  const lines = rows.map((row) =>
    [
      cell(row.name) + unitName(row.line.units),
      cell(row.host),
      ...figures.map((one) => plainNumber(row[one])),
    ].join('\t'),
  )
  return `${[['metric', 'host', ...figures].join('\t'), ...lines].join('\n')}\n`
}
