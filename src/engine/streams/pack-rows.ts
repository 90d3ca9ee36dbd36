import { rowFlag, type RowBatch } from '@shared/model/rows'
import type { RowChunk } from './row-chunk'
import type { RowView } from './row-view'

export interface PackOptions {
  /** Bytes of each row's text at most. */
  readonly maxBytes: number
  /** Whether the row gets a mark; none by default. */
  readonly marked?: ((position: number) => boolean) | undefined
  /** Another text in place of the row's own; null where that stays. */
  readonly textOf?: ((chunk: RowChunk, row: number) => Uint8Array | null) | undefined
}

/** Copies rows [from, from + count) of a view, as far as they are there. */
export function packRows(view: RowView, from: number, count: number, options: PackOptions): RowBatch {
  const first = Math.min(Math.max(from, view.index.first), view.index.end)
  const length = Math.max(0, Math.min(from + count, view.index.end) - first)
  const batch = {
    from: first,
    streams: new Uint32Array(length),
    sequences: new Float64Array(length),
    times: new Float64Array(length),
    levels: new Uint8Array(length),
    flags: new Uint8Array(length),
    marks: new Uint8Array(length),
    lengths: new Uint32Array(length),
    ends: new Uint32Array(length),
  }
  const parts: Uint8Array[] = []
  let end = 0
  for (let at = 0; at < length; at++) {
    const found = view.chunkAt(first + at)
    if (!found) continue
    const { chunk, row } = found
    const start = chunk.startOf(row)
    const other = options.textOf?.(chunk, row) ?? null
    const text = (other ?? chunk.bytes.subarray(start, chunk.endOf(row))).subarray(0, options.maxBytes)
    parts.push(text)
    end += text.length
    batch.streams[at] = chunk.stream
    batch.sequences[at] = chunk.first + row
    batch.times[at] = chunk.keyOf(row)
    batch.levels[at] = chunk.levelOf(row)
    batch.flags[at] = chunk.flagsOf(row)
    batch.marks[at] = options.marked?.(first + at) ? 1 : 0
    const cut = (chunk.flagsOf(row) & rowFlag.cut) !== 0
    batch.lengths[at] = other && !cut ? other.length : chunk.lengthOf(row)
    batch.ends[at] = end
  }
  return { ...batch, text: joined(parts, end) }
}

function joined(parts: readonly Uint8Array[], length: number): Uint8Array {
  const text = new Uint8Array(length)
  let at = 0
  for (const part of parts) {
    text.set(part, at)
    at += part.length
  }
  return text
}
