import {
  createFieldRange,
  createLineHead,
  fieldKind,
  fieldText,
  jsonField,
  jsonText,
  TimeResolver,
  unknownSeverity,
  type FieldRange,
  type LogFormat,
  type TimeContext,
} from '../../formats/logs'
import { noLevel } from '../../row-sink'
import type { FieldReader, FieldValue, RowFormat, RowHead } from '../source'
import { timeNote } from './time-note'

/** Formats whose fields are parts of the line as they stand. */
const asTheyStand: ReadonlySet<string> = new Set(['xensource', 'smlog', 'audit', 'rfc3164', 'plain'])

/** A log format as the store reads its rows. It holds what the lines of one file have in common: their times. */
export class LogRowFormat implements RowFormat {
  readonly name: string
  readonly multiline: boolean
  readonly escapes: boolean
  readonly byteArrays: boolean
  readonly logFormat: LogFormat
  readonly #context: TimeContext
  readonly #line = createLineHead()
  #times: TimeResolver
  #olderTimes: TimeResolver | null = null
  #olderThan = Infinity
  /** Time of the first line that had one, of those read since it was set to NaN. */
  firstTime = NaN

  constructor(format: LogFormat, context: TimeContext) {
    this.name = format.name
    this.multiline = format.name !== 'journald-json'
    this.escapes = !asTheyStand.has(format.name)
    this.byteArrays = format.name === 'journald-json'
    this.logFormat = format
    this.#context = context
    this.#times = new TimeResolver(context)
  }

  /** The same file read in another way. */
  as(format: LogFormat): LogRowFormat {
    return new LogRowFormat(format, this.#context)
  }

  head(bytes: Uint8Array, start: number, end: number, out: RowHead): void {
    const line = this.#line
    this.logFormat.head(bytes, start, withoutLineEnd(bytes, start, end), this.#times, line)
    out.time = line.time
    out.level = line.severity === unknownSeverity ? noLevel : line.severity
    out.continues = line.continues
    if (Number.isNaN(this.firstTime)) this.firstTime = line.time
  }

  field(name: string): FieldReader {
    const find = this.logFormat.finder(name)
    const range = createFieldRange()
    return (bytes, start, end) =>
      find(bytes, start, end, range) ? valueOf(bytes, start, end, range, name) : undefined
  }

  fields(bytes: Uint8Array, start: number, end: number): Readonly<Record<string, FieldValue>> {
    const found = this.logFormat.fields(bytes, start, withoutLineEnd(bytes, start, end))
    const fields: Record<string, FieldValue> = {}
    for (const [name, value] of Object.entries(found)) {
      Object.defineProperty(fields, name, { value: fieldValue(value, 0), enumerable: true })
    }
    return fields
  }

  fieldTexts(bytes: Uint8Array, start: number, end: number): Readonly<Record<string, string>> {
    const found = this.logFormat.fields(bytes, start, withoutLineEnd(bytes, start, end))
    return Object.fromEntries(Object.entries(found).map(([name, value]) => [name, jsonText(value)]))
  }

  timeNote(bytes: Uint8Array, start: number, end: number, isApproximate: boolean): string | null {
    const line = bytes.indexOf(10, start)
    const first = bytes.subarray(start, line < 0 || line > end ? end : line)
    return timeNote(this.logFormat, this.#context, first, isApproximate)
  }

  /** Reads lines from before those read so far: the years that they lack are found from there. */
  older(modified: number | null, work: () => void): void {
    const live = this.#times
    const now = this.firstTime
    this.#olderThan = Math.min(Number.isNaN(now) ? Infinity : now, modified ?? Infinity)
    this.#olderTimes ??= new TimeResolver({ ...this.#context, now: () => this.#latestOlder() })
    this.#times = this.#olderTimes
    this.firstTime = NaN
    work()
    this.#times = live
    if (Number.isNaN(this.firstTime)) this.firstTime = now
  }

  #latestOlder(): number {
    if (Number.isFinite(this.#olderThan)) return this.#olderThan
    const { now } = this.#context
    return typeof now === 'number' ? now : now()
  }
}

function withoutLineEnd(bytes: Uint8Array, start: number, end: number): number {
  if (end > start && bytes[end - 1] === 10) end--
  if (end > start && bytes[end - 1] === 13) end--
  return end
}

function valueOf(bytes: Uint8Array, start: number, end: number, range: FieldRange, name: string): FieldValue {
  if (range[2] === fieldKind.parse) {
    return jsonField(bytes, start, end, name).map((value) => fieldValue(value, 0))
  }
  const text = fieldText(bytes, range) ?? undefined
  if (range[2] !== fieldKind.json || text === undefined) return text
  try {
    const value: unknown = JSON.parse(text)
    // Beyond 2^53 a number would lose digits.
    return typeof value === 'number' && !Number.isSafeInteger(value) && /^-?\d+$/.test(text)
      ? text
      : fieldValue(value, 0)
  } catch {
    return text
  }
}

const deepest = 32

/** Any value out of JSON as one of a row's. */
function fieldValue(value: unknown, depth: number): FieldValue {
  switch (typeof value) {
    case 'string':
    case 'number':
    case 'boolean':
      return value
    case 'bigint':
      return value.toString()
    case 'object': {
      if (value === null || depth > deepest) return null
      if (Array.isArray(value)) return value.map((one) => fieldValue(one, depth + 1))
      const object: Record<string, FieldValue> = {}
      for (const [name, inner] of Object.entries(value)) {
        Object.defineProperty(object, name, { value: fieldValue(inner, depth + 1), enumerable: true })
      }
      return object
    }
    case 'undefined':
    case 'function':
    case 'symbol':
      return undefined
  }
}
