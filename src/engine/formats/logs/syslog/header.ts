import { byte, bytesOf, decimal, find, isDigit, skipDigits, startsWith } from '../bytes'
import { createIsoStamp, readIsoStamp } from '../time/iso-stamp'
import { syslogStampLength } from '../time/syslog-stamp'

/** Places in a line of syslog; -1 or an empty range where the line has no such part. */
export interface SyslogPlaces {
  /** Digits between `<` and `>`. */
  priorityStart: number
  priorityEnd: number
  timeStart: number
  timeEnd: number
  hostStart: number
  hostEnd: number
  processStart: number
  processEnd: number
  pidStart: number
  pidEnd: number
  /** Count of `message repeated N times: [ ...]`. */
  repeatedStart: number
  repeatedEnd: number
  /** The message; inside the brackets where it was repeated. */
  bodyStart: number
  bodyEnd: number
}

export const createSyslogPlaces = (): SyslogPlaces => ({
  priorityStart: -1,
  priorityEnd: -1,
  timeStart: -1,
  timeEnd: -1,
  hostStart: -1,
  hostEnd: -1,
  processStart: -1,
  processEnd: -1,
  pidStart: -1,
  pidEnd: -1,
  repeatedStart: -1,
  repeatedEnd: -1,
  bodyStart: -1,
  bodyEnd: -1,
})

/** Reads `<34>` at `at`; returns the place after it (at most 191 by RFC 3164, 4.1.1), `at` where there is none. */
export function scanPriority(bytes: Uint8Array, at: number, end: number, places: SyslogPlaces): number {
  places.priorityStart = places.priorityEnd = -1
  if (at >= end || bytes[at] !== byte.less) return at
  const after = skipDigits(bytes, at + 1, Math.min(end, at + 5))
  const digits = after - at - 1
  if (digits < 1 || digits > 3 || after >= end || bytes[after] !== byte.greater) return at
  if (decimal(bytes, at + 1, after) > 191) return at
  places.priorityStart = at + 1
  places.priorityEnd = after
  return after + 1
}

const iso = createIsoStamp()

/** Length of the timestamp at `at`, RFC 3164's or rsyslog's ISO form; 0 where there is none. */
export function stampLength(bytes: Uint8Array, at: number, end: number): number {
  if (at >= end) return 0
  if (!isDigit(bytes[at] ?? 0)) return syslogStampLength(bytes, at, end)
  return readIsoStamp(bytes, at, end, iso) ? iso.length : 0
}

/**
 * Finds the parts of a line as rsyslog writes it: `[<PRI>]TIMESTAMP HOST TAG[PID]: MESSAGE` (RFC 3164, 4.1; the
 * timestamp in ISO form with rsyslog's RSYSLOG_FileFormat). False where the line does not begin like that.
 */
export function scanSyslog(bytes: Uint8Array, start: number, end: number, places: SyslogPlaces): boolean {
  const at = scanPriority(bytes, start, end, places)
  const length = stampLength(bytes, at, end)
  return length > 0 && scanAfterStamp(bytes, at, at + length, end, places)
}

/** As {@link scanSyslog}, for a line whose priority and timestamp were read. */
export function scanAfterStamp(
  bytes: Uint8Array,
  timeStart: number,
  timeEnd: number,
  end: number,
  places: SyslogPlaces,
): boolean {
  if (timeEnd < end && bytes[timeEnd] !== byte.space) return false
  places.timeStart = timeStart
  places.timeEnd = timeEnd
  const hostStart = Math.min(timeEnd + 1, end)
  const hostEnd = find(bytes, hostStart, end, byte.space)
  if (hostEnd > hostStart && bytes[hostEnd - 1] === byte.colon) {
    // No host: a daemon that writes its own file.
    places.hostStart = places.hostEnd = -1
    scanTag(bytes, hostStart, end, places)
  } else {
    places.hostStart = hostStart
    places.hostEnd = hostEnd
    scanTag(bytes, Math.min(hostEnd + 1, end), end, places)
  }
  scanRepeated(bytes, end, places)
  return true
}

/** `process:`, `process[pid]:` and the message behind; the message only where there is no such tag. */
function scanTag(bytes: Uint8Array, start: number, end: number, places: SyslogPlaces): void {
  places.processStart = places.processEnd = places.pidStart = places.pidEnd = -1
  places.bodyStart = start
  let at = start
  let value = 0
  for (; at < end; at++) {
    value = bytes[at] ?? 0
    if (value === byte.space || value === byte.colon || value === byte.openSquare) break
  }
  const processEnd = at
  if (at === start || at >= end || value === byte.space) return
  let pidStart = -1
  let pidEnd = -1
  if (value === byte.openSquare) {
    pidStart = at + 1
    pidEnd = skipDigits(bytes, pidStart, end)
    if (pidEnd === pidStart || pidEnd >= end || bytes[pidEnd] !== byte.closeSquare) return
    at = pidEnd + 1
  }
  if (at >= end || bytes[at] !== byte.colon || (at + 1 < end && bytes[at + 1] !== byte.space)) return
  places.processStart = start
  places.processEnd = processEnd
  places.pidStart = pidStart
  places.pidEnd = pidEnd
  places.bodyStart = Math.min(at + 2, end)
}

const repeated = bytesOf('message repeated ')
const times = bytesOf(' times: [')

/** rsyslog's `message repeated 25 times: [ message]`, the message with the space that followed its tag. */
function scanRepeated(bytes: Uint8Array, end: number, places: SyslogPlaces): void {
  places.bodyEnd = end
  places.repeatedStart = places.repeatedEnd = -1
  const start = places.bodyStart
  if (bytes[start] !== 109 || bytes[end - 1] !== byte.closeSquare) return
  if (!startsWith(bytes, start, end, repeated)) return
  const count = start + repeated.length
  const after = skipDigits(bytes, count, end)
  if (after === count || !startsWith(bytes, after, end, times)) return
  const inner = after + times.length
  if (inner >= end) return
  places.repeatedStart = count
  places.repeatedEnd = after
  places.bodyStart = bytes[inner] === byte.space ? inner + 1 : inner
  places.bodyEnd = end - 1
  if (places.bodyStart > places.bodyEnd) places.bodyStart = places.bodyEnd
}
