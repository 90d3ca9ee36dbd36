import {
  fromByteString,
  messageKey,
  parseJsonTree,
  parseTrace,
  type ByteString,
  type MessageId,
  type TraceEvent,
} from '@engine/formats/message-switch'
import type { RecordedMessage } from './recordings'
import type { Operation } from '../operation'

/**
 * In which order the real switch served what changed its state: the ids of the trace events tell, as far as some
 * client has read them. For the rest only the order of the answers is known.
 */
export class RecordedOrder {
  readonly #events = new Map<string, bigint[]>()

  constructor(answers: readonly RecordedMessage[]) {
    const seen = new Set<string>()
    for (const { body } of answers) {
      if (!body.startsWith('{"events"')) continue
      for (const event of parseTrace(fromByteString(body))) {
        // The ids begin again when the switch does; the time tells them apart.
        const instance = `${event.id} ${event.time}`
        if (seen.has(instance)) continue
        seen.add(instance)
        const key = eventKey(event)
        this.#events.set(key, [...(this.#events.get(key) ?? []), event.id])
      }
    }
  }

  /** The id of the first event of an operation that was answered so, not before `next`; null where nobody saw it. */
  firstEvent(operation: Operation, answer: ByteString, next: bigint): bigint | null {
    const [key] =
      operation.type === 'ack' ? [`ack ${messageKey(operation.id)}`] : answeredKeys(operation, answer)
    const ids = key === undefined ? [] : (this.#events.get(key) ?? [])
    return ids.find((id) => id >= next) ?? null
  }
}

/** The id behind the last event of a trace answer; null where it is none, or empty. */
export function behindLastEvent(answer: ByteString): bigint | null {
  const last = answer.startsWith('{"events"') ? parseTrace(fromByteString(answer)).at(-1) : undefined
  return last === undefined ? null : last.id + 1n
}

const eventKey = ({ input, traced }: TraceEvent): string =>
  `${traced.type === 'ack' ? 'ack' : input === null ? 'out' : 'in'} ${messageKey(traced.id)}`

function answeredKeys(operation: Operation, answer: ByteString): string[] {
  if (operation.type === 'send') {
    const [id] = ids(answer)
    return id === undefined ? [] : [`in ${messageKey(id)}`]
  }
  if (operation.type !== 'transfer') return []
  const list = /^\{"messages":([^]*),"next":"-?\d+"\}$/.exec(answer)?.[1] ?? '[]'
  return ids(list).map((id) => `out ${messageKey(id)}`)
}

/** Of `[["q",0]]`, and of `[[["q",0],{...}],...]`. */
function ids(text: ByteString): MessageId[] {
  const { tree } = parseJsonTree(text)
  const items = typeof tree === 'object' && tree?.type === 'list' ? tree.items : []
  return items.flatMap((item) => {
    const [first, second] = typeof item === 'object' && item?.type === 'list' ? item.items : []
    const [queue, id] = typeof first === 'object' && first?.type === 'list' ? first.items : [first, second]
    return typeof queue === 'string' && typeof id === 'object' && id?.type === 'number'
      ? [{ queue, id: BigInt(id.text) }]
      : []
  })
}
