import { byte } from '../bytes'
import type { FieldFinder } from '../field-range'
import { missing } from '../field-range'
import { fieldOfCode, KeyTable, rankOfCode } from '../key-table'
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
  const table = new KeyTable([names, outerKeys(names)])
  const nested = names
    .filter((name) => name.includes('.'))
    .map((name) => pathFinder(name, { scalars: !containers }))
  return (bytes, start, end, range) => {
    if (!cursor.open(bytes, start, end)) return missing(range)
    let best = names.length
    let hasObject = false
    while (best > 0 && cursor.next(bytes)) {
      const code = table.code(bytes, cursor.keyStart, cursor.keyEnd)
      if (code < 0) continue
      hasObject ||= bytes[cursor.valueStart] === byte.openCurly
      const rank = fieldOfCode(code) === 0 ? rankOfCode(code) : names.length
      if (rank >= best || !isUsable(bytes, cursor.valueStart, cursor.valueEnd, containers)) continue
      if (foundValue(bytes, cursor.valueStart, cursor.valueEnd, cursor.valueEscaped, byteArrays, range))
        best = rank
    }
    if (best < names.length) return true
    if (!hasObject) return missing(range)
    for (const find of nested) {
      if (find(bytes, start, end, range)) return true
    }
    return missing(range)
  }
}

/** Keys that the path of a nested name can begin with, unless they are names themselves. */
function outerKeys(names: readonly string[]): string[] {
  const outer = names.flatMap((name) => {
    const parts = name.split('.')
    return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join('.'))
  })
  return [...new Set(outer)].filter((key) => !names.includes(key))
}
