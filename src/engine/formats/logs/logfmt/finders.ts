import { bytesOf, equals } from '../bytes'
import type { FieldFinder, FieldRange } from '../field-range'
import { fieldKind, found, missing } from '../field-range'
import { KeyTable, rankOfCode } from '../key-table'
import { PairCursor } from './cursor'

const cursor = new PairCursor()

const foundHere = (range: FieldRange): boolean =>
  found(range, cursor.valueStart, cursor.valueEnd, cursor.escaped ? fieldKind.jsonString : fieldKind.raw)

/** Finder of a usual field: the most telling of its keys that the line has. */
export function namedFinder(names: readonly string[]): FieldFinder {
  const table = new KeyTable([names])
  return (bytes, start, end, range) => {
    let best = names.length
    missing(range)
    cursor.open(start, end)
    while (best > 0 && cursor.next(bytes)) {
      if (!cursor.isPair) continue
      const code = table.code(bytes, cursor.keyStart, cursor.keyEnd)
      if (code < 0 || rankOfCode(code) >= best) continue
      best = rankOfCode(code)
      foundHere(range)
    }
    return best < names.length
  }
}

/** Finder of any key, a flag without `=` has an empty value. The first counts where a line has it twice. */
export function keyFinder(key: string): FieldFinder {
  const wanted = bytesOf(key)
  return (bytes, start, end, range) => {
    cursor.open(start, end)
    while (cursor.next(bytes)) {
      if (equals(bytes, cursor.keyStart, cursor.keyEnd, wanted)) return foundHere(range)
    }
    return missing(range)
  }
}
