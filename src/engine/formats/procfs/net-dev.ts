import type { CounterTable } from './counter-table'
import { ByteScanner } from './scanner'

/** Columns of /proc/net/dev after the name (net/core/net-procfs.c). */
export const netDev = {
  receiveBytes: 0,
  receivePackets: 1,
  receiveErrors: 2,
  receiveDrops: 3,
  transmitBytes: 8,
  transmitPackets: 9,
  transmitErrors: 10,
  transmitDrops: 11,
} as const

export const netDevWidth = 16

const colon = 58
const scanner = new ByteScanner()

/**
 * Fills a table of width {@link netDevWidth}, a row for each interface. The name ends at the line's last colon:
 * a number may follow without a blank, and the alias names of old kernels hold a colon themselves.
 */
export function parseNetDev(bytes: Uint8Array, table: CounterTable): void {
  table.clear()
  scanner.reset(bytes)
  while (!scanner.atEnd) {
    scanner.skipBlanks()
    const start = scanner.position
    const lineEnd = scanner.lineEnd()
    const nameEnd = lastColon(bytes, start, lineEnd)
    const row = nameEnd < 0 ? -1 : table.addRow(bytes, start, nameEnd)
    if (row >= 0) {
      scanner.position = nameEnd + 1
      for (let column = 0; column < netDevWidth && scanner.hasField(); column++) {
        table.set(row, column, scanner.integer())
      }
    }
    scanner.position = lineEnd + 1
  }
}

function lastColon(bytes: Uint8Array, start: number, end: number): number {
  for (let at = end - 1; at > start; at--) if (bytes[at] === colon) return at
  return -1
}
