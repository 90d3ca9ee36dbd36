import { formatDateTime } from '@shared/units'
import { levelNames } from '@shared/filter'
import { rowFlag, type RowStreamInfo } from '@shared/model/rows'
import * as v from 'valibot'
import type { Output, Style } from '../output'
import { visible } from '../visible'
import { gapText, readGap, type Gap } from './gap'
import type { Row } from './live-view'

/** How a log row reads on a terminal. */

/** The stamp that a line begins with: its first column says it already. */
const stamp =
  /^(?:<\d{1,3}>(?:1 )?)?\[?(?:[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d(?:\.\d+)?|\d{4}-?\d\d-?\d\d[T ]\d\d:?\d\d:?\d\d(?:[.,]\d+)?(?: ?(?:Z|UTC|[+-]\d\d:?\d\d))?)\]?[:,]? ?/
/** Behind it a line of syslog names its host. */
const hostBefore = /^[\w.-]+ (?=[\w./-]{1,64}(?:\[\d+\])?: )/

const journalEntry = v.object({
  SYSLOG_IDENTIFIER: v.optional(v.string()),
  _COMM: v.optional(v.string()),
  _PID: v.optional(v.string()),
  MESSAGE: v.string(),
})

export const decode = (text: Uint8Array): string =>
  Buffer.from(text.buffer, text.byteOffset, text.byteLength).toString('utf8')

export const isGap = ({ flags }: Row): boolean => (flags & rowFlag.gap) !== 0
/** Bytes of the row's text that are not there: it was cut, or is longer than what is read of a row. */
export const isCut = ({ flags, length, text }: Row): boolean =>
  (flags & rowFlag.cut) !== 0 || text.length < length

/** The row stands at another time than its own, or has none. */
export const isApproximate = ({ flags }: Row): boolean => (flags & rowFlag.approximate) !== 0

/** The last part of a path; other names stay. */
export const shortSource = (name: string): string => name.slice(name.lastIndexOf('/') + 1) || name

export const levelName = (level: number): string | null => levelNames[level] ?? null

const styleOf = (level: number): Style | null =>
  level <= 3 ? 'bad' : level === 4 ? 'doubtful' : level === 7 ? 'faint' : null

function entryText(text: string): string {
  try {
    const read = v.safeParse(journalEntry, JSON.parse(text))
    if (!read.success) return text
    const { SYSLOG_IDENTIFIER, _COMM, _PID, MESSAGE } = read.output
    return `${SYSLOG_IDENTIFIER ?? _COMM ?? '?'}${_PID === undefined ? '' : `[${_PID}]`}: ${MESSAGE}`
  } catch {
    return text
  }
}

const textOf = (text: string, format: string | undefined): string => {
  if (format === 'journald-json') return entryText(text)
  const found = stamp.exec(text)
  return found ? text.slice(found[0].length).replace(hostBefore, '') : text
}

const width = { source: 16, level: 9 }

export function logLine(row: Row, stream: RowStreamInfo | undefined, paint: Output['paint']): string {
  const name = visible(shortSource(stream?.name ?? ''))
  if (isGap(row)) return `${gapLine(row.time, name, readGap(decode(row.text)), paint)}\n`
  const [first = '', ...further] = textOf(decode(row.text), stream?.format).split(/\r?\n/).map(visible)
  const cut = isCut(row) ? [`  (cut, ${row.length} bytes)`] : []
  const style = styleOf(row.level)
  const mark = isApproximate(row) ? '~' : ' '
  const head = `${formatDateTime(row.time)}${mark} ${name.padEnd(width.source)}  `
  const text = `${(levelName(row.level) ?? '').padEnd(width.level)}  ${first}`
  const lines = [
    head + (style === null ? text : paint(style, text)),
    ...further.map((line) => `    ${line}`),
    ...cut,
  ]
  return `${lines.join('\n')}\n`
}

export const gapLine = (time: number, source: string, gap: Gap, paint: Output['paint']): string =>
  `${formatDateTime(time)}  ${source.padEnd(width.source)}  ${paint('missing', visible(gapText(gap, ['line', 'lines'])))}`
