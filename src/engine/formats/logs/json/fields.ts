import { textOf } from '../bytes'
import type { FieldFinder } from '../field-range'
import { byteArrayText, createFieldRange, fieldText } from '../field-range'
import type { LineHead, LogFields } from '../format'
import { createLineHead } from '../format'
import { severityName } from '../severity'
import { TimeResolver } from '../time/resolver'
import type { KeyNames } from '../key-table'
import { firstScalar, flatten, parseObject } from './field'
import { jsonText } from './lossless'

const range = createFieldRange()
const times = new TimeResolver({ now: 0, hostUtcOffsetMinutes: 0 })
const lineHead = createLineHead()

export interface FieldsParts {
  readonly keys: KeyNames
  readonly finders: Readonly<Record<string, FieldFinder>>
  readonly byteArrays: boolean
  readonly head: (bytes: Uint8Array, start: number, end: number, times: TimeResolver, out: LineHead) => void
}

/** All fields of a line: the object's own, flattened, and the usual ones under their usual names. */
export function jsonFields(parts: FieldsParts, bytes: Uint8Array, start: number, end: number): LogFields {
  const line = textOf(bytes, start, end)
  const object = parseObject(line)
  const fields = object === null ? foundFields(parts, bytes, start, end) : parsedFields(parts, object)
  parts.head(bytes, start, end, times, lineHead)
  const severity = severityName(lineHead.severity)
  if (severity !== null) fields.set('severity', severity)
  if (!fields.has('text')) fields.set('text', line)
  return Object.fromEntries(fields)
}

function parsedFields({ keys, byteArrays }: FieldsParts, object: object): Map<string, unknown> {
  const top = new Map(Object.entries(object) as [string, unknown][])
  const fields = flatten(object)
  if (byteArrays) for (const [key, value] of fields) fields.set(key, bytesAsText(value))
  for (const [field, names] of Object.entries(keys)) {
    const own = names.map((name) => top.get(name))
    const nested = names.filter((name) => name.includes('.')).map((name) => firstScalar(object, name))
    const value = [...own, ...nested].find((each) => isUsableValue(each, field === 'text'))
    if (value === undefined) fields.delete(field)
    else fields.set(field, byteArrays ? bytesAsText(value) : value)
  }
  return fields
}

const isUsableValue = (value: unknown, containers: boolean): boolean =>
  value !== undefined && value !== null && (containers || typeof value !== 'object')

function bytesAsText(value: unknown): unknown {
  if (!Array.isArray(value)) return value
  const text = jsonText(value)
  return /^\[[\d,]+\]$/.test(text) ? byteArrayText(text) : value
}

/** What can be found of a line that is cut off or damaged. */
function foundFields(
  { finders }: FieldsParts,
  bytes: Uint8Array,
  start: number,
  end: number,
): Map<string, unknown> {
  const fields = new Map<string, unknown>()
  for (const [field, find] of Object.entries(finders)) {
    if (find(bytes, start, end, range)) fields.set(field, fieldText(bytes, range))
  }
  return fields
}
