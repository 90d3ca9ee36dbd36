import {
  compileForRows,
  FilterTooSlow,
  messageFields,
  parseFilter,
  withSeenFields,
  type FieldValue,
  type FilterError,
  type FilterRow,
} from '@shared/filter'
import type { WaitingMessage } from '@shared/model/messages'

export interface FilteredMessages {
  readonly messages: readonly WaitingMessage[]
  readonly error: FilterError | null
  /** It took too long; all messages show. */
  readonly slow: boolean
}

/** Messages of a queue that match a filter; all of them where it cannot be read. `now`: epoch milliseconds. */
export function filterWaiting(
  messages: readonly WaitingMessage[],
  queue: string,
  service: string | null,
  filter: string,
  now: number,
): FilteredMessages {
  const { ast, error } = parseFilter(filter, { fields: withSeenFields(messageFields, []) })
  if (!ast) return { messages, error, slow: false }
  const test = compileForRows(ast, { frame: { now } })
  try {
    const found = messages.filter((message) => test(rowOf(message, queue, service)))
    return { messages: found, error: null, slow: false }
  } catch (thrown) {
    if (thrown instanceof FilterTooSlow) return { messages, error: null, slow: true }
    throw thrown
  }
}

function rowOf(message: WaitingMessage, queue: string, service: string | null): FilterRow {
  const own: Readonly<Record<string, FieldValue>> = {
    time: message.time,
    queue,
    service: service ?? undefined,
    kind: message.kind,
    id: message.id,
    from: message.from ?? undefined,
    method: message.method ?? undefined,
    task: message.task ?? undefined,
    ok: message.ok ?? undefined,
    size: message.size,
    status: message.kind === 'request' ? 'pending' : undefined,
  }
  let body: FieldValue | null = null
  return {
    text: () => message.text,
    field(name) {
      if (Object.hasOwn(own, name)) return own[name]
      if (name !== 'params' && name !== 'result' && name !== 'error') return undefined
      body ??= parsed(message.text)
      return typeof body === 'object' && body !== null && !isList(body) && Object.hasOwn(body, name)
        ? body[name]
        : undefined
    },
  }
}

const isList = (value: FieldValue): value is readonly FieldValue[] => Array.isArray(value)

/** What of the beginning of a payload can be read as JSON. */
function parsed(text: string): FieldValue {
  try {
    const value: unknown = JSON.parse(text)
    return isValue(value) ? value : undefined
  } catch {
    return undefined
  }
}
/** What JSON.parse gives holds nothing else. */
const isValue = (value: unknown): value is FieldValue =>
  value === null || ['string', 'number', 'boolean', 'object'].includes(typeof value)
