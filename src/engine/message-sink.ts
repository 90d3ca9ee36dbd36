/**
 * The seam between sources that watch a bus of control messages and the board that keeps what they saw.
 * Nothing here knows message-switch: another bus would be another source.
 */

/** One step of a message on its way. */
export interface MessageEvent {
  /** Epoch milliseconds by the host's clock, with fractions. */
  readonly time: number
  readonly step: 'sent' | 'delivered' | 'acknowledged'
  /** The queue it goes through. */
  readonly queue: string
  /** Unique among the messages of one run of the bus. */
  readonly message: string
  /** Who sent it, or whom it was delivered to; null where the bus does not say. */
  readonly party: string | null
  /** Null for an acknowledgement, which says nothing of the message itself. */
  readonly content: MessageContent | null
}

export interface MessageContent {
  readonly kind: 'request' | 'response' | 'notification'
  /** Of a response: the message that it answers, and its queue. */
  readonly answers: { readonly message: string; readonly queue: string } | null
  /** Number of the message in its queue, as the bus prints it. */
  readonly id: string
  readonly method: string | null
  /** What links it with log lines. */
  readonly task: string | null
  /** Of a response; null where it cannot be told. */
  readonly ok: boolean | null
  /** JSON text (`params`, `result`, `error` are looked for in it), or null where it is not JSON. */
  readonly json: string | null
  readonly text: string
  /** Bytes of the payload as far as it is there. */
  readonly size: number
  /** The bus cut the payload. */
  readonly truncated: boolean
}

/** A message that waits in its queue. */
export interface WaitingMessage {
  readonly message: string
  readonly id: string
  /** When it was put there, epoch milliseconds by the host's clock. */
  readonly time: number
  readonly from: string | null
  readonly content: MessageContent
}

export type ListenerState =
  | { readonly kind: 'listening' }
  /** Nobody has listened since the bus started. */
  | { readonly kind: 'never-started' }
  /** Crashed or stuck; by when it should have asked again, epoch milliseconds by the host's clock. */
  | { readonly kind: 'unresponsive'; readonly since: number }
  /** A queue of replies: its owner is the caller. */
  | { readonly kind: 'replies' }

export interface QueueState {
  readonly name: string
  /** Short name of the service that answers; null for queues of replies. */
  readonly service: string | null
  readonly listener: ListenerState
  /** Newest first. */
  readonly waiting: readonly WaitingMessage[]
}

export interface MessageBus {
  /** `message-switch`. */
  readonly name: string
  /** What to call it on the screen. */
  readonly title: string
  /** Service that answers a queue; null for queues of replies. */
  serviceOf(queue: string): string | null
}

/** Takes what was seen on the bus. Calls are cheap and never throw. */
export interface MessageSink {
  /** How far the source has got, in its own words; kept from one connection to the next. */
  position: string | null
  observed(events: readonly MessageEvent[]): void
  /** So many events were not seen, between two moments of the host's clock (null: unknown). */
  missed(count: number | null, from: number | null, to: number | null, reason: string): void
  /** The contents of all queues, at a moment of the host's clock. */
  queues(states: readonly QueueState[], time: number): void
  /** Events on the bus so far by its own count, exact even where events were not seen. */
  total(events: number, time: number): void
  /** The bus was restarted: messages of before are answered no more. */
  restarted(time: number): void
}
