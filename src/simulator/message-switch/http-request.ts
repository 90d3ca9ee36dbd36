import type { ByteString } from '@engine/formats/message-switch'

export interface HttpRequest {
  readonly method: string
  /** As it stands in the request line. */
  readonly resource: ByteString
  readonly version: '1.0' | '1.1'
  /** Names in lower case; of a name that comes twice the last value. */
  readonly headers: ReadonlyMap<string, string>
  readonly body: ByteString
}

/**
 * Takes requests from a stream of bytes as the switch's HTTP library (cohttp) does: lines may end in LF alone, a
 * header line without a colon ends the headers, and the body of a GET is not read: it becomes the next request line.
 */
export class RequestReader {
  #buffer: ByteString = ''

  push(bytes: ByteString): void {
    this.#buffer = this.#buffer === '' ? bytes : this.#buffer + bytes
  }

  /** Null: more bytes are needed. After `malformed` there is nothing more to read. */
  next(): HttpRequest | 'malformed' | null {
    const lines = new Lines(this.#buffer)
    const first = lines.next()
    if (first === null) return null
    const requestLine = parseRequestLine(first)
    if (requestLine === null) return 'malformed'
    const headers = readHeaders(lines)
    if (headers === null) return null
    const body = bodyless.has(requestLine.method) ? '' : readBody(lines, headers)
    if (body === null) return null
    this.#buffer = lines.rest()
    return { ...requestLine, headers, body }
  }
}

const bodyless: ReadonlySet<string> = new Set(['GET', 'HEAD', 'CONNECT', 'TRACE'])

function parseRequestLine(line: string): Pick<HttpRequest, 'method' | 'resource' | 'version'> | null {
  const [method = '', resource = '', protocol, ...rest] = line.split(' ')
  if (rest.length > 0) return null
  if (protocol === 'HTTP/1.1') return { method, resource, version: '1.1' }
  return protocol === 'HTTP/1.0' ? { method, resource, version: '1.0' } : null
}

function readHeaders(lines: Lines): Map<string, string> | null {
  const headers = new Map<string, string>()
  for (;;) {
    const line = lines.next()
    if (line === null) return null
    const colon = line.indexOf(':')
    if (colon < 0) return headers
    headers.set(line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim())
  }
}

function readBody(lines: Lines, headers: ReadonlyMap<string, string>): ByteString | null {
  if (headers.get('transfer-encoding') === 'chunked') return readChunks(lines)
  const length = headers.get('content-length') ?? '0'
  return /^\d+$/.test(length) ? lines.take(Number(length)) : ''
}

function readChunks(lines: Lines): ByteString | null {
  const parts: string[] = []
  for (;;) {
    const size = lines.next()
    if (size === null) return null
    const length = parseInt(size, 16) || 0
    const chunk = lines.take(length)
    if (chunk === null || lines.next() === null) return null
    if (length === 0) return parts.join('')
    parts.push(chunk)
  }
}

class Lines {
  readonly #text: ByteString
  #at = 0

  constructor(text: ByteString) {
    this.#text = text
  }

  next(): string | null {
    const end = this.#text.indexOf('\n', this.#at)
    if (end < 0) return null
    const line = this.#text.slice(this.#at, this.#text[end - 1] === '\r' && end > this.#at ? end - 1 : end)
    this.#at = end + 1
    return line
  }

  take(length: number): ByteString | null {
    if (this.#text.length - this.#at < length) return null
    this.#at += length
    return this.#text.slice(this.#at - length, this.#at)
  }

  rest(): ByteString {
    return this.#text.slice(this.#at)
  }
}
