import type { ByteString } from './byte-string'

/**
 * What message-switch tells of itself. The types follow `protocol.ml` of xapi (Diagnostics, Event, Message).
 *
 * Every int64 of the wire (ids, nanoseconds) is a bigint: ids may be anything up to 2^63, and the nanoseconds of a
 * switch that has run for more than 104 days do not fit a number. Names are text; payloads stay byte strings until
 * somebody looks at them (`readPayload`).
 */

/** The correlation id of a call: the queue a message was sent to, and its number there. Counts from 0 in each queue. */
export interface MessageId {
  readonly queue: string
  readonly id: bigint
}

/** A key for maps: queue names may hold anything, the number comes first so that keys cannot collide. */
export const messageKey = ({ queue, id }: MessageId): string => `${id} ${queue}`

export type MessageKind =
  | { readonly type: 'request'; readonly replyTo: string }
  /** `to` is the id of the request. */
  | { readonly type: 'response'; readonly to: MessageId }

export interface Message {
  readonly payload: ByteString
  readonly kind: MessageKind
}

export interface Origin {
  /** `name`: the token of a login; `anonymous`: a connection. */
  readonly type: 'name' | 'anonymous'
  readonly name: string
}

/** A message that waits in its queue until it is acknowledged. */
export interface Entry {
  readonly id: MessageId
  readonly origin: Origin
  /** Nanoseconds since the switch started. After a restart it may be later than `currentTime`. */
  readonly time: bigint
  readonly message: Message
}

export interface Queue {
  readonly name: string
  /**
   * When the service should have asked again, at the latest: nanoseconds since the switch started. Null: nobody has
   * listened since the switch started.
   */
  readonly nextTransferExpected: bigint | null
  /** Newest first. */
  readonly contents: readonly Entry[]
}

/** `GET /`. Queues in ascending order of their names. */
export interface Diagnostics {
  /** Always 0. */
  readonly startTime: bigint
  /** Nanoseconds since the switch started. */
  readonly currentTime: bigint
  readonly permanentQueues: readonly Queue[]
  /** They go with the connection that made them: queues of replies. */
  readonly transientQueues: readonly Queue[]
}

export type Traced =
  | { readonly type: 'message'; readonly id: MessageId; readonly message: Message }
  | { readonly type: 'ack'; readonly id: MessageId }

/** One event of `GET /trace/...`: a message that came in or went out, or an acknowledgement. */
export interface TraceEvent {
  /** Counts up over all queues; begins at 0 when the switch starts. */
  readonly id: bigint
  /** Seconds since the epoch, to the microsecond. */
  readonly time: number
  /** Who sent; null for a delivery. */
  readonly input: string | null
  readonly queue: string
  /** Whom it was delivered to; null for a send or an acknowledgement. */
  readonly output: string | null
  readonly traced: Traced
  /** Of a delivered response: nanoseconds since its request was sent. Null where the request was acknowledged before. */
  readonly processingTime: bigint | null
}
