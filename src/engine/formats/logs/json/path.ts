import { byte, bytesOf, textOf } from '../bytes'
import type { FieldFinder, FieldRange } from '../field-range'
import { fieldKind, found, missing, unescapeJson } from '../field-range'
import { ObjectCursor } from './cursor'
import { foundValue } from './value'

const deepest = 32
// One for each depth: the walk of an inner object must not move the outer one.
const cursors = Array.from({ length: deepest }, () => new ObjectCursor())

/**
 * Finder of `a.b.c` in a JSON object: nested objects, keys that hold the dots themselves (`{"log.level": ...}`), and
 * any mixture; the first in the order of the text. A path that leads through an array is found as that array
 * with kind `parse`: `jsonField` has its values.
 */
export function pathFinder(path: string, { byteArrays = false, scalars = false } = {}): FieldFinder {
  const wanted: Wanted = { path: bytesOf(path), byteArrays, scalars }
  return (bytes, start, end, range) => findPath(bytes, start, end, wanted, 0, 0, range)
}

interface Wanted {
  readonly path: Uint8Array
  /** Arrays of numbers are texts. */
  readonly byteArrays: boolean
  /** Objects and arrays are passed over. */
  readonly scalars: boolean
}

/** `from`: the part of the path before it led here. */
function findPath(
  bytes: Uint8Array,
  start: number,
  end: number,
  wanted: Wanted,
  from: number,
  depth: number,
  range: FieldRange,
): boolean {
  const { path, byteArrays, scalars } = wanted
  const cursor = cursors[depth]
  if (!cursor?.open(bytes, start, end)) return missing(range)
  const rest = path.length - from
  while (cursor.next(bytes)) {
    const length = matchedLength(bytes, cursor, path, from)
    if (length < 0) continue
    const first = bytes[cursor.valueStart]
    if (length === rest) {
      if (scalars && (first === byte.openCurly || first === byte.openSquare)) continue
      if (foundValue(bytes, cursor.valueStart, cursor.valueEnd, cursor.valueEscaped, byteArrays, range))
        return true
      continue
    }
    if (first === byte.openSquare && !scalars) {
      return found(range, cursor.valueStart, cursor.valueEnd, fieldKind.parse)
    }
    if (first !== byte.openCurly) continue
    const inner = from + length + 1
    if (findPath(bytes, cursor.valueStart, cursor.valueEnd, wanted, inner, depth + 1, range)) return true
  }
  return missing(range)
}

/** Bytes of the path that the key matches: all of the rest, or up to a dot; -1 for none. */
function matchedLength(
  bytes: Uint8Array,
  { keyStart, keyEnd, keyEscaped }: ObjectCursor,
  path: Uint8Array,
  from: number,
): number {
  if (keyEscaped) {
    const key = bytesOf(unescapeJson(textOf(bytes, keyStart, keyEnd)))
    return matches(key, 0, key.length, path, from)
  }
  return matches(bytes, keyStart, keyEnd, path, from)
}

function matches(bytes: Uint8Array, start: number, end: number, path: Uint8Array, from: number): number {
  const length = end - start
  const rest = path.length - from
  if (length > rest || (length < rest && path[from + length] !== byte.dot)) return -1
  for (let index = 0; index < length; index++) {
    if (bytes[start + index] !== path[from + index]) return -1
  }
  return length
}
