import { toByteString } from './byte-string'
import { badData, integer, list, message, messageId, optional, parseExactly, record, text } from './fields'
import { decodeByteString } from './byte-string'
import type { Diagnostics, Entry, Origin, Queue } from './model'

/** The body of `GET /`. What is not as expected is refused with its place (`bad-data`). */
export function parseDiagnostics(body: Uint8Array): Diagnostics {
  const top = record(parseExactly(toByteString(body), 'diagnostics'), 'diagnostics')
  return {
    startTime: integer(top['start_time'], 'diagnostics.start_time'),
    currentTime: integer(top['current_time'], 'diagnostics.current_time'),
    permanentQueues: queues(top['permanent_queues'], 'diagnostics.permanent_queues'),
    transientQueues: queues(top['transient_queues'], 'diagnostics.transient_queues'),
  }
}

function queues(value: unknown, where: string): Queue[] {
  return Object.entries(record(value, where)).map(([key, content]) => {
    const name = decodeByteString(key)
    return queue(name, content, `${where}.${name}`)
  })
}

function queue(name: string, value: unknown, where: string): Queue {
  const fields = record(value, where)
  const expected = fields['next_transfer_expected']
  return {
    name,
    nextTransferExpected: optional(expected, (time) => integer(time, `${where}.next_transfer_expected`)),
    contents: list(fields['queue_contents'], `${where}.queue_contents`).map((item, index) =>
      entry(item, `${where}.queue_contents[${index}]`),
    ),
  }
}

function entry(value: unknown, where: string): Entry {
  const [id, content] = list(value, where, 2)
  const fields = record(content, where)
  return {
    id: messageId(id, where),
    origin: origin(fields['origin'], `${where}.origin`),
    time: integer(fields['time'], `${where}.time`),
    message: message(fields['message'], `${where}.message`),
  }
}

function origin(value: unknown, where: string): Origin {
  const [type, name] = list(value, where, 2)
  if (type === 'Name') return { type: 'name', name: text(name, where) }
  if (type === 'Anonymous') return { type: 'anonymous', name: text(name, where) }
  throw badData('the origin is neither Name nor Anonymous', where)
}
