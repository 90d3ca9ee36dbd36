import { equalBytes } from './names'
import { ByteScanner } from './scanner'

const encoder = new TextEncoder()
const some = encoder.encode('some')
const full = encoder.encode('full')
const total = encoder.encode('total=')
const scanner = new ByteScanner()

/**
 * A file of /proc/pressure (Documentation/accounting/psi.rst): microseconds since boot in which some task,
 * or every task that was not idle, waited. NaN where the file has no such line.
 */
export class Pressure {
  some = NaN
  full = NaN

  clear(): void {
    this.some = NaN
    this.full = NaN
  }

  parse(bytes: Uint8Array): void {
    this.clear()
    scanner.reset(bytes)
    while (!scanner.atEnd) {
      const start = scanner.position
      const end = scanner.skipField()
      if (equalBytes(bytes, start, end, some)) this.some = totalOfLine(bytes)
      else if (equalBytes(bytes, start, end, full)) this.full = totalOfLine(bytes)
      scanner.nextLine()
    }
  }
}

function totalOfLine(bytes: Uint8Array): number {
  while (scanner.hasField()) {
    const start = scanner.position
    if (equalBytes(bytes, start, Math.min(start + total.length, bytes.length), total)) {
      scanner.position += total.length
      return scanner.integer()
    }
    scanner.skipField()
  }
  return NaN
}
