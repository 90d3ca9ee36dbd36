import { byte, find } from '../bytes'
import type { FieldFinder } from '../field-range'
import { found, foundUnlessEmpty, missing } from '../field-range'
import { finderFormat, shareOf } from '../finder-format'
import type { LineHead, LogFormat } from '../format'
import { setHead } from '../format'
import { unknownSeverity } from '../severity'
import { severityOfPriority } from '../syslog/severity'
import type { TimeResolver } from '../time/resolver'
import { rfc5424Fields } from './fields'
import { parameterFinder } from './parameter'
import { headerParts, headerStart, places, priority, scan } from './scan'

const partFinder =
  (index: number): FieldFinder =>
  (bytes, start, end, range) => {
    if (!scan(bytes, start, end)) return missing(range)
    const from = places.starts[index] ?? -1
    const to = places.ends[index] ?? -1
    // The nil value.
    return to - from === 1 && bytes[from] === byte.minus ? missing(range) : found(range, from, to)
  }

/** The time comes first: a line that was cut off behind it still has it. */
const timeFinder: FieldFinder = (bytes, start, end, range) => {
  const from = headerStart(bytes, start, end)
  if (from < 0) return missing(range)
  const to = find(bytes, from, end, byte.space)
  return to - from === 1 && bytes[from] === byte.minus ? missing(range) : foundUnlessEmpty(range, from, to)
}

function head(bytes: Uint8Array, start: number, end: number, times: TimeResolver, out: LineHead): void {
  const at = headerStart(bytes, start, end)
  if (at < 0) {
    setHead(out, NaN, unknownSeverity, true, 'none')
    return
  }
  const severity = severityOfPriority(bytes, priority.priorityStart, priority.priorityEnd)
  const hasTime = times.isoStamp(bytes, at, end) > 0
  setHead(out, hasTime ? times.time : NaN, severity, false, hasTime ? times.assumed : 'none')
}

/**
 * RFC 5424: `<PRI>1 TIMESTAMP HOST APP-NAME PROCID MSGID STRUCTURED-DATA MESSAGE`, as rsyslog's
 * RSYSLOG_SyslogProtocol23Format writes it. Fields besides the usual: `msgid`, `priority`, and the parameters of the
 * structured data as `id.name`. A line without the header continues the line before.
 */
export const rfc5424: LogFormat = finderFormat({
  name: 'rfc5424',
  looksLike: (sample) => shareOf(sample, (line) => scan(line, 0, line.length)),
  head,
  finders: {
    ...Object.fromEntries(headerParts.map((name, index) => [name, partFinder(index)])),
    time: timeFinder,
    priority: (bytes, start, end, range) =>
      headerStart(bytes, start, end) < 0
        ? missing(range)
        : found(range, priority.priorityStart, priority.priorityEnd),
    text: (bytes, start, end, range) =>
      scan(bytes, start, end) ? found(range, places.textStart, end) : found(range, start, end),
  },
  otherFinder: parameterFinder,
  fields: rfc5424Fields,
})
