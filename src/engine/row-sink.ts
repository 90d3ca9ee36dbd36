import type { FieldValue } from '@shared/filter/row'
import type { LogFormatName } from '@shared/model/rows'

export type { FieldValue }

/** The seam between sources, which bring rows (log lines, messages), and the store that keeps them. */

/** What is needed of a row at once; found without allocation and written into a reused object. */
export interface RowHead {
  /** Event time, epoch milliseconds; NaN where the row has none. */
  time: number
  /** Syslog severity 0 (emergency) to 7 (debug); {@link noLevel} where unknown. */
  level: number
  /** The line belongs to the row before it. */
  continues: boolean
}

export const noLevel = 15
export const maxLevel = 7

/** How the bytes of one stream's rows read. Never throws, whatever the bytes are. */
export interface RowFormat {
  readonly name: string
  /** Whether a row may have more than one line. */
  readonly multiline: boolean
  /** Whether a field's characters may stand escaped in the bytes, as in JSON. */
  readonly escapes: boolean
  /** Whether a text may stand as a list of byte values, as journald writes what is no UTF-8. */
  readonly byteArrays?: boolean
  head(bytes: Uint8Array, start: number, end: number, out: RowHead): void
  /** How one field is read: asked for once for each filter, called for each row. */
  field(name: string): FieldReader
  /** All fields, for the view of one row. */
  fields(bytes: Uint8Array, start: number, end: number): Readonly<Record<string, FieldValue>>
  /** The same as JSON texts, where numbers have more digits than a field's value can keep. */
  fieldTexts?(bytes: Uint8Array, start: number, end: number): Readonly<Record<string, string>>
  /**
   * What of its time a row does not say itself, and where that came from, as sentences; null where it says all.
   * `isApproximate`: it stands at another time than its own.
   */
  timeNote?(bytes: Uint8Array, start: number, end: number, isApproximate: boolean): string | null
}

/** The value of a field of the row at bytes[start, end); undefined where it has none. */
export type FieldReader = (bytes: Uint8Array, start: number, end: number) => FieldValue | undefined

/** Lines that arrived together: line i is `bytes[i === 0 ? 0 : ends[i - 1], ends[i])`, each with its line feed. */
export interface LineBatch {
  readonly bytes: Uint8Array
  /** Ends of the lines, line feed included; `count` of them are valid. */
  readonly ends: Int32Array | Uint32Array
  readonly count: number
  /** Length in bytes that a line had before it was cut, by its position; most batches have none. */
  readonly cut?: ReadonlyMap<number, number> | undefined
}

/** Rows that are known to be missing at one place. */
export interface Gap {
  /** How many; null where the source cannot count. */
  readonly count: number | null
  /** Between which moments they happened, epoch milliseconds; null where unknown. */
  readonly from: number | null
  readonly to: number | null
  /** What happened, as a sentence. */
  readonly reason: string
}

export interface RowStreamOptions {
  /** `logs`, `messages`. */
  readonly kind: string
  /** Unique in the host and kind: a file, a unit. */
  readonly name: string
  readonly format: RowFormat
  /** Fetches up to `rows` rows from before the oldest and prepends them; false when there are none. */
  readonly older?: ((rows: number, signal: AbortSignal) => Promise<boolean>) | undefined
  /** Reads the lines as written in this format from now on, by {@link RowSink.useFormat}; null: as they look. */
  readonly choose?: ((format: LogFormatName | null) => void) | undefined
}

/** A place in a file that is found again by the bytes beside it, whatever name the file has by then. */
export interface FilePlace {
  /** Offset in bytes. */
  readonly position: number
  /** The file holds `bytes` from here on; they end or begin at the position. */
  readonly from: number
  readonly bytes: Uint8Array
  /** The same text for the same file; null where that is not known. */
  readonly identity: string | null
}

/**
 * Between which places a stream's rows were read: places in a file, or cursors of a journal. It is kept with the rows,
 * so that the next connection goes on exactly behind them, and further back exactly before them.
 */
export interface RowExtent {
  readonly oldest: FilePlace | string
  readonly newest: FilePlace | string
}

/** Takes the rows of one stream. Calls are cheap and never throw. */
export interface RowSink {
  /** Number of the stream in the store. */
  readonly stream: number
  /** Number that the next row appended gets. */
  readonly next: number
  /** As told by the last {@link RowSink.mark}, also of an earlier connection; null where there was none. */
  readonly extent: RowExtent | null
  /** The format that a person chose for this stream, also on an earlier connection; null where nobody did. */
  readonly chosen: LogFormatName | null
  append(batch: LineBatch): void
  prepend(batch: LineBatch): void
  gap(gap: Gap): void
  /** Up to where all rows were given: to be told right after they were. */
  mark(extent: RowExtent): void
  /**
   * A better reading of the same bytes, from now on; `stored`, the same format that has read nothing yet, also for the
   * rows that are there.
   */
  useFormat(format: RowFormat, stored?: RowFormat): void
}
