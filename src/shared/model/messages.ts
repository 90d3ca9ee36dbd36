import * as v from 'valibot'

/** Control messages of a host's internal services, as a window gets them. Times are epoch milliseconds of our clock. */

const time = v.nullable(v.number())

/** Whether somebody takes messages out of a queue. */
export const listenerState = v.variant('kind', [
  v.object({ kind: v.literal('listening') }),
  /** Nobody has listened since the bus started. */
  v.object({ kind: v.literal('never-started') }),
  /** Crashed or stuck: it should have asked again at `since`. */
  v.object({ kind: v.literal('unresponsive'), since: v.number() }),
  /** A queue of replies, its caller's own. */
  v.object({ kind: v.literal('replies') }),
])
export type ListenerState = v.InferOutput<typeof listenerState>

export const queueSummary = v.object({
  name: v.string(),
  service: v.nullable(v.string()),
  listener: listenerState,
  depth: v.number(),
  oldestAt: time,
  /** Messages sent into it since the console watches. */
  sent: v.number(),
})
export type QueueSummary = v.InferOutput<typeof queueSummary>

/** Times from request to response, seconds; null of none. */
export const latencyFigures = v.object({
  count: v.number(),
  p50: v.nullable(v.number()),
  p90: v.nullable(v.number()),
  p99: v.nullable(v.number()),
  max: v.nullable(v.number()),
})
export type LatencyFigures = v.InferOutput<typeof latencyFigures>

export const serviceSummary = v.object({
  name: v.string(),
  /** Null where it has no queue. */
  listener: v.nullable(listenerState),
  requests: v.number(),
  responses: v.number(),
  errors: v.number(),
  /** Requests that were seen and not answered yet. */
  pending: v.number(),
  oldestPendingAt: time,
  /** Of the last minute. */
  latency: latencyFigures,
})
export type ServiceSummary = v.InferOutput<typeof serviceSummary>

export const busSummary = v.object({
  name: v.string(),
  title: v.string(),
  /** When the queues were read last. */
  time,
  queues: v.array(queueSummary),
  services: v.array(serviceSummary),
  /** Events seen and known not to have been; `share` seen, null where what is missing could not be counted. */
  coverage: v.object({ seen: v.number(), missed: v.number(), share: v.nullable(v.number()) }),
})
export type BusSummary = v.InferOutput<typeof busSummary>

export const waitingMessage = v.object({
  message: v.string(),
  id: v.string(),
  kind: v.picklist(['request', 'response', 'notification']),
  time: v.number(),
  from: v.nullable(v.string()),
  method: v.nullable(v.string()),
  task: v.nullable(v.string()),
  ok: v.nullable(v.boolean()),
  /** Bytes of the whole payload. */
  size: v.number(),
  /** Its beginning, at most 4 KiB. */
  text: v.string(),
})
export type WaitingMessage = v.InferOutput<typeof waitingMessage>

export const queueContents = v.object({
  time,
  /** Newest first, at most 1,000; `depth` is how many there are. */
  depth: v.number(),
  messages: v.array(waitingMessage),
})
export type QueueContents = v.InferOutput<typeof queueContents>

/** A whole payload; `json` says that it can be shown as a tree: JSON, at most 256 deep and 16 MiB. */
export const messagePayload = v.object({ text: v.string(), json: v.boolean(), truncated: v.boolean() })
export type MessagePayload = v.InferOutput<typeof messagePayload>

/** Counts by time and latency: column c, bucket b at `counts[c * (bounds.length + 1) + b]`. */
export const latencyHeatmap = v.object({
  from: v.number(),
  to: v.number(),
  columns: v.number(),
  /** Upper bounds of all buckets but the last, seconds. */
  bounds: v.array(v.number()),
  counts: v.instance(Uint32Array<ArrayBufferLike>),
  /** Of each column; NaN of none. */
  p50: v.instance(Float32Array<ArrayBufferLike>),
  p99: v.instance(Float32Array<ArrayBufferLike>),
  figures: latencyFigures,
  methods: v.array(v.string()),
  share: v.nullable(v.number()),
})
export type LatencyHeatmap = v.InferOutput<typeof latencyHeatmap>

const rowRef = v.object({ stream: v.number(), sequence: v.number() })

/** One call from its request to the end of its response; a moment that was not seen is null. */
export const callDetails = v.object({
  message: v.string(),
  queue: v.string(),
  id: v.string(),
  service: v.nullable(v.string()),
  from: v.nullable(v.string()),
  to: v.nullable(v.string()),
  method: v.nullable(v.string()),
  task: v.nullable(v.string()),
  status: v.picklist(['pending', 'answered', 'lost']),
  ok: v.nullable(v.boolean()),
  /** Milliseconds. */
  latency: v.nullable(v.number()),
  times: v.object({
    sent: time,
    delivered: time,
    acknowledged: time,
    answered: time,
    answerDelivered: time,
    answerAcknowledged: time,
  }),
  request: v.nullable(rowRef),
  response: v.nullable(rowRef),
})
export type CallDetails = v.InferOutput<typeof callDetails>

/** How far a call is. */
export const callState = v.object({
  status: v.picklist(['pending', 'answered', 'lost']),
  ok: v.nullable(v.boolean()),
  /** Milliseconds. */
  latency: v.nullable(v.number()),
})
export type CallState = v.InferOutput<typeof callState>
