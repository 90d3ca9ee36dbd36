import { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import type { Carrier } from '@shared/rpc/carrier'
import { WebSocketServer } from 'ws'
import type { ToShell, Upgrade } from './engine-messages'
import type { CarrierLimits } from './limits'
import { webSocketServerOptions } from './protocol'
import { WebSocketCarrier } from './websocket-carrier'

interface Adopted {
  readonly socket: Socket
  readonly upgrade: Upgrade
}

export interface EngineDoorOptions {
  readonly limits: CarrierLimits
  readonly serve: (carrier: Carrier) => void
  readonly tell: (message: ToShell) => void
}

/**
 * The engine's side of the door: takes sockets from the shell, which has checked who asks, answers their
 * WebSocket handshake and serves them. Every connection ends with one `closed`.
 */
export class EngineDoor {
  readonly #options: EngineDoorOptions
  readonly #server: WebSocketServer
  /** Taken, and waiting for the shell to let go. */
  readonly #adopted = new Map<number, Adopted>()
  readonly #open = new Map<number, WebSocketCarrier>()

  constructor(options: EngineDoorOptions) {
    this.#options = options
    this.#server = new WebSocketServer({
      ...webSocketServerOptions,
      maxPayload: options.limits.messageBytes,
    })
  }

  /** `socket` is undefined when the client went away while it was being handed over. */
  adopt(id: number, upgrade: Upgrade, socket: Socket | undefined): void {
    const { tell } = this.#options
    if (!socket) {
      tell({ type: 'adopted', id })
      tell({ type: 'closed', id })
      return
    }
    this.#adopted.set(id, { socket, upgrade })
    socket.on('error', () => socket.destroy())
    socket.once('close', () => {
      this.#adopted.delete(id)
      this.#open.delete(id)
      tell({ type: 'closed', id })
    })
    tell({ type: 'adopted', id })
  }

  /** The shell has let go: the handshake may be answered. */
  released(id: number): void {
    const adopted = this.#adopted.get(id)
    if (!adopted) return
    this.#adopted.delete(id)
    const { socket, upgrade } = adopted
    const request = new IncomingMessage(socket)
    request.method = 'GET'
    request.url = upgrade.url
    request.headers = { ...upgrade.headers }
    this.#server.handleUpgrade(request, socket, Buffer.from(upgrade.head, 'base64'), (webSocket) => {
      const carrier = new WebSocketCarrier(webSocket, this.#options.limits)
      this.#open.set(id, carrier)
      this.#options.serve(carrier)
    })
  }

  close(): void {
    for (const { socket } of this.#adopted.values()) socket.destroy()
    for (const carrier of this.#open.values()) carrier.goAway()
  }
}
