import { DiagnosticError } from '@shared/errors'
import type { Carrier } from '@shared/rpc/carrier'
import { decodeMessage, encodeMessage } from '@shared/rpc/wire'

const protocol = 'xcp-diag.v1'
/** Upgrade on loopback or a tunnel; the browser's own limit is minutes. */
const timeout = 10_000

/**
 * Opens the rpc's WebSocket. Rejects with `unreachable` for any reason: a browser does not tell a refused
 * upgrade from an absent server, so the caller asks `POST /session` which of the two it was.
 */
export function openWebCarrier(origin: string, session: string): Promise<Carrier> {
  const address = new URL('/rpc', origin)
  address.protocol = address.protocol === 'https:' ? 'wss:' : 'ws:'
  const socket = new WebSocket(address, [protocol, `session.${session}`])
  socket.binaryType = 'arraybuffer'
  // A browser says nothing in it, and `close` follows.
  socket.onerror = () => undefined
  return new Promise((resolve, reject) => {
    const fail = (): void => {
      clearTimeout(timer)
      socket.onopen = socket.onclose = null
      socket.close()
      reject(new DiagnosticError('unreachable', 'The engine does not answer.', { where: address.host }))
    }
    const timer = setTimeout(fail, timeout)
    socket.onclose = fail
    socket.onopen = () => {
      clearTimeout(timer)
      resolve(carrierOf(socket))
    }
  })
}

/** An open socket as carrier. A frame that cannot be read ends the connection: what follows it has no meaning. */
function carrierOf(socket: WebSocket): Carrier {
  let closed: ((reason: string) => void) | null = null
  let reason: string | null = null
  const finish = (why: string): void => {
    reason ??= why
    socket.onmessage = socket.onclose = null
    socket.close()
    const tell = closed
    closed = null
    tell?.(reason)
  }
  socket.onclose = (event) => finish(event.reason || 'the engine closed it')
  return {
    post(message) {
      if (socket.readyState === WebSocket.OPEN) socket.send(encodeMessage(message))
    },
    onMessage(receive) {
      socket.onmessage = (event: MessageEvent<unknown>) => {
        let message: unknown
        try {
          message = decodeMessage(frameOf(event.data))
        } catch (error) {
          finish(error instanceof Error ? error.message : 'a frame cannot be read')
          return
        }
        receive(message)
      }
    },
    onClose(tell) {
      closed = tell
      if (reason !== null) queueMicrotask(() => finish('closed'))
    },
    close: () => finish('closed by the window'),
  }
}

function frameOf(data: unknown): string | Uint8Array {
  if (typeof data === 'string') return data
  if (data instanceof ArrayBuffer) return new Uint8Array(data)
  throw new DiagnosticError('bad-data', 'A frame is neither text nor bytes.')
}
