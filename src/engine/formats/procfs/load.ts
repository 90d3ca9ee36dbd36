import { ByteScanner } from './scanner'

const scanner = new ByteScanner()

/** /proc/loadavg: the number of runnable and uninterruptible tasks, averaged over 1, 5 and 15 minutes. */
export class LoadAverage {
  one = NaN
  five = NaN
  fifteen = NaN

  clear(): void {
    this.one = NaN
    this.five = NaN
    this.fifteen = NaN
  }

  parse(bytes: Uint8Array): void {
    scanner.reset(bytes)
    this.one = scanner.decimal()
    this.five = scanner.decimal()
    this.fifteen = scanner.decimal()
  }
}

/** /proc/uptime: seconds since boot, NaN for anything else. */
export function parseUptime(bytes: Uint8Array): number {
  scanner.reset(bytes)
  return scanner.decimal()
}
