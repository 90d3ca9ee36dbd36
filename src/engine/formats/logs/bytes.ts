/** Bytes that log formats are made of. */
export const byte = {
  tab: 9,
  carriageReturn: 13,
  space: 32,
  quote: 34,
  openRound: 40,
  closeRound: 41,
  plus: 43,
  comma: 44,
  minus: 45,
  dot: 46,
  slash: 47,
  zero: 48,
  nine: 57,
  colon: 58,
  less: 60,
  equals: 61,
  greater: 62,
  upperT: 84,
  upperU: 85,
  upperZ: 90,
  openSquare: 91,
  backslash: 92,
  closeSquare: 93,
  underscore: 95,
  openCurly: 123,
  pipe: 124,
  closeCurly: 125,
} as const

const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

/** Text of a range; bytes that are no UTF-8 become replacement characters, a byte order mark stays. */
export function textOf(bytes: Uint8Array, start = 0, end = bytes.length): string {
  return decoder.decode(bytes.subarray(start, end))
}

const encoder = new TextEncoder()

export const bytesOf = (text: string): Uint8Array => encoder.encode(text)

export const isDigit = (value: number): boolean => value >= byte.zero && value <= byte.nine

export const isLetter = (value: number): boolean => (value | 32) >= 97 && (value | 32) <= 122

/** Whether `expected` stands at `at`, all of it before `end`. */
export function startsWith(bytes: Uint8Array, at: number, end: number, expected: Uint8Array): boolean {
  const length = expected.length
  if (end - at < length) return false
  for (let index = 0; index < length; index++) {
    if (bytes[at + index] !== expected[index]) return false
  }
  return true
}

export function equals(bytes: Uint8Array, start: number, end: number, expected: Uint8Array): boolean {
  return end - start === expected.length && startsWith(bytes, start, end, expected)
}

/** First place of a byte in [at, end); `end` where there is none. For short ranges: a loop, no native call. */
export function find(bytes: Uint8Array, at: number, end: number, wanted: number): number {
  while (at < end && bytes[at] !== wanted) at++
  return at
}

/** End of the digits that start at `at`. */
export function skipDigits(bytes: Uint8Array, at: number, end: number): number {
  while (at < end && isDigit(bytes[at] ?? 0)) at++
  return at
}

export function skipSpaces(bytes: Uint8Array, at: number, end: number): number {
  while (at < end && bytes[at] === byte.space) at++
  return at
}

/** Two decimal digits as a number; -1 where they are none. */
export function twoDigits(bytes: Uint8Array, at: number): number {
  const tens = (bytes[at] ?? 0) - byte.zero
  const ones = (bytes[at + 1] ?? 0) - byte.zero
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : -1
}

/** An unsigned decimal number that fills the range; NaN where it is none. */
export function decimal(bytes: Uint8Array, start: number, end: number): number {
  let at = start
  let value = 0
  for (; at < end; at++) {
    const digit = (bytes[at] ?? 0) - byte.zero
    if (digit < 0 || digit > 9) break
    value = value * 10 + digit
  }
  if (at === start) return NaN
  if (at === end) return value
  if (bytes[at] !== byte.dot) return NaN
  let scale = 1
  let fraction = 0
  for (at++; at < end; at++) {
    const digit = (bytes[at] ?? 0) - byte.zero
    if (digit < 0 || digit > 9) return NaN
    // A double holds no more than these.
    if (scale < 1e15) {
      fraction = fraction * 10 + digit
      scale *= 10
    }
  }
  return value + fraction / scale
}
