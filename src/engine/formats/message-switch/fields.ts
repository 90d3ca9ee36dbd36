import { DiagnosticError } from '@shared/errors'
import { closingQuote } from '@shared/json/json-walk'
import { decodeByteString, type ByteString } from './byte-string'
import type { Message, MessageId, MessageKind } from './model'

/** Reading of the switch's JSON, of which every string is a byte string still. */

export function badData(what: string, where: string): DiagnosticError {
  return new DiagnosticError('bad-data', `The message switch's answer is not as expected: ${what}.`, {
    where,
    hint: 'It may be of another version, or something else listens on its socket.',
  })
}

/** `text` is a byte string. Integers that a number cannot hold come as strings of digits: `integer` reads both. */
export function parseExactly(text: ByteString, subject: string): unknown {
  try {
    return parse(/\d{16}/.test(text) ? quoteLongIntegers(text) : text)
  } catch (error) {
    throw new DiagnosticError('bad-data', "The message switch's answer is not JSON.", {
      where: subject,
      cause: error,
    })
  }
}

/** OCaml writes `15.`, too: other printers of xapi's do, and JSON does not know it. */
function parse(text: ByteString): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    const completed = outsideStrings(text, (part) => part.replace(/(\d)\.(?!\d)/g, '$1.0'))
    if (completed === text) throw error
    return JSON.parse(completed)
  }
}

const longInteger = /(?<![\d.eE+-])-?\d{16,}(?![\d.eE])/g

const quoteLongIntegers = (text: ByteString): ByteString =>
  outsideStrings(text, (part) => part.replace(longInteger, '"$&"'))

function outsideStrings(text: ByteString, change: (part: ByteString) => ByteString): ByteString {
  const parts: string[] = []
  let at = 0
  for (;;) {
    const open = text.indexOf('"', at)
    const outside = open < 0 ? text.slice(at) : text.slice(at, open)
    parts.push(change(outside))
    if (open < 0) return parts.join('')
    const end = closingQuote(text, open + 1)
    at = end < 0 ? text.length : end + 1
    parts.push(text.slice(open, at))
  }
}

export function record(value: unknown, where: string): Readonly<Record<string, unknown>> {
  if (isRecord(value)) return value
  throw badData('an object is missing', where)
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export function list(value: unknown, where: string, length?: number): readonly unknown[] {
  if (isList(value) && (length === undefined || value.length === length)) return value
  throw badData(length === undefined ? 'a list is missing' : `a list of ${length} is missing`, where)
}

const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value)

export function bytes(value: unknown, where: string): ByteString {
  if (typeof value === 'string') return value
  throw badData('a string is missing', where)
}

export const text = (value: unknown, where: string): string => decodeByteString(bytes(value, where))

/** Options that are absent are left out; null says the same. */
export const optional = <Read>(value: unknown, read: (value: unknown) => Read): Read | null =>
  value === undefined || value === null ? null : read(value)

/** An int64; as a string, too. */
export function integer(value: unknown, where: string): bigint {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return BigInt(value)
  if (typeof value === 'string' && /^-?\d{1,30}$/.test(value)) return BigInt(value)
  throw badData('an integer is missing', where)
}

export function messageId(value: unknown, where: string): MessageId {
  const [queue, id] = list(value, where, 2)
  return { queue: text(queue, where), id: integer(id, where) }
}

export function message(value: unknown, where: string): Message {
  const { payload, kind } = record(value, where)
  return { payload: bytes(payload, where), kind: messageKind(kind, where) }
}

function messageKind(value: unknown, where: string): MessageKind {
  const [type, argument] = list(value, where, 2)
  if (type === 'Request') return { type: 'request', replyTo: text(argument, where) }
  if (type === 'Response') return { type: 'response', to: messageId(argument, where) }
  throw badData('the kind is neither Request nor Response', where)
}
