import * as v from 'valibot'
import { formatText, missing } from '@shared/units'
import type { Output } from '../output'
import { visible } from '../visible'
import { gapText, type Gap } from './gap'
import type { Row } from './live-view'

/** How a row of a control message reads: JSON of its head, its payload as it came behind it. */

const text = v.optional(v.nullable(v.string()))
export const messageHead = v.looseObject({
  message: v.string(),
  kind: v.string(),
  queue: v.string(),
  service: text,
  from: text,
  to: text,
  method: text,
  /** Milliseconds. */
  latency: v.optional(v.number()),
  ok: v.optional(v.boolean()),
  size: v.number(),
  truncated: v.boolean(),
})
export type MessageHead = v.InferOutput<typeof messageHead>

const bodyKey = ',"body":'
const timeKey = /^\{"time":[^,]*,/

/** The row without its payload; null for one that does not read so. */
export function headOf(line: string): MessageHead | null {
  // No text in the head can hold this: its quotes would be escaped.
  const end = line.indexOf(bodyKey)
  if (end < 0) return null
  try {
    const read = v.safeParse(messageHead, JSON.parse(`${line.slice(0, end)}}`))
    return read.success ? read.output : null
  } catch {
    return null
  }
}

/**
 * The row with what is known beside it in place of its time, which is by the host's clock. The payload stays as it
 * came, so that its numbers keep their digits; a row that was cut is without.
 */
export function messageJson(line: string, known: object, isCut: boolean): string {
  const rest = line.replace(timeKey, '')
  const head = JSON.stringify(known).slice(0, -1)
  if (!isCut && rest !== line) return `${head},${rest}\n`
  const end = rest.indexOf(bodyKey)
  return end < 0 || rest === line
    ? `${head},"text":${JSON.stringify(line)},"cut":true}\n`
    : `${head},${rest.slice(0, end)},"body":null,"cut":true}\n`
}

export type MessageStatus = 'pending' | 'answered' | 'lost' | 'failed' | null

const widths = { time: 12, kind: 12, service: 14, method: 28, parties: 36, latency: 9, status: 8 }

export const messageHeader = [
  'time'.padEnd(widths.time),
  'kind'.padEnd(widths.kind),
  'service'.padEnd(widths.service),
  'method'.padEnd(widths.method),
  'from -> to'.padEnd(widths.parties),
  'latency'.padStart(widths.latency),
  'status'.padEnd(widths.status),
  'size',
].join('  ')

export function messageLine(
  row: Row,
  head: MessageHead,
  status: MessageStatus,
  paint: Output['paint'],
): string {
  const { kind, service, method, from, to, latency, size, truncated } = head
  const word = (status ?? '').padEnd(widths.status)
  const cells = [
    clockOf(row.time),
    kind.padEnd(widths.kind),
    cell(service, widths.service),
    cell(method, widths.method),
    cell(`${from ?? missing} -> ${to ?? missing}`, widths.parties),
    (latency === undefined ? '' : formatText(latency / 1_000, 'seconds')).padStart(widths.latency),
    status === 'failed' ? paint('bad', word) : status === 'lost' ? paint('doubtful', word) : word,
    `${formatText(size, 'bytes')}${truncated ? ', cut' : ''}`,
  ]
  return `${cells.join('  ').replaceAll('\u00a0', ' ')}\n`
}

export const messageGapLine = (time: number, gap: Gap, paint: Output['paint']): string =>
  `${clockOf(time)}  ${paint('missing', visible(gapText(gap, ['event', 'events'])))}\n`

/** Milliseconds matter here. */
export function clockOf(time: number): string {
  const date = new Date(time)
  const two = (value: number): string => String(value).padStart(2, '0')
  const ms = String(date.getMilliseconds()).padStart(3, '0')
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${ms}`
}

function cell(value: string | null | undefined, width: number): string {
  const shown = visible(value ?? missing)
  return (shown.length > width ? `${shown.slice(0, width - 1)}…` : shown).padEnd(width)
}
