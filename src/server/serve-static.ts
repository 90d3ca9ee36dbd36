import type { IncomingMessage, ServerResponse } from 'node:http'
import { headerList, securityHeaders } from './headers'
import { problem, type Problem } from './problem'
import { renderPage } from './page'
import type { StaticFile, StaticFiles } from './static-files'

/** Answers a GET or HEAD that has passed access control, or says why not. */
export function serveStatic(
  files: StaticFiles,
  request: IncomingMessage,
  response: ServerResponse,
): Problem | undefined {
  const target = request.url ?? ''
  const file = files.get(target.endsWith('/') ? `${target}index.html` : target)
  if (!file) return problem(404, 'There is no such file.')
  if (file.contentType.startsWith('text/html')) sendPage(file, response)
  else sendFile(file, request, response)
  return undefined
}

function sendPage(file: StaticFile, response: ServerResponse): void {
  const { html, nonce } = renderPage(file.body.toString('utf8'))
  response.writeHead(200, {
    ...securityHeaders({ nonce }),
    'Content-Type': file.contentType,
    'Content-Length': Buffer.byteLength(html),
    // Each response has a nonce of its own.
    'Cache-Control': 'no-store',
  })
  response.end(html)
}

function sendFile(file: StaticFile, request: IncomingMessage, response: ServerResponse): void {
  const brotli = acceptsBrotli(request) ? file.brotli : undefined
  const body = brotli ?? file.body
  const etag = brotli ? `"${file.etag}-br"` : `"${file.etag}"`
  const headers = {
    ...securityHeaders(),
    ETag: etag,
    'Cache-Control': file.immutable ? 'max-age=31536000, immutable' : 'no-cache',
    ...(file.brotli ? { Vary: 'Accept-Encoding' } : {}),
  }
  if (matches(request, etag)) {
    response.writeHead(304, headers)
    response.end()
    return
  }
  response.writeHead(200, {
    ...headers,
    'Content-Type': file.contentType,
    'Content-Length': body.byteLength,
    ...(brotli ? { 'Content-Encoding': 'br' } : {}),
  })
  response.end(body)
}

function acceptsBrotli(request: IncomingMessage): boolean {
  return headerList(request.rawHeaders, 'accept-encoding').some((element) =>
    /^br(\s*;\s*q=(1|1\.0+|0\.\d*[1-9]\d*))?$/i.test(element),
  )
}

function matches(request: IncomingMessage, etag: string): boolean {
  return headerList(request.rawHeaders, 'if-none-match').some(
    (element) => element === '*' || element.replace(/^W\//, '') === etag,
  )
}
