import type { CounterTable } from './counter-table'
import { ByteScanner } from './scanner'

/**
 * Columns of /proc/diskstats after major, minor and name (Documentation/admin-guide/iostats.rst).
 * Discards exist since Linux 4.18, flushes since 5.5; sectors are 512 bytes whatever the device's own.
 */
export const diskStat = {
  reads: 0,
  readsMerged: 1,
  sectorsRead: 2,
  readMilliseconds: 3,
  writes: 4,
  writesMerged: 5,
  sectorsWritten: 6,
  writeMilliseconds: 7,
  inFlight: 8,
  busyMilliseconds: 9,
  weightedMilliseconds: 10,
  discards: 11,
  discardsMerged: 12,
  sectorsDiscarded: 13,
  discardMilliseconds: 14,
  flushes: 15,
  flushMilliseconds: 16,
} as const

export const diskStatWidth = 17

/** Partitions before Linux 2.6.25 have four fields only. */
const shortColumns = [diskStat.reads, diskStat.sectorsRead, diskStat.writes, diskStat.sectorsWritten] as const

const scanner = new ByteScanner()
const fields = new Float64Array(diskStatWidth)

/** Fills a table of width {@link diskStatWidth}, a row for each line that has a name. */
export function parseDiskStats(bytes: Uint8Array, table: CounterTable): void {
  table.clear()
  scanner.reset(bytes)
  while (!scanner.atEnd) {
    scanner.integer()
    scanner.integer()
    scanner.skipBlanks()
    const start = scanner.position
    const row = table.addRow(bytes, start, scanner.skipField())
    if (row >= 0) readFields(table, row)
    scanner.nextLine()
  }
}

function readFields(table: CounterTable, row: number): void {
  let count = 0
  while (count < diskStatWidth && scanner.hasField()) fields[count++] = scanner.integer()
  if (count === shortColumns.length) {
    shortColumns.forEach((column, index) => table.set(row, column, fields[index] ?? NaN))
    return
  }
  for (let column = 0; column < count; column++) table.set(row, column, fields[column] ?? NaN)
}
