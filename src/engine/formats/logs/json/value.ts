import { byte, isDigit } from '../bytes'
import type { FieldRange } from '../field-range'
import { fieldKind, found, missing } from '../field-range'

/**
 * Sets the range to a JSON value: a string's inside, other values as they stand. `null` counts as missing: journald
 * writes it for values that were too long. `end` is the value's, or the line's where it was cut off.
 */
export function foundValue(
  bytes: Uint8Array,
  start: number,
  end: number,
  escaped: boolean,
  /** Arrays of numbers are texts, as in journald's export. */
  byteArrays: boolean,
  range: FieldRange,
): boolean {
  const first = bytes[start]
  if (first === byte.quote) {
    const closed = end - start >= 2 && bytes[end - 1] === byte.quote
    return found(range, start + 1, closed ? end - 1 : end, escaped ? fieldKind.jsonString : fieldKind.raw)
  }
  if (end <= start || isNullAt(bytes, start)) return missing(range)
  return found(
    range,
    start,
    end,
    byteArrays && isByteArray(bytes, start, end) ? fieldKind.byteArray : fieldKind.json,
  )
}

/** An array of unsigned integers and nothing else; it may be cut off. */
function isByteArray(bytes: Uint8Array, start: number, end: number): boolean {
  if (bytes[start] !== byte.openSquare || start + 1 >= end || !isDigit(bytes[start + 1] ?? 0)) return false
  for (let at = start + 2; at < end; at++) {
    const value = bytes[at] ?? 0
    if (!isDigit(value) && value !== byte.comma && value > byte.space) {
      return value === byte.closeSquare && at === end - 1
    }
  }
  return true
}

/** Whether a value is `null`, the only literal that begins so. */
export const isNullAt = (bytes: Uint8Array, start: number): boolean => bytes[start] === 110
