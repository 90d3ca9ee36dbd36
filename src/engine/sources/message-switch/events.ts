import {
  messageKey,
  parsePayload,
  readPayload,
  readTracePayload,
  type Entry,
  type Message,
  type Payload,
  type PayloadText,
  type TraceEvent,
} from '../../formats/message-switch'
import type { MessageContent, MessageEvent, WaitingMessage } from '../source'

const maxJson = 16 * 2 ** 20

/** Short name of the service that answers a queue; null for queues of replies. */
export function serviceOf(queue: string): string | null {
  const prefix = 'org.xen.xapi.'
  return queue.startsWith(prefix) ? queue.slice(prefix.length) : null
}

export function messageEvent(event: TraceEvent): MessageEvent {
  const { traced, input, output } = event
  const acknowledged = traced.type === 'ack'
  const sent = !acknowledged && input !== null
  return {
    time: event.time * 1_000,
    step: acknowledged ? 'acknowledged' : sent ? 'sent' : 'delivered',
    queue: event.queue,
    message: messageKey(traced.id),
    party: input ?? output,
    // A delivery repeats what the send has said.
    content: sent ? contentOf(traced.id.id, traced.message, readTracePayload(traced.message.payload)) : null,
  }
}

/** `now`: the moment of the host's clock at which the switch's own clock showed `currentTime`, epoch milliseconds. */
export function waitingMessage(
  entry: Entry,
  content: MessageContent,
  currentTime: bigint,
  now: number,
): WaitingMessage {
  return {
    message: messageKey(entry.id),
    id: entry.id.id.toString(),
    // After a restart it may lie in the switch's future.
    time: Math.min(now, now - Number(currentTime - entry.time) / 1e6),
    from: entry.origin.type === 'name' ? entry.origin.name : null,
    content,
  }
}

export const waitingContent = ({ id, message }: Entry): MessageContent =>
  contentOf(id.id, message, readPayload(message.payload))

function contentOf(
  id: bigint,
  { kind, payload: bytes }: Message,
  { text, truncated, lossy }: PayloadText,
): MessageContent {
  const payload = parsePayload(text)
  return {
    kind: kind.type,
    answers: kind.type === 'response' ? { message: messageKey(kind.to), queue: kind.to.queue } : null,
    id: id.toString(),
    method: payload.type === 'call' ? payload.method : null,
    task: payload.type === 'call' ? (payload.debug?.taskId ?? null) : null,
    ok: payload.type === 'reply' ? !payload.failed : null,
    json: isJson(payload) && text.length <= maxJson ? text : null,
    text,
    size: bytes.length,
    truncated: truncated || lossy,
  }
}

const isJson = (payload: Payload): boolean => payload.tree !== null
