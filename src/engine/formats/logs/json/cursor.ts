import { byte } from '../bytes'

/** Set by {@link stringEnd}: the string holds a backslash. */
let escaped = false

/** Place of the quote that ends a string whose content starts at `start`; `end` where it is cut off. */
export function stringEnd(bytes: Uint8Array, start: number, end: number): number {
  escaped = false
  for (let at = start; at < end; at++) {
    const value = bytes[at]
    if (value === byte.quote) return at
    if (value === byte.backslash) {
      escaped = true
      at++
    }
  }
  return end
}

/** End of the value that starts at `at`: a string with its quotes, a whole object or array, a number or literal. */
export function valueEnd(bytes: Uint8Array, at: number, end: number): number {
  const first = bytes[at]
  if (first === byte.quote) return Math.min(stringEnd(bytes, at + 1, end) + 1, end)
  if (first === byte.openCurly || first === byte.openSquare) return containerEnd(bytes, at, end)
  while (at < end && !endsLiteral(bytes[at] ?? 0)) at++
  return at
}

function containerEnd(bytes: Uint8Array, start: number, end: number): number {
  let depth = 0
  for (let at = start; at < end; at++) {
    const value = bytes[at]
    if (value === byte.quote) at = stringEnd(bytes, at + 1, end)
    else if (value === byte.openCurly || value === byte.openSquare) depth++
    else if ((value === byte.closeCurly || value === byte.closeSquare) && --depth === 0) return at + 1
  }
  return end
}

const endsLiteral = (value: number): boolean =>
  value === byte.comma || value === byte.closeCurly || value === byte.closeSquare || value <= byte.space

export function skipBlanks(bytes: Uint8Array, at: number, end: number): number {
  while (at < end && (bytes[at] ?? 0) <= byte.space) at++
  return at
}

/**
 * Walks the members of one JSON object (RFC 8259, 4) by their places, in their order, without parsing them. It takes
 * what it can get of damaged or cut-off text and never throws.
 */
export class ObjectCursor {
  /** The key without its quotes. */
  keyStart = 0
  keyEnd = 0
  keyEscaped = false
  /** The value; a string with its quotes. */
  valueStart = 0
  valueEnd = 0
  /** The value is a string with escapes. */
  valueEscaped = false
  #at = 0
  #end = 0

  /** False where no object starts at `start` (after blanks). */
  open(bytes: Uint8Array, start: number, end: number): boolean {
    this.#at = skipBlanks(bytes, start, end)
    this.#end = end
    if (this.#at >= end || bytes[this.#at] !== byte.openCurly) return false
    this.#at++
    return true
  }

  /** Moves to the next member; false after the last. */
  next(bytes: Uint8Array): boolean {
    const end = this.#end
    let at = this.#at
    // Blanks and the comma.
    while (at < end && ((bytes[at] ?? 0) <= byte.space || bytes[at] === byte.comma)) at++
    if (at >= end || bytes[at] !== byte.quote) return false
    this.keyStart = at + 1
    this.keyEnd = at = stringEnd(bytes, at + 1, end)
    this.keyEscaped = escaped
    at = skipBlanks(bytes, at + 1, end)
    if (at >= end || bytes[at] !== byte.colon) return false
    at = skipBlanks(bytes, at + 1, end)
    if (at >= end) return false
    this.valueStart = at
    escaped = false
    this.valueEnd = this.#at = valueEnd(bytes, at, end)
    this.valueEscaped = bytes[at] === byte.quote && escaped
    return true
  }
}
