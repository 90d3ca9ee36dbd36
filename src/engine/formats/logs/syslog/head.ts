import { byte, isLetter } from '../bytes'
import { guessSeverity } from '../severity-guess'
import { severityOfWord, unknownSeverity } from '../severity'
import type { LineHead } from '../format'
import { setHead } from '../format'
import type { TimeResolver } from '../time/resolver'
import { createSyslogPlaces, scanAfterStamp, scanPriority } from './header'
import { severityOfPriority } from './severity'
import { createXapiPlaces, scanXapiLevel } from './xapi'

const line = createSyslogPlaces()
const xapi = createXapiPlaces()

/**
 * Head of a line that rsyslog wrote. rsyslog gives each line a header, so one without continues the line before
 * (xapi did not escape newlines in old versions). The audit log's own stamp counts before rsyslog's: it has a year.
 */
export function syslogHead(
  bytes: Uint8Array,
  start: number,
  end: number,
  times: TimeResolver,
  out: LineHead,
): void {
  const at = scanPriority(bytes, start, end, line)
  const length = times.stamp(bytes, at, end)
  if (length > 0) {
    const severity = plainXapiSeverity(bytes, at + length, end)
    if (severity !== unknownSeverity) {
      setHead(out, times.time, severity, false, times.assumed)
      return
    }
  }
  if (length === 0 || !scanAfterStamp(bytes, at, at + length, end, line)) {
    setHead(out, NaN, unknownSeverity, true, 'none')
    return
  }
  let severity = unknownSeverity
  if (scanXapiLevel(bytes, line.bodyStart, line.bodyEnd, xapi)) {
    severity = severityOfWord(bytes, xapi.levelStart, xapi.levelEnd)
    if (xapi.stampStart >= 0) times.isoStamp(bytes, xapi.stampStart, xapi.stampEnd)
  } else if (line.priorityStart < 0) {
    severity = guessSeverity(bytes, line.bodyStart, line.bodyEnd)
  }
  if (severity === unknownSeverity) severity = severityOfPriority(bytes, line.priorityStart, line.priorityEnd)
  setHead(out, times.time, severity, false, times.assumed)
}

/**
 * Severity of ` host process: [level|`, which nearly all lines of a busy xensource.log have; 255 for all others, which
 * are then looked at in full.
 */
function plainXapiSeverity(bytes: Uint8Array, timeEnd: number, end: number): number {
  if (timeEnd >= end || bytes[timeEnd] !== byte.space) return unknownSeverity
  let at = timeEnd + 1
  while (at < end && bytes[at] !== byte.space) at++
  if (at === timeEnd + 1 || bytes[at - 1] === byte.colon) return unknownSeverity
  const process = ++at
  while (at < end && isTagByte(bytes[at] ?? 0)) at++
  if (at === process || end - at < 8 || bytes[at] !== byte.colon) return unknownSeverity
  if (bytes[at + 1] !== byte.space || bytes[at + 2] !== byte.openSquare) return unknownSeverity
  return paddedSeverity(bytes, at + 3, end)
}

/** Severity of a level padded to five with spaces, and a bar behind it. */
function paddedSeverity(bytes: Uint8Array, at: number, end: number): number {
  const level = bytes[at] === byte.space ? at + 1 : at
  let bar = level
  while (bar < end && isLetter(bytes[bar] ?? 0)) bar++
  return bar < end && bytes[bar] === byte.pipe ? severityOfWord(bytes, level, bar) : unknownSeverity
}

const isTagByte = (value: number): boolean =>
  value !== byte.space && value !== byte.colon && value !== byte.openSquare
