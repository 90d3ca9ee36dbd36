import { encodeByteString, decodeByteString, isUtf8, type ByteString } from './byte-string'
import { closingQuote, walkJson, type JsonHandler } from '@shared/json/json-walk'
import { printFloat, printString } from './yojson-print'

/** `--trace-truncate`: strings of so many bytes and more are cut in the trace (in `GET /` nothing is). */
export const cutAtBytes = 256
const ellipsis = encodeByteString('…')
/** What a cut string has: 256 bytes and the ellipsis. No other string in a trace is as long. */
const cutBytes = cutAtBytes + ellipsis.length

/** What the trace keeps of a payload: JSON is parsed, its strings and keys cut, and printed again; else the text is cut. */
export function tracePayload(payload: ByteString): ByteString {
  const printer = new CuttingPrinter()
  const result = walkJson(payload, printer, { maxDepth: Infinity, escape: utf8Bytes })
  return result === 'json' && printer.exact ? printer.text() : cut(payload)
}

const cut = (text: ByteString): ByteString =>
  text.length < cutAtBytes ? text : text.slice(0, cutAtBytes) + ellipsis

/** Also for a low surrogate that stands alone: three bytes, as Yojson writes it. */
function utf8Bytes(codePoint: number): ByteString {
  if (codePoint < 0xdc00 || codePoint > 0xdfff) return encodeByteString(String.fromCodePoint(codePoint))
  return String.fromCharCode(0xed, 0x80 | ((codePoint >> 6) & 0x3f), 0x80 | (codePoint & 0x3f))
}

class CuttingPrinter implements JsonHandler {
  readonly #parts: string[] = []
  /** For each open container whether it holds something already. */
  readonly #filled: boolean[] = []
  #afterKey = false
  /** False for an integer that is no int64: the switch then takes the payload for text. */
  exact = true

  begin(container: 'object' | 'list'): void {
    this.#comma()
    this.#parts.push(container === 'object' ? '{' : '[')
    this.#filled.push(false)
  }

  end(container: 'object' | 'list'): void {
    this.#filled.pop()
    this.#parts.push(container === 'object' ? '}' : ']')
  }

  key(text: string): void {
    this.#comma()
    this.#parts.push(printString(cut(text)), ':')
    this.#afterKey = true
  }

  string(text: string): void {
    this.#add(printString(cut(text)))
  }

  number(text: string, integer: boolean): void {
    if (integer && !isInt64(text)) this.exact = false
    this.#add(integer ? (text === '-0' ? '0' : text) : printFloat(Number(text)))
  }

  literal(value: boolean | null): void {
    this.#add(String(value))
  }

  text(): ByteString {
    return this.#parts.join('')
  }

  #add(text: string): void {
    this.#comma()
    this.#parts.push(text)
  }

  #comma(): void {
    const last = this.#filled.length - 1
    if (this.#afterKey) this.#afterKey = false
    else if (this.#filled[last] === true) this.#parts.push(',')
    else if (last >= 0) this.#filled[last] = true
  }
}

const isInt64 = (digits: string): boolean =>
  digits.length < 19 || BigInt.asIntN(64, BigInt(digits)) === BigInt(digits)

export interface PayloadText {
  readonly text: string
  /** The switch cut a string of it: the whole payload is in the queue's contents while it waits there. */
  readonly truncated: boolean
  /** It was not UTF-8 (a cut may be the cause): U+FFFD stands for what could not be read. */
  readonly lossy: boolean
}

/** Of a trace event. */
export function readTracePayload(payload: ByteString): PayloadText {
  return { ...readPayload(payload), truncated: isCut(payload) }
}

/** Of a queue's contents, which are never cut. */
export function readPayload(payload: ByteString): PayloadText {
  return { text: decodeByteString(payload), truncated: false, lossy: !isUtf8(payload) }
}

function isCut(payload: ByteString): boolean {
  if (payload.length === cutBytes && payload.endsWith(ellipsis)) return true
  if (!payload.includes(`${ellipsis}"`)) return false
  for (let open = payload.indexOf('"'); open >= 0;) {
    const end = closingQuote(payload, open + 1)
    if (end < 0) return false
    if (
      payload.startsWith(ellipsis, end - ellipsis.length) &&
      bytesOf(payload.slice(open + 1, end)) === cutBytes
    ) {
      return true
    }
    open = payload.indexOf('"', end + 1)
  }
  return false
}

/** Without its escapes; the switch prints `\uXXXX` for single bytes only. */
const bytesOf = (literal: ByteString): number => literal.replace(/\\(?:u.{4}|[^])/g, '.').length
