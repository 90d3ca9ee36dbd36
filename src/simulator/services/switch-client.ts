import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { fromByteString, toByteString, type ByteString } from '@engine/formats/message-switch'
import { writeTogether } from '../write-together'

/** One connection of a service to the switch, as xapi's own client makes it; requests are answered in order. */
export class SwitchClient {
  readonly #socket: Socket
  readonly #waiting: { resolve: (body: ByteString) => void; reject: (error: Error) => void }[] = []
  #received: ByteString = ''

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.on('data', (bytes) => this.#receive(toByteString(bytes)))
    socket.on('error', () => undefined)
    socket.on('close', () => {
      for (const { reject } of this.#waiting.splice(0)) reject(new SwitchGone())
    })
  }

  /** Logs in under a token, by which the trace names its sender. */
  static async login(path: string, token: string): Promise<SwitchClient> {
    const socket = connect(path)
    await once(socket, 'connect')
    const client = new SwitchClient(socket)
    await client.get(`/login/${token}`)
    return client
  }

  get(path: string): Promise<ByteString> {
    return this.#request('GET', path, '')
  }

  post(path: string, body: ByteString): Promise<ByteString> {
    return this.#request('POST', path, body)
  }

  close(): void {
    this.#socket.destroy()
  }

  #request(method: string, path: string, body: ByteString): Promise<ByteString> {
    return new Promise((resolve, reject) => {
      if (this.#socket.destroyed) {
        reject(new SwitchGone())
        return
      }
      this.#waiting.push({ resolve, reject })
      const head =
        `${method} ${path} HTTP/1.1\r\nconnection: keep-alive\r\ncontent-length: ${body.length}\r\n` +
        'host: localhost\r\nuser-agent: cohttp\r\n\r\n'
      writeTogether(this.#socket, fromByteString(head + body))
    })
  }

  #receive(bytes: ByteString): void {
    this.#received += bytes
    for (;;) {
      const end = this.#received.indexOf('\r\n\r\n')
      if (end < 0) return
      const body = end + 4
      const length = Number(/content-length: (\d+)/.exec(this.#received.slice(0, end))?.[1])
      if (this.#received.length < body + length) return
      const answer = this.#received.slice(body, body + length)
      this.#received = this.#received.slice(body + length)
      this.#waiting.shift()?.resolve(answer)
    }
  }
}

export class SwitchGone extends Error {
  override readonly name = 'SwitchGone'
  constructor() {
    super('The connection to the message switch has ended.')
  }
}
