import { valueAt, type FieldValue } from '@shared/filter/row'
import type { MessageEvent } from '../message-sink'
import { noLevel, type FieldReader, type RowFormat } from '../row-sink'
import type { CallStatus } from './call-book'

/**
 * Rows of messages: one line of JSON each, `{"time":<ms>,"level":<n>,"message":...,"kind":...,...,"body":<payload>}`,
 * the payload as it came, so that its numbers keep their digits. What is not JSON is a text.
 */

const errorLevel = 3
const usualLevel = 6

export interface RowContext {
  readonly service: string | null
  readonly to: string | null
  /** Of a response whose request was seen. */
  readonly method: string | null
  readonly task: string | null
  /** Milliseconds. */
  readonly latency: number | null
}

/** The line of a message that was sent, its line feed included. */
export function messageLine(event: MessageEvent, context: RowContext): string {
  const { content } = event
  if (!content) return ''
  const failed = content.kind === 'response' && content.ok === false
  const head = {
    message: event.message,
    kind: content.kind,
    queue: event.queue,
    service: context.service,
    from: event.party,
    to: context.to,
    id: content.id,
    answers: content.answers?.message,
    method: content.method ?? context.method,
    task: content.task ?? context.task,
    latency: context.latency ?? undefined,
    ok: content.ok ?? undefined,
    size: content.size,
    truncated: content.truncated,
  }
  const level = failed ? errorLevel : usualLevel
  const body = content.json === null ? JSON.stringify(content.text) : content.json.replaceAll('\n', ' ')
  return `{"time":${event.time},"level":${level},${JSON.stringify(head).slice(1, -1)},"body":${body}}\n`
}

/** Fields that are looked for in the payload. */
const inBody = new Set(['params', 'result', 'error'])

/** `statusOf` is asked anew each time: a request that was pending is answered later. */
export function messageFormat(statusOf: (message: string) => CallStatus | undefined): RowFormat {
  const rows = new ParsedRows()
  return {
    name: 'message',
    multiline: false,
    escapes: true,
    head(bytes, start, end, out) {
      out.time = numberAt(bytes, start + prefix.length, end)
      const text = Buffer.from(bytes.buffer, bytes.byteOffset + start, Math.min(60, end - start)).toString(
        'latin1',
      )
      out.level = text.includes('"level":3') ? errorLevel : text.startsWith(prefix) ? usualLevel : noLevel
      out.continues = false
    },
    field: (name) => fieldReader(name, rows, statusOf),
    fields(bytes, start, end) {
      const row = rows.parse(bytes, start, end)
      if (row === undefined) return {}
      const { body, ...head } = row
      const message = typeof row['message'] === 'string' ? row['message'] : ''
      const status = row['kind'] === 'request' ? statusOf(message) : undefined
      return { ...head, ...(status ? { status } : {}), ...(body === undefined ? {} : { body }) }
    },
  }
}
const prefix = '{"time":'

function fieldReader(
  name: string,
  rows: ParsedRows,
  statusOf: (message: string) => CallStatus | undefined,
): FieldReader {
  if (name === 'status') {
    return (bytes, start, end) => {
      const row = rows.parse(bytes, start, end)
      if (row?.['kind'] === 'response') return 'answered'
      return typeof row?.['message'] === 'string' ? statusOf(row['message']) : undefined
    }
  }
  if (inBody.has(name)) {
    return (bytes, start, end) => valueAt(rows.parse(bytes, start, end)?.['body'], [name])
  }
  return (bytes, start, end) => {
    const value = rows.parse(bytes, start, end)?.[name]
    return value === null ? undefined : value
  }
}

/** The row parsed last: a filter reads several fields of the same row one after another. */
class ParsedRows {
  #bytes: Uint8Array | null = null
  #start = -1
  #end = -1
  #row: Readonly<Record<string, FieldValue>> | undefined

  parse(bytes: Uint8Array, start: number, end: number): Readonly<Record<string, FieldValue>> | undefined {
    if (bytes === this.#bytes && start === this.#start && end === this.#end) return this.#row
    this.#bytes = bytes
    this.#start = start
    this.#end = end
    this.#row = parseRow(Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString())
    return this.#row
  }
}

function parseRow(text: string): Readonly<Record<string, FieldValue>> | undefined {
  try {
    const row: unknown = JSON.parse(text)
    return isObject(row) ? row : undefined
  } catch {
    // A row that was cut: too large to be kept whole.
    return undefined
  }
}

/** What JSON.parse gives holds nothing else. */
const isObject = (value: unknown): value is Readonly<Record<string, FieldValue>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function numberAt(bytes: Uint8Array, start: number, end: number): number {
  let at = start
  while (at < end && at < start + 24 && bytes[at] !== 44) at++
  const text = Buffer.from(bytes.buffer, bytes.byteOffset + start, at - start).toString('latin1')
  return text === '' ? NaN : Number(text)
}
