import { byte, bytesOf, isDigit, skipDigits, twoDigits } from '../bytes'
import { isDayOfSomeYear } from './civil'

/**
 * Length of a timestamp of RFC 3164 (4.1.2), `Mmm [d]d HH:MM:SS`, that stands at `at`; 0 where there is none.
 * One-digit days come padded with a space (as the RFC says) or not; a fraction of the second may follow.
 */
export function syslogStampLength(bytes: Uint8Array, at: number, end: number): number {
  const length = wholeSeconds(bytes, at, end)
  if (length === 0) return 0
  const dot = at + length
  return dot < end && bytes[dot] === byte.dot ? length + fractionLength(bytes, dot, end) : length
}

/** Length without the fraction; 0 where there is no timestamp. */
export function wholeSeconds(bytes: Uint8Array, at: number, end: number): number {
  if (end - at < 14 || bytes[at + 3] !== byte.space) return 0
  const month = stampMonth(bytes, at)
  if (month < 0) return 0
  const clock = stampClock(bytes, at)
  if (end - clock < 8 || !isDayOfSomeYear(month, stampDay(bytes, at))) return 0
  const isClock =
    bytes[clock - 1] === byte.space &&
    bytes[clock + 2] === byte.colon &&
    bytes[clock + 5] === byte.colon &&
    within(twoDigits(bytes, clock), 23) &&
    within(twoDigits(bytes, clock + 3), 59) &&
    // A leap second is the 61st.
    within(twoDigits(bytes, clock + 6), 60)
  return isClock ? clock + 8 - at : 0
}

const within = (value: number, most: number): boolean => value >= 0 && value <= most

/** Where HH:MM:SS starts: later by one when the day is two wide. */
export const stampClock = (bytes: Uint8Array, at: number): number =>
  bytes[at + 5] === byte.space ? at + 6 : at + 7

export function stampDay(bytes: Uint8Array, at: number): number {
  const first = bytes[at + 4] ?? 0
  const next = bytes[at + 5] ?? 0
  if (next === byte.space) return isDigit(first) ? first - byte.zero : -1
  if (!isDigit(next)) return -1
  if (first === byte.space) return next - byte.zero
  return isDigit(first) ? (first - byte.zero) * 10 + next - byte.zero : -1
}

/** Length of `.ddd` at `dot`; 0 without a digit. */
function fractionLength(bytes: Uint8Array, dot: number, end: number): number {
  const after = skipDigits(bytes, dot + 1, end)
  return after > dot + 1 ? after - dot : 0
}

const names = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const monthNames = names.map((name) => bytesOf(name))
/** Months by their second and third letter, which no two share. */
const monthTable = new Int8Array(1_024).fill(-1)
monthNames.forEach((name, month) => (monthTable[tableIndex(name[1] ?? 0, name[2] ?? 0)] = month))

function tableIndex(second: number, third: number): number {
  return ((second & 31) << 5) | (third & 31)
}

/** Month 0 to 11 of an English abbreviation in any case; -1 where it is none. */
export function stampMonth(bytes: Uint8Array, at: number): number {
  const second = bytes[at + 1] ?? 0
  const third = bytes[at + 2] ?? 0
  const month = monthTable[tableIndex(second, third)] ?? -1
  const name = monthNames[month]
  // With 0x20 set, capitals and small letters are the same.
  if (name === undefined) return -1
  const isName = ((bytes[at] ?? 0) | 32) === name[0] && (second | 32) === name[1] && (third | 32) === name[2]
  return isName ? month : -1
}
