import { rowFlag, type RowDetails } from '@shared/model/rows'
import type { RowChunk } from './row-chunk'
import type { RowStream } from './row-stream'

/** Everything about one row. */
export function rowDetails({ label, format }: RowStream, chunk: RowChunk, row: number): RowDetails {
  const [start, end] = [chunk.startOf(row), chunk.endOf(row)]
  const flags = chunk.flagsOf(row)
  const isApproximate = (flags & rowFlag.approximate) !== 0
  const isGap = (flags & rowFlag.gap) !== 0
  return {
    host: label.host,
    stream: label.name,
    format: format.name,
    time: chunk.keyOf(row),
    timeNote: isGap ? null : (format.timeNote?.(chunk.bytes, start, end, isApproximate) ?? null),
    level: chunk.levelOf(row),
    flags,
    length: chunk.lengthOf(row),
    text: Buffer.from(chunk.bytes.buffer, chunk.bytes.byteOffset + start, end - start).toString(),
    fields: isGap ? [] : Object.entries(fieldTexts()).map(([name, value]) => ({ name, value })),
  }

  function fieldTexts(): Readonly<Record<string, string>> {
    if (format.fieldTexts) return format.fieldTexts(chunk.bytes, start, end)
    const fields = Object.entries(format.fields(chunk.bytes, start, end))
    return Object.fromEntries(fields.map(([name, value]) => [name, JSON.stringify(value)]))
  }
}
