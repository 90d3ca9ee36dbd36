import { setImmediate as nextTurn } from 'node:timers/promises'
import type { HistoricSeries } from '../../history-sink'
import type { NoteColumn, NoteTable } from './note-table'

/** Intervals of the same collector differ by a second or two. */
const sameInterval = 0.1
/** Values that are joined in one go: less than a millisecond. */
const valuesInTurn = 65_536

interface Row {
  readonly time: number
  /** Position of the table; -1 for a restart of the host, which is a gap in all metrics. */
  readonly table: number
  /** Position of the record in it. */
  readonly at: number
}

/** The archives of several days as one series for each metric, or one for each interval where that was changed. */
export async function joinTables(tables: readonly NoteTable[]): Promise<HistoricSeries[]> {
  const groups: { interval: number; tables: NoteTable[] }[] = []
  for (const table of tables) {
    const interval = median(table.intervals)
    if (interval === null) continue
    const group = groups.find((each) => Math.abs(each.interval - interval) <= sameInterval * each.interval)
    if (group) group.tables.push(table)
    else groups.push({ interval, tables: [table] })
  }
  const series: HistoricSeries[] = []
  for (const group of groups) await joinGroup(group.tables, group.interval, series)
  return series
}

function median(values: readonly number[]): number | null {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? null
}

async function joinGroup(
  tables: readonly NoteTable[],
  interval: number,
  into: HistoricSeries[],
): Promise<void> {
  const rows = rowsOf(tables)
  const times = Float64Array.from(rows, ({ time }) => time)
  const columns = new Map<string, NoteColumn>()
  for (const table of tables) for (const [key, column] of table.columns) columns.set(key, column)
  let inTurn = 0
  for (const [key, { address }] of columns) {
    into.push({ address, interval, times, values: valuesOf(rows, tables, key) })
    inTurn += rows.length
    if (inTurn < valuesInTurn) continue
    inTurn = 0
    await nextTurn()
  }
}

function valuesOf(rows: readonly Row[], tables: readonly NoteTable[], key: string): Float32Array {
  const parts = tables.map((table) => table.columns.get(key)?.values)
  const values = new Float32Array(rows.length)
  for (let index = 0; index < rows.length; index++) {
    const row = rows[index]
    values[index] = (row && parts[row.table]?.[row.at]) ?? NaN
  }
  return values
}

/** By time, each once: an archive may lie there under two names. */
function rowsOf(tables: readonly NoteTable[]): Row[] {
  const rows = tables.flatMap((table, position): Row[] => [
    // A record of the same second was before it.
    ...table.restarts.map((time) => ({ time: time + 1, table: -1, at: -1 })),
    ...table.times.map((time, at) => ({ time, table: position, at })),
  ])
  rows.sort((a, b) => a.time - b.time)
  return rows.filter(({ time }, index) => index === 0 || time > (rows[index - 1]?.time ?? -Infinity))
}
