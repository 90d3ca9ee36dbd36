import type { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { WebSocketServer } from 'ws'
import { headerValues } from '../server/headers'
import { problem, writeProblem, type Problem } from '../server/problem'
import type { ToShell, Upgrade } from './engine-messages'
import type { EngineState, EngineSupervisor } from './engine-supervisor'
import type { ShellLimits } from './limits'
import { rpcProtocol, tryAgainLater, webSocketServerOptions } from './protocol'
import type { Session } from './sessions'

/** A WebSocket that was let in and waits for the engine. */
interface Held {
  readonly id: number
  readonly request: IncomingMessage
  readonly socket: Socket
  readonly head: Buffer
  readonly session: Session
  readonly timer: NodeJS.Timeout
}

export interface RpcDoorOptions {
  readonly engine: Pick<EngineSupervisor, 'state' | 'connect' | 'release'>
  readonly limits: ShellLimits['sockets']
  readonly refused: (refusal: Problem) => void
}

/**
 * The shell's side of the door to the engine: hands sockets over, one at a time, while the engine is ready;
 * holds a few while it is being started. Where the engine cannot be had, the handshake is completed here and the
 * connection closed with the reason, because a browser shows a page nothing of a refused handshake.
 */
export class RpcDoor {
  readonly #options: RpcDoorOptions
  readonly #refuser = new WebSocketServer(webSocketServerOptions)
  #held: Held[] = []
  /** Sent to the engine and not yet adopted. */
  #inFlight: number | null = null
  /** Open at the engine, by connection. */
  readonly #open = new Map<number, Session>()
  #nextId = 1

  constructor(options: RpcDoorOptions) {
    this.#options = options
  }

  /** Takes a WebSocket that has passed access control. */
  enter(request: IncomingMessage, socket: Duplex, head: Buffer, session: Session): void {
    const { limits, engine } = this.#options
    if (!(socket instanceof Socket)) {
      socket.destroy()
      return
    }
    if (this.#held.length >= limits.held) {
      const refusal = problem(503, 'Too many connections wait for the engine.', { 'Retry-After': '5' })
      this.#options.refused(refusal)
      writeProblem(socket, refusal)
      return
    }
    const id = this.#nextId++
    socket.setTimeout(0)
    socket.on('error', () => socket.destroy())
    socket.once('close', () => this.#drop(id))
    session.connections.add(id)
    const timer = setTimeout(() => {
      this.#turnAway(id, 'The engine did not answer in time; trying again.')
    }, limits.holdTime)
    this.#held.push({ id, request, socket, head, session, timer })
    if (this.#open.size + this.#held.length > limits.open) {
      this.#turnAway(id, `The console serves at most ${limits.open} connections at a time.`)
    } else if (engine.state === 'failed') this.#turnAway(id, engineFailed)
    else this.#pump()
  }

  /** What the engine's process said. */
  receive(message: ToShell): void {
    if (message.type === 'adopted') {
      this.#options.engine.release(message.id)
      if (this.#inFlight === message.id) this.#inFlight = null
      this.#pump()
    } else if (message.type === 'closed') {
      this.#open.get(message.id)?.connections.delete(message.id)
      this.#open.delete(message.id)
    }
  }

  engineIs(state: EngineState): void {
    if (state === 'ready') {
      this.#pump()
      return
    }
    // Whatever the engine held has ended with it.
    this.#inFlight = null
    for (const [id, session] of this.#open) session.connections.delete(id)
    this.#open.clear()
    if (state === 'starting') return
    const reason = state === 'failed' ? engineFailed : 'The console is being stopped.'
    for (const { id } of [...this.#held]) this.#turnAway(id, reason)
  }

  #pump(): void {
    const { engine, limits } = this.#options
    if (engine.state !== 'ready' || this.#inFlight !== null) return
    const next = this.#held.shift()
    if (!next) return
    clearTimeout(next.timer)
    const { id, request, socket, session } = next
    const head = takeEarlyBytes(next)
    if (head.byteLength > limits.earlyBytes) {
      session.connections.delete(id)
      writeProblem(socket, problem(413, 'Too much was sent before the handshake was answered.'))
      this.#pump()
      return
    }
    this.#inFlight = id
    this.#open.set(id, session)
    engine.connect(id, upgradeOf(request, head), socket)
  }

  /** Completes the handshake only to say why there is no connection. */
  #turnAway(id: number, reason: string): void {
    const held = this.#take(id)
    if (!held) return
    held.session.connections.delete(id)
    this.#refuser.handleUpgrade(held.request, held.socket, takeEarlyBytes(held), (webSocket) => {
      webSocket.on('error', () => webSocket.terminate())
      webSocket.close(tryAgainLater, reason)
    })
  }

  /** The client went away while it was held. A socket that was handed over closes here too: that means nothing. */
  #drop(id: number): void {
    this.#take(id)?.session.connections.delete(id)
  }

  #take(id: number): Held | undefined {
    const held = this.#held.find((entry) => entry.id === id)
    if (!held) return undefined
    clearTimeout(held.timer)
    this.#held = this.#held.filter((entry) => entry !== held)
    return held
  }
}

const engineFailed = 'The engine keeps ending. Press Enter in the terminal of the console to start it again.'

/** Bytes that arrived behind the request. No honest client sends any before the answer, but they are not lost. */
function takeEarlyBytes({ head, socket }: Held): Buffer {
  const early: unknown = socket.read()
  return Buffer.isBuffer(early) ? Buffer.concat([head, early]) : head
}

/** What the engine needs of the request: the handshake, and not the session. */
function upgradeOf(request: IncomingMessage, head: Buffer): Upgrade {
  const headers: Record<string, string> = { 'sec-websocket-protocol': rpcProtocol }
  for (const name of ['upgrade', 'connection', 'sec-websocket-key', 'sec-websocket-version']) {
    const [value] = headerValues(request.rawHeaders, name)
    if (value !== undefined) headers[name] = value
  }
  return { url: '/rpc', headers, head: head.toString('base64') }
}
