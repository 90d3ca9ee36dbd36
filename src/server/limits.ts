import { createServer, type Server } from 'node:http'
import type { Socket } from 'node:net'
import { problem, writeProblem, type Problem } from './problem'

/** Bytes and milliseconds. Every figure is tested where it is used. */
export interface ServerLimits {
  /** Request line and header fields together. */
  readonly headBytes: number
  /** Until the head of a request is there. */
  readonly headTime: number
  /** Until the whole request is there. */
  readonly requestTime: number
  /** An idle connection is closed after it. */
  readonly keepAlive: number
  /** Open connections; more are closed at once. */
  readonly connections: number
}

export type RefusalListener = (refusal: Problem, request: string) => void

/** An HTTP server that enforces the limits, and says so where Node itself would only close the connection. */
export function createLimitedServer(limits: ServerLimits, refused: RefusalListener): Server {
  const server = createServer({
    maxHeaderSize: limits.headBytes,
    headersTimeout: limits.headTime,
    requestTimeout: limits.requestTime,
    keepAliveTimeout: limits.keepAlive,
    // Node checks the two time-outs at this interval only; its default is 30 s.
    connectionsCheckingInterval: Math.min(1_000, limits.headTime),
    // Our own checks answer with a reason.
    requireHostHeader: false,
    insecureHTTPParser: false,
    noDelay: true,
  })
  // 0: keep all fields. Node's default drops those beyond 2,000 unseen, a second Host among them.
  server.maxHeadersCount = 0
  server.maxConnections = limits.connections
  server.on('drop', () => {
    refused(problem(503, `More than ${limits.connections} connections are open.`), 'a connection')
  })
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    // Browsers open connections ahead of need; one on which nothing was ever asked just ends.
    const unused = error.code === 'ERR_HTTP_REQUEST_TIMEOUT' && socket.bytesRead === 0
    if (error.code === 'ECONNRESET' || !socket.writable || unused) {
      socket.destroy()
      return
    }
    const refusal = parseProblem(error, limits)
    refused(refusal, 'a request')
    writeProblem(socket, refusal)
  })
  server.on('connect', (request, socket) => {
    const refusal = problem(405, 'CONNECT is not served: this is no proxy.', { Allow: 'GET, HEAD, POST' })
    refused(refusal, `CONNECT ${request.url ?? ''}`)
    writeProblem(socket, refusal)
  })
  return server
}

function parseProblem(error: NodeJS.ErrnoException, limits: ServerLimits): Problem {
  if (error.code === 'HPE_HEADER_OVERFLOW') {
    return problem(431, `Request line and headers may have at most ${limits.headBytes} bytes.`)
  }
  if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT') {
    return problem(408, `The request was not complete within ${limits.requestTime / 1_000} s.`)
  }
  return problem(400, 'The request is not valid HTTP/1.1.')
}
