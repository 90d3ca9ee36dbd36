import { byte, bytesOf, decimal, isDigit, skipSpaces, startsWith } from './bytes'
import type { LineHead } from './format'
import { setHead } from './format'
import { guessSeverity } from './severity-guess'
import { unknownSeverity } from './severity'
import { createSyslogPlaces, scanPriority, stampLength } from './syslog/header'
import { severityOfPriority } from './syslog/severity'
import type { TimeResolver } from './time/resolver'

const places = createSyslogPlaces()

/** First lines of a part of a stack trace that are not indented (Java, Python). */
const traceStarts = [
  'Caused by: ',
  'Suppressed: ',
  'Traceback (most recent call last)',
  'During handling of the above exception',
  'The above exception was the direct cause',
].map(bytesOf)

function continuesRecord(bytes: Uint8Array, start: number, end: number): boolean {
  const first = bytes[start]
  if (start >= end || first === byte.space || first === byte.tab) return true
  return traceStarts.some((text) => startsWith(bytes, start, end, text))
}

/** A timestamp that a plain line begins with. */
export const plainStamp = { start: -1, end: -1, uptime: false }

/** Finds an RFC 3164 or ISO stamp, also in brackets, seconds since the epoch, or the kernel's `[12345.678]`. */
export function scanPlainStamp(bytes: Uint8Array, start: number, end: number): boolean {
  let at = scanPriority(bytes, start, end, places)
  const bracket = at < end && bytes[at] === byte.openSquare
  if (bracket) at = skipSpaces(bytes, at + 1, end)
  const length = stampLength(bytes, at, end)
  plainStamp.uptime = false
  plainStamp.start = at
  plainStamp.end = at + length
  if (length > 0) return true
  let next = at
  while (next < end && (isDigit(bytes[next] ?? 0) || bytes[next] === byte.dot)) next++
  plainStamp.end = next
  if (Number.isNaN(decimal(bytes, at, next))) return false
  if (bracket) {
    // The kernel prints six digits of the fraction; `[7]` is anything.
    plainStamp.uptime = next < end && bytes[next] === byte.closeSquare && hasFraction(bytes, at, next)
    return plainStamp.uptime
  }
  return isEpoch(bytes, at, next) && (next === end || bytes[next] === byte.space)
}

function hasFraction(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (bytes[at] === byte.dot) return end - at > 3
  return false
}

/** Ten digits with a fraction, or thirteen: seconds or milliseconds of this century. Fewer may be anything. */
function isEpoch(bytes: Uint8Array, start: number, end: number): boolean {
  const first = bytes[start]
  if (first !== byte.zero + 1 && first !== byte.zero + 2) return false
  if (end - start === 13) return Number.isInteger(decimal(bytes, start, end))
  return end - start > 11 && bytes[start + 10] === byte.dot
}

/** Head of a line without a format of its own. */
export function plainHead(
  bytes: Uint8Array,
  start: number,
  end: number,
  times: TimeResolver,
  out: LineHead,
): void {
  if (continuesRecord(bytes, start, end)) {
    setHead(out, NaN, unknownSeverity, true, 'none')
    return
  }
  if (!scanPlainStamp(bytes, start, end)) {
    const severity = places.priorityStart < 0 ? guessSeverity(bytes, start, end) : prioritySeverity(bytes)
    // In a file whose records begin with their time, a line without one is not the beginning of a record.
    setHead(out, NaN, severity, times.seen && severity === unknownSeverity, 'none')
    return
  }
  const { start: at, end: to, uptime } = plainStamp
  if (uptime) times.sinceBoot(decimal(bytes, at, to))
  else if (times.stamp(bytes, at, end) === 0) times.epoch(decimal(bytes, at, to))
  const severity =
    places.priorityStart < 0 ? guessSeverity(bytes, plainStamp.start, end) : prioritySeverity(bytes)
  setHead(out, times.time, severity, false, Number.isNaN(times.time) ? 'none' : times.assumed)
}

const prioritySeverity = (bytes: Uint8Array): number =>
  severityOfPriority(bytes, places.priorityStart, places.priorityEnd)
