import { byte } from '../bytes'
import type { FieldFinder } from '../field-range'
import { createFieldRange, found } from '../field-range'
import { finderFormat, shareOf } from '../finder-format'
import type { LogFormat, LogFormatName } from '../format'
import type { KeyNames } from '../key-table'
import { plainHead } from '../plain-head'
import { aliasFinder } from './alias-finder'
import { ObjectCursor } from './cursor'
import { jsonFields } from './fields'
import { objectHead } from './head'
import { journaldKeys, jsonKeys } from './keys'
import { pathFinder } from './path'

interface JsonParts {
  readonly name: LogFormatName
  readonly keys: KeyNames & Record<'time' | 'level' | 'text', readonly string[]>
  /** Arrays of numbers are texts. */
  readonly byteArrays: boolean
  readonly isLine: (line: Uint8Array) => boolean
  readonly weight: number
}

function jsonFormat({ name, keys, byteArrays, isLine, weight }: JsonParts): LogFormat {
  const finders: Record<string, FieldFinder> = {}
  for (const [field, names] of Object.entries(keys)) {
    finders[field] = aliasFinder(names, field === 'text', byteArrays)
  }
  const text = aliasFinder(keys.text, true, byteArrays)
  // An object without a message, and a line that is no object, are texts themselves.
  finders['text'] = (bytes, start, end, range) => text(bytes, start, end, range) || found(range, start, end)
  const ofObject = objectHead(keys.time, keys.level)
  const head: LogFormat['head'] = (bytes, start, end, times, out) => {
    if (!ofObject(bytes, start, end, times, out)) plainHead(bytes, start, end, times, out)
  }
  return finderFormat({
    name,
    looksLike: (sample) => weight * shareOf(sample, isLine),
    head,
    finders,
    otherFinder: (field) => pathFinder(field, { byteArrays }),
    fields: (bytes, start, end) => jsonFields({ keys, finders, byteArrays, head }, bytes, start, end),
  })
}

const cursor = new ObjectCursor()
const range = createFieldRange()
const journaldTime = pathFinder('__REALTIME_TIMESTAMP')

const isObject = (line: Uint8Array): boolean =>
  cursor.open(line, 0, line.length) && cursor.next(line) && line[line.length - 1] === byte.closeCurly

/** Lines of `journalctl -o json`, see `journaldKeys`; `unit` is the unit, other fields by their own names. */
export const journaldJson = jsonFormat({
  name: 'journald-json',
  keys: journaldKeys,
  byteArrays: true,
  isLine: (line) => journaldTime(line, 0, line.length, range),
  weight: 1,
})

/** One JSON object a line (RFC 8259), with the keys that usual loggers write, see `jsonKeys`. */
export const jsonLines = jsonFormat({
  name: 'json',
  keys: jsonKeys,
  byteArrays: false,
  isLine: isObject,
  weight: 0.95,
})
