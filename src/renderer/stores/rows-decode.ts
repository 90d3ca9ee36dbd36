import { rowFlag, unknownLevel, type RowBatch } from '@shared/model/rows'

/** Names a row for as long as the engine runs. */
export interface RowKey {
  readonly stream: number
  readonly sequence: number
}

/** One row on screen. */
export interface ShownRow extends RowKey {
  readonly position: number
  /** Epoch milliseconds of the engine's clock. */
  readonly time: number
  /** Syslog severity 0 to 7; null where it is unknown. */
  readonly level: number | null
  /** It stands for rows that are missing; its text is JSON, see `readGap`. */
  readonly gap: boolean
  /** It was longer, `length` bytes, than what is kept of it. */
  readonly cut: boolean
  /** `time` is that of its place among the others: it has none of its own, or one that is out of order. */
  readonly approximate: boolean
  /** It matches the filter that was asked about beside the view's own. */
  readonly mark: boolean
  /** Bytes it had. */
  readonly length: number
  /** As much of it as was asked for; bytes that are no UTF-8 read as U+FFFD. */
  readonly text: string
  /** Less text than the row has: more was not asked for. */
  readonly partial: boolean
}

const decoder = new TextDecoder()

export const sameRow = (one: RowKey | null, other: RowKey | null): boolean =>
  one !== null && other !== null && one.stream === other.stream && one.sequence === other.sequence

export function decodeRows(batch: RowBatch): ShownRow[] {
  const { from, streams, sequences, times, levels, flags, marks, lengths, ends, text } = batch
  const rows: ShownRow[] = []
  let start = 0
  for (const [at, stream] of streams.entries()) {
    const end = ends[at] ?? start
    const flag = flags[at] ?? 0
    const level = levels[at] ?? unknownLevel
    const length = lengths[at] ?? 0
    rows.push({
      position: from + at,
      stream,
      sequence: sequences[at] ?? 0,
      time: times[at] ?? NaN,
      level: level > 7 ? null : level,
      gap: (flag & rowFlag.gap) !== 0,
      cut: (flag & rowFlag.cut) !== 0,
      approximate: (flag & rowFlag.approximate) !== 0,
      mark: marks[at] === 1,
      length,
      text: decoder.decode(text.subarray(start, end)),
      partial: length > end - start,
    })
    start = end
  }
  return rows
}
