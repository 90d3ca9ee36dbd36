import { STATUS_CODES, type ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { securityHeaders } from './headers'

/** A refusal or failure as RFC 9457 describes it (type `about:blank`, so the title is the status phrase). */
export interface Problem {
  readonly status: number
  readonly title: string
  /** What happened and what to do; never holds a secret. */
  readonly detail: string
  readonly headers: Readonly<Record<string, string>>
}

export function problem(status: number, detail: string, headers: Record<string, string> = {}): Problem {
  return { status, title: STATUS_CODES[status] ?? 'Error', detail, headers }
}

const lingerMilliseconds = 1_000

function serialise(refusal: Problem): { headers: Record<string, string>; body: string } {
  const { status, title, detail } = refusal
  const body = `${JSON.stringify({ title, status, detail })}\n`
  return {
    headers: {
      ...securityHeaders(),
      'Content-Type': 'application/problem+json',
      'Content-Length': Buffer.byteLength(body).toString(),
      'Cache-Control': 'no-store',
      // What follows on a refused connection is not read: it could be the rest of a body.
      Connection: 'close',
      ...refusal.headers,
    },
    body,
  }
}

/** Answers with a problem and closes the connection. */
export function sendProblem(response: ServerResponse, refusal: Problem): void {
  if (response.headersSent) {
    response.destroy()
    return
  }
  const { headers, body } = serialise(refusal)
  response.writeHead(refusal.status, headers)
  response.end(body)
}

/** The same where there is no ServerResponse: upgrades, and requests that could not be parsed. */
export function writeProblem(socket: Duplex, refusal: Problem): void {
  if (!socket.writable) {
    socket.destroy()
    return
  }
  const { headers, body } = serialise(refusal)
  const fields = Object.entries({ ...headers, Date: new Date().toUTCString() })
  const head = fields.map(([name, value]) => `${name}: ${value}\r\n`).join('')
  socket.on('error', () => socket.destroy())
  socket.resume()
  socket.end(`HTTP/1.1 ${refusal.status} ${refusal.title}\r\n${head}\r\n${body}`)
  // A peer that never closes its side must not keep the descriptor.
  const timer = setTimeout(() => socket.destroy(), lingerMilliseconds)
  timer.unref()
  socket.once('close', () => clearTimeout(timer))
}
