import { rowFlag, type SeenFields } from '@shared/model/rows'
import type { RowStream } from './row-stream'
import type { RowView } from './row-view'

/** Enough to know what there is; reading all fields of a row is slow. */
const newestRows = 300
const maxFields = 200
const maxValues = 20
/** Longer ones are texts, not values to choose from. */
const maxLength = 80

/** Fields of the newest rows of a view with their values, the most frequent first. */
export function fieldsSeen(view: RowView, streamOf: (number: number) => RowStream | undefined): SeenFields {
  const seen = new Map<string, Map<string, number>>()
  const { first, end } = view.index
  for (let position = Math.max(first, end - newestRows); position < end; position++) {
    const found = view.chunkAt(position)
    const stream = found && streamOf(found.chunk.stream)
    if (!found || !stream || found.chunk.flagsOf(found.row) & rowFlag.gap) continue
    const { chunk, row } = found
    const fields = stream.format.fields(chunk.bytes, chunk.startOf(row), chunk.endOf(row))
    for (const [name, value] of Object.entries(fields)) {
      if (value === null || typeof value === 'object') count(seen, name, null)
      else count(seen, name, String(value))
    }
    count(seen, 'host', stream.label.host)
    count(seen, 'source', stream.label.name)
  }
  return [...seen].map(([name, values]) => ({
    name,
    values: [...values]
      .sort((a, b) => b[1] - a[1])
      .slice(0, maxValues)
      .map(([value]) => value),
  }))
}

/** Names of the fields that the newest rows of each stream have. */
export function fieldNames(streams: readonly RowStream[]): Set<string> {
  const names = new Set<string>()
  for (const { chunks, format } of streams) {
    const chunk = chunks.at(-1)
    const count = chunk?.count ?? 0
    for (let row = Math.max(0, count - sampleRows); chunk && row < count && names.size < maxFields; row++) {
      if (chunk.flagsOf(row) & rowFlag.gap) continue
      Object.keys(format.fields(chunk.bytes, chunk.startOf(row), chunk.endOf(row))).forEach((name) =>
        names.add(name),
      )
    }
  }
  return names
}
const sampleRows = 10

function count(seen: Map<string, Map<string, number>>, name: string, value: string | null): void {
  let values = seen.get(name)
  if (!values) {
    if (seen.size >= maxFields) return
    seen.set(name, (values = new Map<string, number>()))
  }
  if (value !== null && value !== '' && value.length <= maxLength)
    values.set(value, (values.get(value) ?? 0) + 1)
}
