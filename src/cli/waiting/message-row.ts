import type { FieldValue, FilterRow } from '@shared/filter'
import type { FoundMessage } from './matching-messages'

const severity = { failed: 3, usual: 6 }

/** A waiting message with the fields that rows of messages have; its age comes from its time. */
export function messageRow({ queue, service, message, payload }: FoundMessage): FilterRow {
  const { id, kind, time, from, method, task, ok, size } = message
  const known: Readonly<Record<string, FieldValue>> = {
    queue,
    service,
    from,
    to: service,
    kind,
    id,
    method,
    task,
    time,
    ok,
    size,
    message: message.message,
    level: ok === false ? severity.failed : severity.usual,
    // What waits has been answered by nobody.
    status: kind === 'request' ? 'pending' : kind === 'response' ? 'answered' : null,
    truncated: Buffer.byteLength(payload) < size,
  }
  let body: Readonly<Record<string, FieldValue>> | null = null
  return {
    text: () => `${queue} ${from ?? ''} ${method ?? ''} ${payload}`,
    field(name) {
      if (Object.hasOwn(known, name)) return known[name] ?? undefined
      body ??= bodyOf(payload)
      return Object.hasOwn(body, name) ? body[name] : undefined
    },
  }
}

function bodyOf(payload: string): Readonly<Record<string, FieldValue>> {
  try {
    const value: unknown = JSON.parse(payload)
    return isObject(value) ? value : {}
  } catch {
    return {}
  }
}

/** What JSON.parse gives holds nothing else. */
const isObject = (value: unknown): value is Readonly<Record<string, FieldValue>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
