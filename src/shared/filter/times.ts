import { day, readDuration } from './units'

/**
 * A time as written: a moment, or the span that its precision leaves open (a day, a minute, a second), in
 * milliseconds from its base, `end` excluded. The base is the epoch, the epoch on the reader's clock (`local`: no
 * zone was written), now, or the last midnight of the reader's clock.
 */
export interface WrittenTime {
  readonly base: 'epoch' | 'local' | 'now' | 'midnight'
  readonly start: number
  readonly end: number
}

/** What written times are relative to. */
export interface TimeFrame {
  /** Epoch milliseconds. */
  readonly now: number
  /** Minutes that the reader's clock is ahead of UTC; 0 if not given. */
  readonly utcOffset?: number
}

const date = /^(\d{4})-(\d\d)(?:-(\d\d))?$/
const clock = /^(\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?$/
const zone = /^(Z|[+-]\d\d(?::?\d\d)?)$/i

interface Piece {
  readonly start: number
  readonly length: number
}

function readClock(text: string): Piece | undefined {
  const [, hours, minutes, seconds, fraction] = clock.exec(text) ?? []
  if (hours === undefined || Number(hours) > 23 || Number(minutes) > 59 || Number(seconds ?? 0) > 60)
    return undefined
  const start = (Number(hours) * 60 + Number(minutes)) * 60_000 + Number(seconds ?? 0) * 1_000
  if (seconds === undefined) return { start, length: 60_000 }
  if (fraction === undefined) return { start, length: 1_000 }
  return {
    start: start + Number(`0.${fraction}`) * 1_000,
    length: Math.max(0, fraction.length >= 3 ? 0 : 10 ** (3 - fraction.length)),
  }
}

function readDate(text: string): Piece | undefined {
  const [, year, month, dayOfMonth] = date.exec(text) ?? []
  if (year === undefined) return undefined
  const monthIndex = Number(month) - 1
  const start = Date.UTC(Number(year), monthIndex, Number(dayOfMonth ?? 1))
  // A date that rolled over (30 February) is none.
  if (new Date(start).getUTCMonth() !== monthIndex) return undefined
  const end = dayOfMonth === undefined ? Date.UTC(Number(year), monthIndex + 1, 1) : start + day
  return { start, length: end - start }
}

function zoneMinutes(text: string): number {
  if (/^z$/i.test(text)) return 0
  const digits = text.slice(1).replace(':', '')
  const minutes = Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2) || 0)
  return text.startsWith('-') ? -minutes : minutes
}

function readStamp(text: string): WrittenTime | undefined {
  const [, datePart = '', rest = ''] = /^(\d{4}-\d\d(?:-\d\d)?)(?:[T ](.+))?$/i.exec(text) ?? []
  const datePiece = readDate(datePart)
  if (!datePiece) return undefined
  if (rest === '') return { base: 'local', start: datePiece.start, end: datePiece.start + datePiece.length }
  const [, clockPart = '', zonePart = ''] = /^([\d:.,]+)(.*)$/.exec(rest) ?? []
  const clockPiece = readClock(clockPart)
  if (!clockPiece || datePiece.length !== day) return undefined
  if (zonePart !== '' && !zone.test(zonePart)) return undefined
  const start = datePiece.start + clockPiece.start - zoneMinutes(zonePart || 'Z') * 60_000
  return { base: zonePart ? 'epoch' : 'local', start, end: start + clockPiece.length }
}

/** `-5m`, `now`, `now-1h`, `12:30`, `2026-02-03`, `2026-02-03T12:30:05.250Z`, `@1770127505` (epoch seconds). */
export function readTime(text: string): WrittenTime | undefined {
  if (/^now$/i.test(text)) return { base: 'now', start: 0, end: 0 }
  const [, relative] = /^(?:now)?([+-].+)$/i.exec(text) ?? []
  if (relative !== undefined) {
    const offset = readDuration(relative)
    return offset === undefined ? undefined : { base: 'now', start: offset, end: offset }
  }
  const [, epoch] = /^@(\d{1,12}(?:\.\d+)?)$/.exec(text) ?? []
  if (epoch !== undefined) return { base: 'epoch', start: Number(epoch) * 1_000, end: Number(epoch) * 1_000 }
  const ofDay = readClock(text)
  if (ofDay) return { base: 'midnight', start: ofDay.start, end: ofDay.start + ofDay.length }
  return readStamp(text)
}

/** Epoch milliseconds of a base's zero. */
export function baseTime(base: WrittenTime['base'], frame: TimeFrame): number {
  const ahead = (frame.utcOffset ?? 0) * 60_000
  switch (base) {
    case 'epoch':
      return 0
    case 'local':
      return -ahead
    case 'now':
      return frame.now
    case 'midnight':
      return Math.floor((frame.now + ahead) / day) * day - ahead
  }
}
