import type { LogFormatName } from '@shared/model/rows'
import type { FieldFinder, FieldRange } from './field-range'
import type { Assumed, TimeResolver } from './time/resolver'

export type { LogFormatName }
export { logFormatNames } from '@shared/model/rows'

/** What the row store needs of each line at once. One object, used again for every line. */
export interface LineHead {
  /** Time of the event, ms since the epoch; NaN where the line has none. */
  time: number
  /** 0 emergency to 7 debug; 255 unknown. */
  severity: number
  /** The line belongs to the record before it: indented, a stack trace, no header. */
  continues: boolean
  /** What of `time` the line does not say itself. */
  assumed: Assumed
}

export const createLineHead = (): LineHead => ({
  time: NaN,
  severity: 255,
  continues: false,
  assumed: 'none',
})

/**
 * Fields of a line by name, texts with their escapes resolved; a field that is not there has no key.
 * `time` is the text of the line, `level` its word, `severity` one of the eight names where it is known.
 * JSON lines have all their keys besides, objects flattened to `a.b.c`, with their JSON values.
 */
export type LogFields = Record<string, unknown>

/** One way to write log lines. Formats hold no state: what a file's lines have in common is in the TimeResolver. */
export interface LogFormat {
  readonly name: LogFormatName
  /** 0 (not this format) to 1, for lines without their newline. */
  looksLike(sample: readonly Uint8Array[]): number
  /** Reads what is needed at once of bytes[start, end). Never throws, allocates nothing. */
  head(bytes: Uint8Array, start: number, end: number, times: TimeResolver, out: LineHead): void
  /**
   * A function that looks for one field: time, host, process, pid, level, module, thread, task, text, and
   * those that a format has besides. Ask once for each filter, not for each line.
   */
  finder(field: string): FieldFinder
  /** As `finder(field)`, for a single look. */
  fieldRange(bytes: Uint8Array, start: number, end: number, field: string, range: FieldRange): boolean
  /** All fields of a line, slowly: for the detail view, and the reference of the tests. */
  fields(bytes: Uint8Array, start: number, end: number): LogFields
}

export function setHead(
  out: LineHead,
  time: number,
  severity: number,
  continues: boolean,
  assumed: Assumed,
): void {
  out.time = time
  out.severity = severity
  out.continues = continues
  out.assumed = assumed
}

/** Entries whose value is neither undefined nor empty. */
export function present(entries: Readonly<Record<string, string | number | null | undefined>>): LogFields {
  return Object.fromEntries(
    Object.entries(entries).filter(([, value]) => value !== undefined && value !== null && value !== ''),
  )
}
