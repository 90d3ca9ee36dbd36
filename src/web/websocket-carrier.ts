import { DiagnosticError } from '@shared/errors'
import type { Carrier } from '@shared/rpc/carrier'
import { decodeMessage, encodeMessage } from '@shared/rpc/wire'
import { WebSocket, type RawData } from 'ws'
import type { CarrierLimits } from './limits'

/** Close codes of RFC 6455 and its registry. */
const normalClosure = 1000
const goingAway = 1001
const invalidData = 1007
const internalError = 1011

/**
 * An open WebSocket as a carrier of the rpc. Credit holds the flow back; a window that still lets more than
 * `bufferedBytes` pile up, does not answer pings, or sends what cannot be read, is cut off.
 */
export class WebSocketCarrier implements Carrier {
  readonly #socket: WebSocket
  readonly #limits: CarrierLimits
  readonly #heartbeat: NodeJS.Timeout
  #unanswered = 0
  #receive: ((message: unknown) => void) | undefined
  #closed: ((reason: string) => void) | undefined
  /** Why it ended, once it has. */
  #reason: string | undefined

  constructor(socket: WebSocket, limits: CarrierLimits) {
    this.#socket = socket
    this.#limits = limits
    // Nothing is read before there is somebody to give it to.
    socket.pause()
    socket.on('message', (data, isBinary) => this.#deliver(data, isBinary))
    socket.on('pong', () => (this.#unanswered = 0))
    socket.on('error', (error) => (this.#reason ??= error.message))
    socket.on('close', (code, reason) => {
      this.#finish(reason.toString('utf8') || `the window closed the connection (${code})`)
    })
    this.#heartbeat = setInterval(() => this.#ping(), limits.pingInterval)
  }

  post(message: unknown): void {
    if (this.#socket.readyState !== WebSocket.OPEN) return
    this.#socket.send(encodeMessage(message))
    if (this.#socket.bufferedAmount > this.#limits.bufferedBytes) {
      this.#cut(`the window did not take ${this.#limits.bufferedBytes} bytes that were sent to it`)
    }
  }

  onMessage(receive: (message: unknown) => void): void {
    this.#receive = receive
    this.#socket.resume()
  }

  onClose(closed: (reason: string) => void): void {
    this.#closed = closed
    if (this.#socket.readyState === WebSocket.CLOSED) {
      queueMicrotask(() => this.#finish('the window closed the connection'))
    }
  }

  close(): void {
    this.#end(normalClosure, 'the engine closed the connection')
  }

  /** The engine's process is about to end. */
  goAway(): void {
    this.#end(goingAway, 'the engine is being stopped')
  }

  #deliver(data: RawData, isBinary: boolean): void {
    if (this.#reason !== undefined) return
    let message: unknown
    try {
      const bytes = bytesOf(data)
      message = decodeMessage(isBinary ? plainBytes(bytes) : bytes.toString('utf8'))
    } catch (error) {
      this.#end(invalidData, error instanceof DiagnosticError ? error.message : 'a message cannot be read')
      return
    }
    try {
      this.#receive?.(message)
    } catch (error) {
      process.stderr.write(`A request ended its connection: ${String(error)}\n`)
      this.#end(internalError, 'the engine could not handle a message')
    }
  }

  #ping(): void {
    if (this.#unanswered >= this.#limits.missedPongs) {
      this.#cut(`the window did not answer ${this.#limits.missedPongs} pings`)
      return
    }
    this.#unanswered += 1
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.ping()
  }

  /** In order: what was sent before arrives before. */
  #end(code: number, reason: string): void {
    this.#reason ??= reason
    // ws does not read the answer of a paused socket.
    this.#socket.resume()
    this.#socket.close(code, closeReason(reason))
  }

  /** At once: the other side no longer takes part. */
  #cut(reason: string): void {
    this.#reason ??= reason
    this.#socket.terminate()
  }

  #finish(reason: string): void {
    clearInterval(this.#heartbeat)
    this.#reason ??= reason
    const closed = this.#closed
    this.#closed = undefined
    closed?.(this.#reason)
  }
}

/** RFC 6455 has room for 123 bytes. */
export const closeReason = (reason: string): string =>
  Buffer.from(reason, 'utf8').subarray(0, 120).toString('utf8')

function bytesOf(data: RawData): Buffer {
  if (Array.isArray(data)) return Buffer.concat(data)
  return Buffer.isBuffer(data) ? data : Buffer.from(data)
}

/** Without Buffer's own methods: its `slice` shares memory where an array's copies. */
const plainBytes = ({ buffer, byteOffset, byteLength }: Buffer): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength)
