import * as v from 'valibot'

/** A row of a message: one line of JSON, its payload last, as `engine/messages/message-rows.ts` writes it. */

const text = v.fallback(v.nullish(v.string(), null), null)
const number = v.fallback(v.nullish(v.number(), null), null)
const flag = v.fallback(v.nullish(v.boolean(), null), null)

const head = v.object({
  message: v.string(),
  kind: v.picklist(['request', 'response', 'notification']),
  queue: text,
  service: text,
  from: text,
  to: text,
  id: text,
  /** The request's message, of a response. */
  answers: text,
  method: text,
  task: text,
  /** Milliseconds from the request to this response. */
  latency: number,
  ok: flag,
  /** Bytes of the payload. */
  size: number,
  /** The bus cut the payload. */
  truncated: flag,
})
export type MessageRow = v.InferOutput<typeof head>

const before = ',"body":'

/** Null for a text that is no such row, or that was cut before its payload began. */
export function readMessageRow(row: string): MessageRow | null {
  const end = row.indexOf(before)
  if (end < 0) return null
  let parsed: unknown
  try {
    parsed = JSON.parse(`${row.slice(0, end)}}`)
  } catch {
    return null
  }
  const read = v.safeParse(head, parsed)
  return read.success ? read.output : null
}

export interface RowPayload {
  /** JSON text, or what the message said where that is no JSON. */
  readonly text: string
  readonly json: boolean
}

/** The payload of a whole row; what is not JSON is a text in it. Null for a row without one. */
export function payloadOf(row: string): RowPayload | null {
  const start = row.indexOf(before)
  const end = row.trimEnd().lastIndexOf('}')
  if (start < 0 || end <= start) return null
  const body = row.slice(start + before.length, end)
  if (!body.startsWith('"')) return { text: body, json: true }
  try {
    const said: unknown = JSON.parse(body)
    if (typeof said === 'string') return { text: said, json: false }
  } catch {
    // Shown as it is.
  }
  return { text: body, json: false }
}

const requestOf = /"(?:answers|message)":("(?:[^"\\]|\\.)*")/g

/** What a request and its response have in common: the request's message. */
export function pairOf(row: string): string | null {
  const end = row.indexOf(before)
  const names = [...row.slice(0, end < 0 ? undefined : end).matchAll(requestOf)]
  const last = names.at(-1)?.[1]
  if (last === undefined) return null
  try {
    const name: unknown = JSON.parse(last)
    return typeof name === 'string' ? name : null
  } catch {
    return null
  }
}
