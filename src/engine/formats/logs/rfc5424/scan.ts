import { byte, find, isDigit } from '../bytes'
import { createSyslogPlaces, scanPriority } from '../syslog/header'

/** Parts of the header behind the version, in their order (RFC 5424, 6). */
export const headerParts = ['time', 'host', 'process', 'pid', 'msgid'] as const

/** Places in the line scanned last. */
export const places = {
  starts: new Int32Array(headerParts.length),
  ends: new Int32Array(headerParts.length),
  dataStart: -1,
  dataEnd: -1,
  textStart: -1,
}

/** Places of the priority of the line looked at last. */
export const priority = createSyslogPlaces()

/** Place after `<PRI>1 `; -1 where the line does not begin so. */
export function headerStart(bytes: Uint8Array, start: number, end: number): number {
  const version = scanPriority(bytes, start, end, priority)
  if (version === start || version >= end || !isDigit(bytes[version] ?? 0)) return -1
  const space = isDigit(bytes[version + 1] ?? 0) ? version + 2 : version + 1
  return space < end && bytes[space] === byte.space ? space + 1 : -1
}

/** Finds all parts; false where the header is not whole. */
export function scan(bytes: Uint8Array, start: number, end: number): boolean {
  let at = headerStart(bytes, start, end)
  if (at < 0) return false
  for (let part = 0; part < headerParts.length; part++) {
    const next = find(bytes, at, end, byte.space)
    if (next >= end || next === at) return false
    places.starts[part] = at
    places.ends[part] = next
    at = next + 1
  }
  places.dataStart = at
  places.dataEnd = structuredDataEnd(bytes, at, end)
  if (places.dataEnd < 0) return false
  places.textStart = textStart(bytes, Math.min(places.dataEnd + 1, end), end)
  return true
}

/** A UTF-8 text begins with a byte order mark (6.4), which is not part of it. */
const textStart = (bytes: Uint8Array, at: number, end: number): number =>
  end - at >= 3 && bytes[at] === 0xef && bytes[at + 1] === 0xbb && bytes[at + 2] === 0xbf ? at + 3 : at

/** End of `-` or of `[id name="value" ...]...` (6.3); -1 where it is not well-formed. */
function structuredDataEnd(bytes: Uint8Array, start: number, end: number): number {
  let at = start
  if (at < end && bytes[at] === byte.minus) at++
  else {
    while (at < end && bytes[at] === byte.openSquare) {
      at = elementEnd(bytes, at + 1, end)
      if (at < 0) return -1
    }
  }
  return at > start && (at === end || bytes[at] === byte.space) ? at : -1
}

/** Place after the `]` of an element; -1 where it has none. */
function elementEnd(bytes: Uint8Array, start: number, end: number): number {
  for (let at = start; at < end; at++) {
    const value = bytes[at]
    if (value === byte.quote) at = valueEnd(bytes, at + 1, end)
    else if (value === byte.closeSquare) return at + 1
  }
  return -1
}

/** Place of the quote that ends a value; `end` where there is none. */
export function valueEnd(bytes: Uint8Array, start: number, end: number): number {
  let at = start
  while (at < end && bytes[at] !== byte.quote) at += bytes[at] === byte.backslash ? 2 : 1
  return Math.min(at, end)
}
