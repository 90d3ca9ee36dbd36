import { textOf } from './bytes'

/** How the bytes of a field are to be read. */
export const fieldKind = {
  /** As they stand. */
  raw: 0,
  /** The inside of a JSON string that holds escapes; also logfmt's quoted values. */
  jsonString: 1,
  /** JSON: a number, a literal, an object or an array. */
  json: 2,
  /** JSON array of byte values, as journald writes a field that is no UTF-8. */
  byteArray: 3,
  /** Value of RFC 5424 structured data: `\"`, `\\` and `\]` are escapes. */
  structuredData: 4,
  /** The path leads through an array (the range is the array): `jsonField` has the values. */
  parse: 5,
} as const

/**
 * Where a field was found: [start, end, kind], offsets into the bytes given, end exclusive.
 * [-1, -1, 0] where the line has no such field. Made once and used again for each look.
 */
export type FieldRange = Int32Array

export const createFieldRange = (): FieldRange => Int32Array.of(-1, -1, fieldKind.raw)

/** Looks for one field in the line bytes[start, end); true when it was found. Never throws, allocates nothing. */
export type FieldFinder = (bytes: Uint8Array, start: number, end: number, range: FieldRange) => boolean

export function missing(range: FieldRange): false {
  range[0] = -1
  range[1] = -1
  range[2] = fieldKind.raw
  return false
}

export function found(range: FieldRange, start: number, end: number, kind: number = fieldKind.raw): true {
  range[0] = start
  range[1] = end
  range[2] = kind
  return true
}

/** As {@link found}, but an empty range counts as missing: a syslog field that says nothing is not there. */
export const foundUnlessEmpty = (range: FieldRange, start: number, end: number): boolean =>
  end > start ? found(range, start, end) : missing(range)

/** The range's text with its escapes resolved; null where nothing was found. */
export function fieldText(bytes: Uint8Array, range: FieldRange): string | null {
  const start = range[0] ?? -1
  if (start < 0) return null
  const text = textOf(bytes, start, range[1] ?? start)
  if (range[2] === fieldKind.jsonString) return unescapeJson(text)
  if (range[2] === fieldKind.byteArray) return byteArrayText(text)
  return range[2] === fieldKind.structuredData ? text.replace(/\\(["\\\]])/g, '$1') : text
}

/** The inside of a JSON string; what is no JSON (cut off, foreign escapes) stays as it stands. */
export function unescapeJson(text: string): string {
  if (!text.includes('\\')) return text
  try {
    const value: unknown = JSON.parse(`"${text}"`)
    return typeof value === 'string' ? value : text
  } catch {
    return text
  }
}

/** `[72,105]` as text. */
export function byteArrayText(text: string): string {
  const numbers = text.match(/\d+/g) ?? []
  return textOf(Uint8Array.from(numbers, Number))
}
