import type { CallState } from '@shared/model/messages'
import { formatAge, formatDuration, formatText } from '@shared/units'
import { pairOf, readMessageRow, type MessageRow } from '../../stores/messages-row'
import type { ShownRow } from '../../stores/rows-decode'
import { gapSentence } from '../logs/row-text'
import { setText, type RowCells, type RowFace, type RowLook } from '../logs/row-pool'
import { visibleText } from '../logs/visible-text'

/** How rows of messages look in the list. */

export interface MessageFaceSource {
  stateOf(message: string): CallState | undefined
  /** Epoch milliseconds of the engine's clock. */
  now(): number
}

/** A request that waits longer than this is worth a look, and then trouble; milliseconds. */
export const slowAfter = 5_000
export const stuckAfter = 30_000

export const columns = ['Time', 'Kind', 'Service', 'Method', 'From → to', 'Latency', 'Status', 'Size', 'Note']
const cellNames = ['time', 'kind', 'service', 'method', 'parties', 'latency', 'status', 'size', 'note']
const kinds = { request: '→ request', response: '← reply', notification: '◇ notice' } as const

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

function clear(cells: RowCells): void {
  for (const name of cellNames) {
    const cell = cells[name]
    if (cell) setText(cell, '')
  }
  cells['latency']?.style.setProperty('--share', '0')
}

export function messageFace(source: MessageFaceSource): RowFace {
  function write(cells: RowCells, row: ShownRow, look: RowLook): string[] {
    const { time, kind, service, method, parties, latency, status, size, note } = cells
    if (!time || !kind || !service || !method || !parties || !latency || !status || !size || !note) return []
    clear(cells)
    setText(time, look.time(row))
    if (row.gap) {
      setText(kind, '▲ LOSS')
      setText(service, gapSentence(row.text, look.zone).replace(/\blines?\b/, 'events'))
      return []
    }
    const read = readMessageRow(row.text)
    if (!read) {
      setText(service, visibleText(row.text.slice(0, 300)))
      return []
    }
    const state = statusOf(read, row.time, source.stateOf(read.message), source.now())
    setText(kind, kinds[read.kind])
    setText(service, visibleText(read.service ?? ''))
    service.title = read.queue ?? ''
    setText(method, visibleText(read.method ?? ''))
    method.title = visibleText(read.method ?? '')
    const ways = `${shortParty(read.from)} → ${shortParty(read.to ?? (read.kind === 'request' ? read.service : null))}`
    setText(parties, ways)
    parties.title = ways
    setText(latency, latencyText(state.latency))
    latency.style.setProperty('--share', String(state.latency === null ? 0 : latencyShare(state.latency)))
    setText(status, state.text)
    setText(size, read.size === null ? '' : formatText(read.size, 'bytes'))
    const cut = row.cut || read.truncated === true
    setText(note, cut ? '✂ cut' : '')
    note.title = cut ? 'The trace keeps only the beginning of long texts.' : ''
    const joined = look.term !== null && pairOf(row.text) === look.term
    return [read.kind, state.tone, joined ? 'joined' : '']
  }
  return { cells: cellNames, write }
}
