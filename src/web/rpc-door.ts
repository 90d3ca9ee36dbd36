import type { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { EngineState } from '@shared/engine-keeper'
import { Watch } from '@shared/watch'
import { WebSocketServer } from 'ws'
import { headerValues } from '../server/headers'
import { problem, writeProblem, type Problem } from '../server/problem'
import type { ToShell, Upgrade } from './engine-messages'
import type { EngineSupervisor } from './engine-supervisor'
import type { ShellLimits } from './limits'
import { rpcProtocol, tryAgainLater, webSocketServerOptions } from './protocol'
import type { Session } from './sessions'

/** A WebSocket that was let in and waits for the engine. */
interface Held {
  readonly id: number
  readonly request: IncomingMessage
  readonly socket: Socket
  /** Bytes that came behind the request. */
  head: Buffer
  readonly session: Session
  timer: NodeJS.Timeout
}

export interface RpcDoorOptions {
  readonly engine: Pick<EngineSupervisor, 'state' | 'connect' | 'release' | 'replace'>
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
  /** Sent to the engine and not yet adopted: still ours, should the engine die meanwhile. */
  #inFlight: Held | null = null
  readonly #adoption: Watch
  /** Open at the engine, by connection. */
  readonly #open = new Map<number, Session>()
  #nextId = 1

  constructor(options: RpcDoorOptions) {
    this.#options = options
    this.#adoption = new Watch({
      policy: options.limits.adoption,
      // Only its end takes the engine's copy away, so that the next one can have the connection.
      onExpired: () => options.engine.replace('does not take connections'),
    })
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
    this.#held.push({ id, request, socket, head, session, timer: this.#patience(id) })
    const connections = this.#open.size + this.#held.length + (this.#inFlight ? 1 : 0)
    if (connections > limits.open) {
      this.#turnAway(id, `The console serves at most ${limits.open} connections at a time.`)
    } else if (engine.state === 'failed' || engine.state === 'stopped') {
      this.#turnAway(id, unavailable[engine.state])
    } else this.#pump()
  }

  /** What the engine's process said. */
  receive(message: ToShell): void {
    if (message.type === 'adopted') {
      if (this.#inFlight?.id !== message.id) return
      const { id, socket, session } = this.#inFlight
      this.#inFlight = null
      this.#adoption.stop()
      this.#open.set(id, session)
      // Closes this process's descriptor only; from here on nobody else reads from the connection.
      socket.destroy()
      this.#options.engine.release(id)
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
    // Whatever the engine held has ended with it; what it had not taken yet waits for the next one.
    for (const [id, session] of this.#open) session.connections.delete(id)
    this.#open.clear()
    const inFlight = this.#inFlight
    this.#inFlight = null
    this.#adoption.stop()
    if (inFlight?.socket.destroyed === false) {
      inFlight.timer = this.#patience(inFlight.id)
      this.#held.unshift(inFlight)
    }
    if (state === 'starting') return
    for (const { id } of [...this.#held]) this.#turnAway(id, unavailable[state])
  }

  #pump(): void {
    const { engine, limits } = this.#options
    if (engine.state !== 'ready' || this.#inFlight !== null) return
    const next = this.#held.shift()
    if (!next) return
    clearTimeout(next.timer)
    next.head = takeEarlyBytes(next)
    if (next.head.byteLength > limits.earlyBytes) {
      next.session.connections.delete(next.id)
      writeProblem(next.socket, problem(413, 'Too much was sent before the handshake was answered.'))
      this.#pump()
      return
    }
    this.#inFlight = next
    this.#adoption.start()
    engine.connect(next.id, upgradeOf(next.request, next.head), next.socket)
  }

  #patience(id: number): NodeJS.Timeout {
    return setTimeout(() => {
      this.#turnAway(id, 'The engine did not answer in time; trying again.')
    }, this.#options.limits.holdTime)
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

  /** The client went away. Once the engine has adopted the socket, only its own word counts. */
  #drop(id: number): void {
    if (this.#inFlight?.id === id) this.#inFlight.session.connections.delete(id)
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

const unavailable = {
  failed: 'The engine keeps ending. Press Enter in the terminal of the console to start it again.',
  stopped: 'The console is being stopped.',
}

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
