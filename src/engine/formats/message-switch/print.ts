import { encodeByteString, type ByteString } from './byte-string'
import type { Diagnostics, Entry, Message, MessageId, Origin, Queue, Traced, TraceEvent } from './model'
import { printFloat, printString } from './yojson-print'

/** The switch's answers, byte for byte as it prints them. Options that are absent are left out, not null. */

export function printDiagnostics(diagnostics: Diagnostics): ByteString {
  return object([
    ['start_time', String(diagnostics.startTime)],
    ['current_time', String(diagnostics.currentTime)],
    ['permanent_queues', queues(diagnostics.permanentQueues)],
    ['transient_queues', queues(diagnostics.transientQueues)],
  ])
}

export function printTrace(events: readonly TraceEvent[]): ByteString {
  return `{"events":[${events.map((event) => `[${event.id},${traceEvent(event)}]`).join(',')}]}`
}

/** The answer to `POST /transfer`: messages as (id, message), newest first, and where to go on. */
export function printTransfer(
  messages: readonly { readonly id: MessageId; readonly message: Message }[],
  next: bigint,
): ByteString {
  const items = messages.map(({ id, message }) => `[${printMessageId(id)},${printMessage(message)}]`)
  return `{"messages":[${items.join(',')}],"next":"${next}"}`
}

/** `["queue",0]` */
export const printMessageId = ({ queue, id }: MessageId): ByteString => `[${string(queue)},${id}]`

const string = (text: string): ByteString => printString(encodeByteString(text))

const object = (fields: readonly (readonly [string, ByteString | null])[]): ByteString =>
  `{${fields.flatMap(([key, value]) => (value === null ? [] : [`"${key}":${value}`])).join(',')}}`

const queues = (all: readonly Queue[]): ByteString =>
  `{${all.map((queue) => `${string(queue.name)}:${printQueue(queue)}`).join(',')}}`

const printQueue = ({ nextTransferExpected, contents }: Queue): ByteString =>
  object([
    ['next_transfer_expected', nextTransferExpected === null ? null : String(nextTransferExpected)],
    ['queue_contents', `[${contents.map(printEntry).join(',')}]`],
  ])

const printEntry = ({ id, origin, time, message }: Entry): ByteString =>
  `[${printMessageId(id)},${object([
    ['origin', printOrigin(origin)],
    ['time', String(time)],
    ['message', printMessage(message)],
  ])}]`

const printOrigin = ({ type, name }: Origin): ByteString =>
  `["${type === 'name' ? 'Name' : 'Anonymous'}",${string(name)}]`

function printMessage({ payload, kind }: Message): ByteString {
  const printedKind =
    kind.type === 'request'
      ? `["Request",${string(kind.replyTo)}]`
      : `["Response",${printMessageId(kind.to)}]`
  return `{"payload":${printString(payload)},"kind":${printedKind}}`
}

const traceEvent = ({ time, input, queue, output, traced, processingTime }: TraceEvent): ByteString =>
  object([
    ['time', printFloat(time)],
    ['input', input === null ? null : string(input)],
    ['queue', string(queue)],
    ['output', output === null ? null : string(output)],
    ['message', printTraced(traced)],
    ['processing_time', processingTime === null ? null : String(processingTime)],
  ])

const printTraced = (traced: Traced): ByteString =>
  traced.type === 'ack'
    ? `["Ack",${printMessageId(traced.id)}]`
    : `["Message",${printMessageId(traced.id)},${printMessage(traced.message)}]`
