import { byte } from '../bytes'
import type { FieldFinder, FieldRange } from '../field-range'
import { fieldKind, missing } from '../field-range'
import { KeyTable, rankOfCode } from '../key-table'
import { ObjectCursor } from './cursor'
import { pathFinder } from './path'
import { foundValue, isNullAt } from './value'

const cursor = new ObjectCursor()

/** Whether a value can be that of a usual field; only texts may be objects or arrays. */
export function isUsable(bytes: Uint8Array, at: number, end: number, containers: boolean): boolean {
  const first = bytes[at]
  if (at >= end || isNullAt(bytes, at)) return false
  return containers || (first !== byte.openCurly && first !== byte.openSquare)
}

/**
 * Finder of a usual field: the most telling of its keys that the object has at its top, then those that are nested
 * (`log.level`).
 */
export function aliasFinder(names: readonly string[], containers: boolean, byteArrays: boolean): FieldFinder {
  const table = new KeyTable([names])
  const nested = names.filter((name) => name.includes('.')).map((name) => pathFinder(name))
  return (bytes, start, end, range) => {
    if (!cursor.open(bytes, start, end)) return missing(range)
    let best = names.length
    while (best > 0 && cursor.next(bytes)) {
      const rank = rankOfCode(table.code(bytes, cursor.keyStart, cursor.keyEnd))
      if (rank >= best || !isUsable(bytes, cursor.valueStart, cursor.valueEnd, containers)) continue
      if (foundValue(bytes, cursor.valueStart, cursor.valueEnd, cursor.valueEscaped, byteArrays, range))
        best = rank
    }
    if (best < names.length) return true
    for (const find of nested) {
      if (find(bytes, start, end, range) && (containers || !isContainer(bytes, range))) return true
    }
    return missing(range)
  }
}

const isContainer = (bytes: Uint8Array, range: FieldRange): boolean =>
  range[2] === fieldKind.parse ||
  (range[2] === fieldKind.json && !isUsable(bytes, range[0] ?? 0, range[1] ?? 0, false))
