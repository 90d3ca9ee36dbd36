import { once } from 'node:events'
import { mkdir, rm } from 'node:fs/promises'
import { createServer, type Server, type Socket } from 'node:net'
import { dirname } from 'node:path'
import { DiagnosticError } from '@shared/errors'
import { writeTogether } from '../write-together'
import { startClock } from './clock'
import { SwitchConnection } from './connection'
import { Journal } from './journal'
import { MessageSwitch, type SwitchOptions } from './message-switch'

export interface SwitchServerOptions {
  /** Of the Unix socket; its folder is made. */
  readonly path: string
  /** Keeps queues over a restart, as a switch with a state directory does. */
  readonly durable?: boolean | undefined
  readonly onEvent?: SwitchOptions['onEvent']
}

/** The longest path that fits `sockaddr_un` everywhere. */
const maxPathBytes = 103

/** A simulated message-switch on a Unix socket: what systemd runs on a host. */
export class SwitchServer {
  readonly path: string
  readonly #options: SwitchServerOptions
  readonly #journal: Journal | undefined
  readonly #sockets = new Set<Socket>()
  #server: Server | null = null
  #switch: MessageSwitch | null = null
  #connections = 0

  private constructor(options: SwitchServerOptions) {
    this.path = options.path
    this.#options = options
    this.#journal = options.durable === true ? new Journal() : undefined
  }

  static async start(options: SwitchServerOptions): Promise<SwitchServer> {
    if (Buffer.byteLength(options.path) > maxPathBytes) {
      throw new DiagnosticError('bad-request', 'The path of the simulated socket is too long.', {
        where: options.path,
        hint: `A Unix socket's path has ${maxPathBytes} bytes at most: choose a folder with a shorter name.`,
      })
    }
    const server = new SwitchServer(options)
    await mkdir(dirname(options.path), { recursive: true })
    await server.start()
    return server
  }

  /** Starts it again after `stop`: ids of the trace begin at 0. */
  async start(): Promise<void> {
    await rm(this.path, { force: true })
    const messageSwitch = new MessageSwitch({
      clock: startClock(),
      journal: this.#journal,
      onEvent: this.#options.onEvent,
      onShutdown: () => void this.stop(),
    })
    this.#switch = messageSwitch
    // A client that shuts down its sending side still gets its answers.
    const server = createServer({ allowHalfOpen: true }, (socket) => this.#accept(socket, messageSwitch))
    server.listen(this.path)
    await once(server, 'listening')
    this.#server = server
  }

  /** Connections end without a further byte, and new ones are refused. */
  async stop(): Promise<void> {
    const server = this.#server
    this.#server = null
    this.#switch?.stop()
    this.#switch = null
    for (const socket of this.#sockets) socket.destroy()
    if (server !== null) await new Promise<void>((resolve) => server.close(() => resolve()))
  }

  /** Events since it was started; null while it is stopped. */
  get nextEventId(): bigint | null {
    return this.#switch?.nextEventId ?? null
  }

  #accept(socket: Socket, messageSwitch: MessageSwitch): void {
    this.#sockets.add(socket)
    this.#connections += 1
    const connection = new SwitchConnection(this.#connections, messageSwitch, {
      write: (block) => writeTogether(socket, block),
      end: () => void socket.end(),
    })
    socket.on('data', (bytes) => connection.receive(bytes))
    socket.on('end', () => connection.inputEnd())
    socket.on('error', () => undefined)
    socket.on('close', () => {
      this.#sockets.delete(socket)
      connection.inputEnd()
    })
  }
}
