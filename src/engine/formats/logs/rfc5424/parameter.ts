import { byte, bytesOf, equals, find, startsWith } from '../bytes'
import type { FieldFinder, FieldRange } from '../field-range'
import { fieldKind, found, missing } from '../field-range'
import { places, scan, valueEnd } from './scan'

/** Finder of a parameter of structured data by `id.name`, e.g. `origin.ip` or `exampleSDID@32473.iut`. */
export function parameterFinder(field: string): FieldFinder {
  const wanted = bytesOf(field)
  return (bytes, start, end, range) =>
    scan(bytes, start, end) ? findParameter(bytes, wanted, range) : missing(range)
}

/** Walks the elements `[id name="value" ...]` of the line scanned last; they are well-formed. */
function findParameter(bytes: Uint8Array, wanted: Uint8Array, range: FieldRange): boolean {
  const end = places.dataEnd
  let at = places.dataStart
  while (at < end && bytes[at] === byte.openSquare) {
    const id = ++at
    while (at < end && bytes[at] !== byte.space && bytes[at] !== byte.closeSquare && bytes[at] !== byte.quote)
      at++
    const idEnd = at
    while (at < end && bytes[at] !== byte.closeSquare) {
      while (at < end && isBetweenParameters(bytes[at])) at++
      const name = at
      while (at < end && !endsName(bytes[at])) at++
      const nameEnd = at
      if (bytes[at] === byte.equals) at++
      if (bytes[at] !== byte.quote) continue
      const value = at + 1
      const close = valueEnd(bytes, value, end)
      if (nameEnd > name && nameEnd < at && isWanted(bytes, id, idEnd, name, nameEnd, wanted)) {
        const escaped = find(bytes, value, close, byte.backslash) < close
        return found(range, value, close, escaped ? fieldKind.structuredData : fieldKind.raw)
      }
      at = Math.min(close + 1, end)
    }
    at++
  }
  return missing(range)
}

const isBetweenParameters = (value: number | undefined): boolean =>
  value === byte.space || value === byte.equals

const endsName = (value: number | undefined): boolean =>
  value === byte.space || value === byte.equals || value === byte.quote || value === byte.closeSquare

function isWanted(
  bytes: Uint8Array,
  id: number,
  idEnd: number,
  name: number,
  nameEnd: number,
  wanted: Uint8Array,
): boolean {
  const dot = idEnd - id
  return (
    dot + 1 + nameEnd - name === wanted.length &&
    wanted[dot] === byte.dot &&
    equals(bytes, id, idEnd, wanted.subarray(0, dot)) &&
    startsWith(bytes, name, nameEnd, wanted.subarray(dot + 1))
  )
}
