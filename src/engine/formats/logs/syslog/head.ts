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
