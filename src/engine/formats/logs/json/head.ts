import { byte } from '../bytes'
import type { LineHead } from '../format'
import { setHead } from '../format'
import { createFieldRange } from '../field-range'
import { fieldOfCode, KeyTable, rankOfCode } from '../key-table'
import type { SeverityScale } from '../severity'
import { severityOf, unknownSeverity } from '../severity'
import type { TimeResolver } from '../time/resolver'
import { isUsable } from './alias-finder'
import { ObjectCursor } from './cursor'
import { pathFinder } from './path'
import { readTime } from './read-time'

const cursor = new ObjectCursor()
const nestedLevel = pathFinder('log.level', { scalars: true })
const range = createFieldRange()

const scales: Readonly<Record<string, SeverityScale>> = {
  severityNumber: 'otel',
  SeverityNumber: 'otel',
  severity_number: 'otel',
  levelno: 'python',
}

export type ObjectHead = (
  bytes: Uint8Array,
  start: number,
  end: number,
  times: TimeResolver,
  out: LineHead,
) => boolean

/** A function that reads the head of lines that are JSON objects; false (and `out` as it was) for other lines. */
export function objectHead(timeKeys: readonly string[], levelKeys: readonly string[]): ObjectHead {
  const table = new KeyTable([timeKeys, levelKeys, ['log']])
  const levelScales = levelKeys.map((key): SeverityScale => scales[key] ?? 'usual')
  return (bytes, start, end, times, out) => {
    if (!cursor.open(bytes, start, end)) return false
    let timeRank = timeKeys.length
    let levelRank = levelKeys.length
    let timeStart = -1
    let timeEnd = -1
    let severity = unknownSeverity
    let hasLog = false
    while ((timeRank > 0 || levelRank > 0) && cursor.next(bytes)) {
      const code = table.code(bytes, cursor.keyStart, cursor.keyEnd)
      if (code < 0) continue
      const { valueStart, valueEnd } = cursor
      if (!isUsable(bytes, valueStart, valueEnd, false)) {
        hasLog ||= fieldOfCode(code) === 2
        continue
      }
      const rank = rankOfCode(code)
      if (fieldOfCode(code) === 0 && rank < timeRank) {
        timeRank = rank
        timeStart = valueStart
        timeEnd = valueEnd
      } else if (fieldOfCode(code) === 1 && rank < levelRank) {
        levelRank = rank
        severity = severityOfValue(bytes, valueStart, valueEnd, levelScales[rank] ?? 'usual')
      }
    }
    if (hasLog && levelRank === levelKeys.length && nestedLevel(bytes, start, end, range)) {
      severity = severityOf(bytes, range[0] ?? 0, range[1] ?? 0)
    }
    const time = timeStart < 0 ? NaN : readTime(bytes, timeStart, timeEnd, times)
    setHead(out, time, severity, false, Number.isNaN(time) ? 'none' : times.assumed)
    return true
  }
}

function severityOfValue(bytes: Uint8Array, start: number, end: number, scale: SeverityScale): number {
  if (bytes[start] !== byte.quote) return severityOf(bytes, start, end, scale)
  return severityOf(bytes, start + 1, bytes[end - 1] === byte.quote ? end - 1 : end, scale)
}
