import { toByteString } from './byte-string'
import { badData, integer, list, message, messageId, optional, parseExactly, record, text } from './fields'
import type { Traced, TraceEvent } from './model'

/**
 * The body of `GET /trace/<from>/<timeout>`: events in ascending order of their ids. The first may be beyond `from`:
 * what is between was lost. Strings that were cut within a character are no obstacle (`readTracePayload`).
 */
export function parseTrace(body: Uint8Array): TraceEvent[] {
  const top = record(parseExactly(toByteString(body), 'trace'), 'trace')
  return list(top['events'], 'trace.events').map((item, index) => event(item, `trace.events[${index}]`))
}

function event(value: unknown, where: string): TraceEvent {
  const [id, content] = list(value, where, 2)
  const fields = record(content, where)
  const { time, input, output, processing_time: processingTime } = fields
  if (typeof time !== 'number') throw badData('the time is missing', where)
  return {
    id: integer(id, where),
    time,
    input: optional(input, (name) => text(name, where)),
    queue: text(fields['queue'], where),
    output: optional(output, (name) => text(name, where)),
    traced: traced(fields['message'], where),
    processingTime: optional(processingTime, (nanoseconds) => integer(nanoseconds, where)),
  }
}

function traced(value: unknown, where: string): Traced {
  const [type, id, content] = list(value, where)
  if (type === 'Message') {
    return { type: 'message', id: messageId(id, where), message: message(content, where) }
  }
  if (type === 'Ack') return { type: 'ack', id: messageId(id, where) }
  throw badData('the event is neither Message nor Ack', where)
}
