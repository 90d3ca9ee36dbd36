import type { IncomingMessage } from 'node:http'
import { problem, type Problem } from './problem'

export type Body = { readonly text: string } | { readonly refusal: Problem }

/** Reads a UTF-8 body of at most `most` bytes. How long it may take is the server's request time-out. */
export async function readBody(request: IncomingMessage, most: number): Promise<Body> {
  const tooLarge = { refusal: problem(413, `The body may have at most ${most} bytes.`) }
  if (Number(request.headers['content-length'] ?? 0) > most) return tooLarge
  return new Promise((resolve) => {
    const chunks: Buffer[] = []
    let size = 0
    const finish = (body: Body): void => {
      request.removeAllListeners('data')
      resolve(body)
    }
    request.on('data', (chunk: Buffer) => {
      size += chunk.byteLength
      if (size > most) finish(tooLarge)
      else chunks.push(chunk)
    })
    request.once('end', () => finish(decode(Buffer.concat(chunks))))
    request.once('error', () => finish({ refusal: problem(400, 'The body ended early.') }))
    request.once('close', () => finish({ refusal: problem(400, 'The body ended early.') }))
  })
}

function decode(bytes: Buffer): Body {
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) }
  } catch {
    return { refusal: problem(400, 'The body is not valid UTF-8.') }
  }
}
