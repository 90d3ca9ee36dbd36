import type { CallState } from '@shared/model/messages'
import { formatAge, formatDuration, formatText } from '@shared/units'
import { pairOf, readMessageRow, type MessageRow } from '../../stores/messages-row'
import type { ShownRow } from '../../stores/rows-decode'
import { gapSentence } from '../logs/row-text'
import { setText, type RowCells, type RowFace, type RowLook } from '../logs/row-pool'
import { visibleText } from '../logs/visible-text'

/** How rows of messages look in the list. */

export interface MessageFaceSource {
  readonly stateOf: (message: string) => CallState | undefined
  /** Epoch milliseconds of the engine's clock. */
  readonly now: () => number
}

/** A request that waits longer than this is worth a look, and then trouble; milliseconds. */
export const slowAfter = 5_000
export const stuckAfter = 30_000

export const columns = ['Time', 'Kind', 'Service', 'Method', 'From → to', 'Latency', 'Status', 'Size', 'Note']
const cellNames = ['time', 'kind', 'service', 'method', 'parties', 'latency', 'status', 'size', 'note']
const kinds = { request: '→ request', response: '← response', notification: '◇ notice' } as const

export interface MessageStatus {
  readonly text: string
  readonly tone: 'usual' | 'pending' | 'slow' | 'stuck' | 'failed' | 'lost'
  /** Milliseconds; of a pending one its age. */
  readonly latency: number | null
}

export function statusOf(
  row: MessageRow,
  time: number,
  state: CallState | undefined,
  now: number,
): MessageStatus {
  if (row.kind === 'notification') return { text: '', tone: 'usual', latency: null }
  if (row.kind === 'response') {
    return row.ok === false
      ? { text: '■ error', tone: 'failed', latency: row.latency }
      : { text: row.ok === null ? '' : 'ok', tone: 'usual', latency: row.latency }
  }
  if (!state) return { text: '', tone: 'usual', latency: null }
  if (state.status === 'lost') return { text: '◌ no reply seen', tone: 'lost', latency: null }
  if (state.status === 'answered') {
    return state.ok === false
      ? { text: '■ failed', tone: 'failed', latency: state.latency }
      : { text: 'answered', tone: 'usual', latency: state.latency }
  }
  const age = Math.max(0, now - time)
  const tone = age >= stuckAfter ? 'stuck' : age >= slowAfter ? 'slow' : 'pending'
  const sign = { stuck: '■ ', slow: '▲ ', pending: '◔ ' }[tone]
  return { text: `${sign}pending ${age < 1_000 ? '' : formatAge(age)}`.trim(), tone, latency: null }
}

/** Queues are long: `org.xen.xapi.storage` is told by its last part, as services are. */
export const shortParty = (name: string | null): string =>
  name === null ? '?' : visibleText(name.length > 64 ? `${name.slice(0, 64)}…` : name)

export const latencyText = (milliseconds: number | null): string =>
  milliseconds === null
    ? ''
    : milliseconds >= 60_000
      ? formatDuration(milliseconds)
      : formatText(milliseconds / 1_000, 'seconds')

/** Length of a latency's bar: 0 at 0.1 ms, 1 at 30 s, by the logarithm. */
export const latencyShare = (milliseconds: number): number =>
  Math.min(1, Math.max(0.02, Math.log10(Math.max(milliseconds, 0.1) / 0.1) / Math.log10(300_000)))

/** What is missing of messages are events of the bus, not lines. */
export const lossSentence = (text: string, zone: string | undefined): string =>
  gapSentence(text, zone).replace(/\bline(s?)\b/, 'event$1')

function put(cells: RowCells, name: string, text: string, title = ''): void {
  const cell = cells[name]
  if (!cell) return
  setText(cell, text)
  if (cell.title !== title) cell.title = title
}

function waysOf({ from, to, kind, service }: MessageRow): string {
  return `${shortParty(from)} → ${shortParty(to ?? (kind === 'request' ? service : null))}`
}

function clear(cells: RowCells): void {
  for (const name of cellNames) put(cells, name, '')
  cells['latency']?.style.setProperty('--share', '0')
}

export function messageFace(source: MessageFaceSource): RowFace {
  function write(cells: RowCells, row: ShownRow, look: RowLook): string[] {
    clear(cells)
    put(cells, 'time', look.time(row))
    if (row.gap) {
      put(cells, 'kind', '▲ LOSS')
      put(cells, 'service', lossSentence(row.text, look.zone))
      return []
    }
    const read = readMessageRow(row.text)
    if (!read) {
      put(cells, 'service', visibleText(row.text.slice(0, 300)))
      return []
    }
    const state = statusOf(read, row.time, source.stateOf(read.message), source.now())
    put(cells, 'kind', kinds[read.kind])
    put(cells, 'service', visibleText(read.service ?? ''), read.queue ?? '')
    put(cells, 'method', visibleText(read.method ?? ''), visibleText(read.method ?? ''))
    const ways = waysOf(read)
    put(cells, 'parties', ways, ways)
    put(cells, 'latency', latencyText(state.latency))
    const share = state.latency === null ? 0 : latencyShare(state.latency)
    cells['latency']?.style.setProperty('--share', String(share))
    put(cells, 'status', state.text)
    put(cells, 'size', read.size === null ? '' : formatText(read.size, 'bytes'))
    if (row.cut || read.truncated === true) {
      put(cells, 'note', '✂ cut', 'The trace keeps only the beginning of long texts.')
    }
    const joined = look.term !== null && pairOf(row.text) === look.term
    return [read.kind, state.tone, joined ? 'joined' : '']
  }
  return { cells: cellNames, write }
}
