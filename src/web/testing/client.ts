import { decodeMessage, encodeMessage } from '@shared/rpc/wire'
import { WebSocket } from 'ws'

/** A window's WebSocket, with what came over it. */
export interface TestClient {
  readonly socket: WebSocket
  readonly messages: unknown[]
  /** Set once it has ended. */
  readonly end: { code?: number; reason?: string }
  send(message: unknown): void
}

/** Resolves when the handshake is answered; rejects with the status of a refusal in the message. */
export function openClient(origin: string, session: string): Promise<TestClient> {
  const socket = new WebSocket(`${origin.replace('http', 'ws')}/rpc`, ['xcp-diag.v1', `session.${session}`], {
    origin,
    perMessageDeflate: false,
  })
  const messages: unknown[] = []
  const end: { code?: number; reason?: string } = {}
  socket.on('message', (data, isBinary) => {
    if (Buffer.isBuffer(data)) messages.push(decodeMessage(isBinary ? new Uint8Array(data) : data.toString()))
  })
  socket.on('close', (code, reason) => Object.assign(end, { code, reason: reason.toString() }))
  return new Promise((resolve, reject) => {
    socket.once('error', reject)
    socket.once('open', () => {
      socket.off('error', reject)
      socket.on('error', () => undefined)
      resolve({ socket, messages, end, send: (message) => socket.send(encodeMessage(message)) })
    })
  })
}
