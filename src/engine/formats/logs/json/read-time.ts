import { byte, decimal, isDigit, isLetter, textOf } from '../bytes'
import type { TimeResolver } from '../time/resolver'

/** Reads the time of a value (a number, or a text with its quotes or without) into `times`; NaN where it is none. */
export function readTime(bytes: Uint8Array, start: number, end: number, times: TimeResolver): number {
  const quoted = bytes[start] === byte.quote
  const from = quoted ? start + 1 : start
  const to = quoted && end - start >= 2 && bytes[end - 1] === byte.quote ? end - 1 : end
  const first = from < to ? (bytes[from] ?? 0) : 0
  if (isDigit(first)) {
    if (times.isoStamp(bytes, from, to) > 0) return times.time
    return times.epoch(number(bytes, from, to))
  }
  return isLetter(first) && times.syslogStamp(bytes, from, to) > 0 ? times.time : NaN
}

function number(bytes: Uint8Array, start: number, end: number): number {
  const value = decimal(bytes, start, end)
  // Exponents are rare enough for a string.
  return Number.isNaN(value) && end - start < 32 ? Number(textOf(bytes, start, end)) : value
}
