import { byte, isDigit, skipDigits, twoDigits } from '../bytes'
import { civilDay, hour, isDate, minute, second } from './civil'

/** Parts of the stamp that was read last. */
export interface IsoStamp {
  /** Bytes, from the year to the end of the zone. */
  length: number
  /** Local time as if it were UTC, ms, with the fraction. */
  local: number
  /** Offset of the zone, ms; NaN where the stamp has none. */
  offset: number
}

export const createIsoStamp = (): IsoStamp => ({ length: 0, local: NaN, offset: NaN })

/**
 * Reads a timestamp of ISO 8601 / RFC 3339: `2026-11-24T16:40:33.123456+01:00`, also with a space or `_` for the T,
 * `/` for the dashes, a comma before the fraction, `Z`, ` UTC`, ` +0100`; and xapi's compact
 * `20170614T12:53:34.303Z`. False where none stands at `at`.
 */
export function readIsoStamp(bytes: Uint8Array, at: number, end: number, stamp: IsoStamp): boolean {
  stamp.length = 0
  if (end - at < 17 || !isDigit(bytes[at] ?? 0)) return false
  const separator = bytes[at + 4] ?? 0
  const separated = separator === byte.minus || separator === byte.slash
  if (separated && bytes[at + 7] !== separator) return false
  const centuries = twoDigits(bytes, at)
  const years = twoDigits(bytes, at + 2)
  const month = twoDigits(bytes, at + (separated ? 5 : 4)) - 1
  const day = twoDigits(bytes, at + (separated ? 8 : 6))
  const year = centuries * 100 + years
  if (centuries < 0 || years < 0 || month < 0 || !isDate(year, month, day)) return false
  const clock = at + (separated ? 11 : 9)
  if (!isBetween(bytes[clock - 1] ?? 0, separated)) return false
  const time = readClock(bytes, clock, end)
  if (time < 0) return false
  const after = readFraction(bytes, clock + 8, end)
  readZone(bytes, after, end, stamp)
  stamp.length += after - at
  stamp.local = civilDay(year, month, day) + time + fraction
  return true
}

const isBetween = (value: number, separated: boolean): boolean =>
  (value | 32) === 116 || (separated && (value === byte.space || value === byte.underscore))

/** Milliseconds of HH:MM:SS; -1 where it is none. */
function readClock(bytes: Uint8Array, at: number, end: number): number {
  if (end - at < 8 || bytes[at + 2] !== byte.colon || bytes[at + 5] !== byte.colon) return -1
  const hours = twoDigits(bytes, at)
  const minutes = twoDigits(bytes, at + 3)
  const seconds = twoDigits(bytes, at + 6)
  if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59 || seconds < 0 || seconds > 60) return -1
  return hours * hour + minutes * minute + seconds * second
}

/** Milliseconds of the fraction read last, not rounded. */
let fraction = 0

/** Reads `.ddd` or `,ddd` into {@link fraction}; returns the end of it. */
function readFraction(bytes: Uint8Array, at: number, end: number): number {
  fraction = 0
  if (at >= end || (bytes[at] !== byte.dot && bytes[at] !== byte.comma)) return at
  const after = skipDigits(bytes, at + 1, end)
  if (after === at + 1) return at
  let value = 0
  let scale = 1
  for (let place = at + 1; place < after && scale < 1e9; place++) {
    value = value * 10 + (bytes[place] ?? 0) - byte.zero
    scale *= 10
  }
  fraction = (value * 1_000) / scale
  return after
}

/** Reads the zone at `at` into the stamp's `offset`, and its length into `length`. */
function readZone(bytes: Uint8Array, at: number, end: number, stamp: IsoStamp): void {
  stamp.offset = NaN
  stamp.length = 0
  if (at >= end) return
  const spaced = bytes[at] === byte.space ? 1 : 0
  const zone = at + spaced
  const first = bytes[zone] ?? 0
  if (zone >= end) return
  if (first === byte.upperZ && spaced === 0) {
    stamp.offset = 0
    stamp.length = 1
  } else if (isUtc(bytes, zone, end)) {
    stamp.offset = 0
    stamp.length = spaced + 3
  } else if (first === byte.plus || first === byte.minus) {
    const colon = zone + 3 < end && bytes[zone + 3] === byte.colon ? 1 : 0
    const width = 5 + colon
    if (zone + width > end) return
    const hours = twoDigits(bytes, zone + 1)
    const minutes = twoDigits(bytes, zone + 3 + colon)
    if (hours < 0 || hours > 18 || minutes < 0 || minutes > 59) return
    // "2026-11-24 16:40:33 -1234 items" is no zone, but nobody writes so; a date with a spaced zone is common.
    stamp.offset = (hours * hour + minutes * minute) * (first === byte.minus ? -1 : 1)
    stamp.length = spaced + width
  }
}

/** `UTC` or `GMT`, not part of a longer word. */
function isUtc(bytes: Uint8Array, at: number, end: number): boolean {
  if (
    end - at < 3 ||
    (end - at > 3 && ((bytes[at + 3] ?? 0) | 32) >= 97 && ((bytes[at + 3] ?? 0) | 32) <= 122)
  )
    return false
  const word = ((bytes[at] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0)
  return word === 0x55_54_43 || word === 0x47_4d_54
}
