import type { FieldRange } from '../field-range'
import { createFieldRange, fieldText } from '../field-range'
import type { LineHead, LogFields, LogFormat } from '../format'
import { createLineHead } from '../format'
import type { TimeContext } from '../time/resolver'
import { TimeResolver } from '../time/resolver'

/** Noise on both sides of a line: what reads beyond its ends is found out. */
const before = '2026-01-01T00:00:00Z ERROR {"level":"fatal"} <0>'
const after = '] | "}: [error|x|1 |t|m] level=error msg="x" ERROR 9999'

export interface Placed {
  readonly bytes: Uint8Array
  readonly start: number
  readonly end: number
}

/** A line in the middle of a buffer. */
export function placed(line: string | Uint8Array): Placed {
  const text = typeof line === 'string' ? Buffer.from(line) : line
  const bytes = Buffer.concat([Buffer.from(before), text, Buffer.from(after)])
  return { bytes, start: before.length, end: before.length + text.length }
}

export const utc: TimeContext = { now: Date.UTC(2026, 10, 25), hostUtcOffsetMinutes: 0 }

export function headOf(format: LogFormat, line: string | Uint8Array, context: TimeContext = utc): LineHead {
  const { bytes, start, end } = placed(line)
  const out = createLineHead()
  format.head(bytes, start, end, new TimeResolver(context), out)
  return out
}

export function fieldsOf(format: LogFormat, line: string | Uint8Array): LogFields {
  const { bytes, start, end } = placed(line)
  return format.fields(bytes, start, end)
}

/** Text of a field by its range; null where there is none. */
export function fieldOf(format: LogFormat, line: string | Uint8Array, field: string): string | null {
  const { bytes, start, end } = placed(line)
  const range: FieldRange = createFieldRange()
  const found = format.fieldRange(bytes, start, end, field, range)
  if (found !== (range[0] ?? -1) >= 0) throw new Error('The answer and the range disagree.')
  if (found && ((range[0] ?? 0) < start || (range[1] ?? 0) > end || (range[0] ?? 0) > (range[1] ?? 0))) {
    throw new Error(`The range of ${field} leaves the line.`)
  }
  return found ? fieldText(bytes, range) : null
}

export const standardFields = [
  'time',
  'host',
  'process',
  'pid',
  'level',
  'module',
  'thread',
  'task',
  'text',
] as const
