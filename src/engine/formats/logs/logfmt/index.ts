import { textOf } from '../bytes'
import type { FieldFinder } from '../field-range'
import { found, unescapeJson } from '../field-range'
import { finderFormat, shareOf } from '../finder-format'
import type { LineHead, LogFields, LogFormat } from '../format'
import { createLineHead, setHead } from '../format'
import { readTime } from '../json/read-time'
import { jsonKeys } from '../json/keys'
import { fieldOfCode, KeyTable, rankOfCode } from '../key-table'
import { plainHead } from '../plain-head'
import { severityName, severityOf, unknownSeverity } from '../severity'
import { TimeResolver } from '../time/resolver'
import { PairCursor } from './cursor'
import { keyFinder, namedFinder } from './finders'

const { time: timeKeys, level: levelKeys } = jsonKeys
const table = new KeyTable([timeKeys, levelKeys])
const cursor = new PairCursor()

/** A line is logfmt when it begins with a pair and has another. */
function isLogfmt(bytes: Uint8Array, start: number, end: number): boolean {
  if (!beginsWithPair(bytes, start, end)) return false
  while (cursor.next(bytes)) if (hasValue(cursor)) return true
  return false
}

function beginsWithPair(bytes: Uint8Array, start: number, end: number): boolean {
  cursor.open(start, end)
  return cursor.next(bytes) && hasValue(cursor) && cursor.keyStart === start
}

/** A function, because the compiler believes that `isPair` cannot change by `next`. */
const hasValue = ({ isPair }: PairCursor): boolean => isPair

function head(bytes: Uint8Array, start: number, end: number, times: TimeResolver, out: LineHead): void {
  if (!beginsWithPair(bytes, start, end)) {
    plainHead(bytes, start, end, times, out)
    return
  }
  let timeRank: number = timeKeys.length
  let levelRank: number = levelKeys.length
  let timeStart = -1
  let timeEnd = -1
  let severity = unknownSeverity
  do {
    const code = hasValue(cursor) ? table.code(bytes, cursor.keyStart, cursor.keyEnd) : -1
    if (code < 0) continue
    const rank = rankOfCode(code)
    if (fieldOfCode(code) === 0 && rank < timeRank) {
      timeRank = rank
      timeStart = cursor.valueStart
      timeEnd = cursor.valueEnd
    } else if (fieldOfCode(code) === 1 && rank < levelRank) {
      levelRank = rank
      severity = severityOf(bytes, cursor.valueStart, cursor.valueEnd)
    }
  } while ((timeRank > 0 || levelRank > 0) && cursor.next(bytes))
  const time = timeStart < 0 ? NaN : readTime(bytes, timeStart, timeEnd, times)
  setHead(out, time, severity, false, Number.isNaN(time) ? 'none' : times.assumed)
}

const text = namedFinder(jsonKeys.text)
const finders: Record<string, FieldFinder> = {}
for (const [field, names] of Object.entries(jsonKeys)) finders[field] = namedFinder(names)
finders['text'] = (bytes, start, end, range) => text(bytes, start, end, range) || found(range, start, end)

const pair = /([^\0- ="]+)(?:=(?:"((?:[^"\\]|\\[^])*)(?:\\?$|")|([^\0- "][^\0- ]*|)))?/g
const times = new TimeResolver({ now: 0, hostUtcOffsetMinutes: 0 })
const lineHead = createLineHead()

function fields(bytes: Uint8Array, start: number, end: number): LogFields {
  const line = textOf(bytes, start, end)
  const own = new Map<string, string>()
  const paired = new Map<string, string>()
  for (const [whole, key, quoted, bare] of line.matchAll(pair)) {
    const value = quoted === undefined ? (bare ?? '') : unescapeJson(quoted)
    if (key === undefined) continue
    if (!own.has(key)) own.set(key, value)
    if (whole.length > key.length && !paired.has(key)) paired.set(key, value)
  }
  for (const [field, names] of Object.entries(jsonKeys)) {
    const name = names.find((each) => paired.has(each))
    if (name !== undefined) own.set(field, paired.get(name) ?? '')
    else own.delete(field)
  }
  head(bytes, start, end, times, lineHead)
  const severity = severityName(lineHead.severity)
  if (severity !== null) own.set('severity', severity)
  if (!own.has('text')) own.set('text', line)
  return Object.fromEntries(own)
}

/** logfmt (https://brandur.org/logfmt), with the keys that usual loggers write, see `jsonKeys`; others by their own. */
export const logfmt: LogFormat = finderFormat({
  name: 'logfmt',
  looksLike: (sample) => 0.8 * shareOf(sample, (line) => isLogfmt(line, 0, line.length)),
  head,
  finders,
  otherFinder: keyFinder,
  fields,
})
