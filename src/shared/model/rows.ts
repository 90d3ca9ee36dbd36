import * as v from 'valibot'
import { hostId } from './host'

/**
 * Rows of streams (log lines, control messages) as a window gets them: only those on screen, packed.
 * A view is the rows of some streams that match a filter, in order of time. Its positions stay what they are
 * while rows come at the end and leave at the start.
 */

export const streamKind = v.picklist(['logs', 'messages'])
export type StreamKind = v.InferOutput<typeof streamKind>

/** What a view shows. No hosts means all of them; no streams means all of the kind. */
export const rowSelection = v.strictObject({
  kind: streamKind,
  hosts: v.pipe(v.array(hostId), v.maxLength(1_000)),
  streams: v.pipe(v.array(v.pipe(v.string(), v.maxLength(1_024))), v.maxLength(1_000)),
  /** Numbers of streams that are left out. */
  without: v.optional(v.pipe(v.array(v.number()), v.maxLength(1_000))),
  filter: v.pipe(v.string(), v.maxLength(16_384)),
  /** Minutes that the reader's clock is ahead of UTC: for times in the filter that are written without a zone. */
  utcOffset: v.optional(v.pipe(v.number(), v.minValue(-1_080), v.maxValue(1_080)), 0),
})
export type RowSelection = v.InferOutput<typeof rowSelection>

/** How lines of a log may be written. */
export const logFormatNames = [
  'xensource',
  'smlog',
  'audit',
  'rfc3164',
  'rfc5424',
  'journald-json',
  'json',
  'logfmt',
  'plain',
] as const
export const logFormatName = v.picklist(logFormatNames)
export type LogFormatName = v.InferOutput<typeof logFormatName>

/**
 * Bits of `flags`: the row stands for rows that are missing; the row was cut; its time is that of its place among the
 * others, because it has none of its own or one that is out of order.
 */
export const rowFlag = { gap: 1, cut: 2, approximate: 4 } as const
/** `levels` of a row whose severity is unknown; otherwise 0 (emergency) to 7 (debug). */
export const unknownLevel = 15

/**
 * Consecutive rows of a view. Row i has `text[i === 0 ? 0 : ends[i - 1], ends[i])`, UTF-8 as it came (it may
 * be invalid), at most as many bytes as was asked for, of `lengths[i]`.
 */
export const rowBatch = v.object({
  /** Position of the first. */
  from: v.number(),
  streams: v.instance(Uint32Array<ArrayBufferLike>),
  sequences: v.instance(Float64Array<ArrayBufferLike>),
  /** Event times, epoch milliseconds of our clock, ascending. */
  times: v.instance(Float64Array<ArrayBufferLike>),
  levels: v.instance(Uint8Array<ArrayBufferLike>),
  flags: v.instance(Uint8Array<ArrayBufferLike>),
  /** 1 where the row matches the further filter of the request. */
  marks: v.instance(Uint8Array<ArrayBufferLike>),
  lengths: v.instance(Uint32Array<ArrayBufferLike>),
  ends: v.instance(Uint32Array<ArrayBufferLike>),
  text: v.instance(Uint8Array<ArrayBufferLike>),
})
export type RowBatch = v.InferOutput<typeof rowBatch>

export const rowStream = v.object({
  number: v.number(),
  host: v.string(),
  /** A file, a unit. */
  name: v.string(),
  format: v.string(),
  /** The format that a person chose; null while it follows what the lines look like, absent where none can be chosen. */
  chosenFormat: v.optional(v.nullable(logFormatName)),
  /** Rows taken in live, fetched from further back, let go to make room; rows known to be lost. */
  received: v.number(),
  fetched: v.number(),
  dropped: v.number(),
  lost: v.number(),
  /** Rows were lost that nobody could count. */
  lossUnknown: v.boolean(),
  /** Milliseconds that are added to its host's times: our clock less the host's. Absent without a host's clock. */
  clockShift: v.optional(v.number()),
  /** Older rows can be asked for. */
  hasOlder: v.boolean(),
})
export type RowStreamInfo = v.InferOutput<typeof rowStream>

const filterError = v.object({
  message: v.string(),
  offset: v.number(),
  length: v.number(),
  expected: v.array(v.string()),
})

export const viewUpdate = v.object({
  /** Names the view in further calls; it is there until the subscription ends. */
  view: v.string(),
  /** Goes up when positions are not what they were: rows on screen are to be located again. */
  revision: v.number(),
  /** Positions of the oldest row and behind the newest. */
  first: v.number(),
  end: v.number(),
  /** Rows looked at, and rows there are; less while the filter still runs. */
  looked: v.number(),
  rows: v.number(),
  /** Bytes that rows of all hosts take, and may take. */
  used: v.number(),
  limit: v.number(),
  streams: v.array(rowStream),
  /** What the filter was read as where that is not obvious. */
  notices: v.array(v.string()),
  /** The filter cannot be read; the view has no rows then. */
  error: v.nullable(filterError),
  /** Why the filter stopped before the end: too slow. */
  stopped: v.nullable(v.string()),
  /** The newest rows, as many as asked for. */
  tail: rowBatch,
})
export type ViewUpdate = v.InferOutput<typeof viewUpdate>

/** Rows by time and severity: bin b, level l at `counts[b * 9 + l]`; level 8 is "unknown". */
export const rowHistogram = v.object({
  from: v.number(),
  to: v.number(),
  bins: v.number(),
  counts: v.instance(Uint32Array<ArrayBufferLike>),
  /** Moments where rows are missing. */
  gaps: v.array(v.number()),
})
export type RowHistogram = v.InferOutput<typeof rowHistogram>

/** Everything about one row. */
export const rowDetails = v.object({
  host: v.string(),
  stream: v.string(),
  format: v.string(),
  time: v.number(),
  /** What of its time the row does not say itself, and where that came from; null where it says all. */
  timeNote: v.nullable(v.string()),
  level: v.number(),
  flags: v.number(),
  /** Bytes before it was cut. */
  length: v.number(),
  text: v.string(),
  /** JSON text of the fields, so that integers keep their digits. */
  fields: v.array(v.object({ name: v.string(), value: v.string() })),
})
export type RowDetails = v.InferOutput<typeof rowDetails>

/** Names of fields and some of their values, as the newest rows of a view have them; most frequent first. */
export const seenFields = v.array(v.object({ name: v.string(), values: v.array(v.string()) }))
export type SeenFields = v.InferOutput<typeof seenFields>
