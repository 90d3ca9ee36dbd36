import { createConnection, createServer, type Server, type Socket } from 'node:net'

/**
 * A TCP proxy that does to a connection what networks do: delays it, swallows one or both directions
 * while both ends believe that it lives (half-open), or cuts it.
 */
export class TcpProxy {
  readonly #server: Server
  readonly #pairs = new Set<Pair>()
  readonly #target: { host: string; port: number }
  /** Milliseconds added to each direction, in order. */
  delay = 0
  /** Bytes towards the server are read and dropped. */
  swallowUp = false
  /** Bytes towards the client are read and dropped. */
  swallowDown = false
  /** New connections are accepted by the kernel and never answered. */
  hang = false
  accepted = 0
  bytesUp = 0
  bytesDown = 0

  constructor(server: Server, target: { host: string; port: number }) {
    this.#server = server
    this.#target = target
    server.on('connection', (client) => this.#accept(client))
  }

  get port(): number {
    const address = this.#server.address()
    if (address === null || typeof address === 'string') throw new Error('the proxy is closed')
    return address.port
  }

  /** Connections that are open at this moment. */
  get open(): number {
    return this.#pairs.size
  }

  /** Nothing gets through either way; nobody is told. */
  blackhole(on = true): void {
    this.swallowUp = on
    this.swallowDown = on
    this.hang = on
  }

  /** Resets all connections. */
  cut(): void {
    for (const pair of this.#pairs) {
      pair.client.resetAndDestroy()
      pair.upstream?.resetAndDestroy()
    }
  }

  async close(): Promise<void> {
    this.cut()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  #accept(client: Socket): void {
    this.accepted += 1
    client.setNoDelay(true)
    const pair: Pair = { client, upstream: undefined, timers: new Set() }
    this.#pairs.add(pair)
    client.on('error', () => undefined)
    client.on('close', () => this.#forget(pair))
    if (this.hang) {
      client.resume()
      return
    }
    const upstream = createConnection({ ...this.#target, noDelay: true })
    pair.upstream = upstream
    upstream.on('error', () => client.destroy())
    upstream.on('close', () => client.destroy())
    client.on('data', (bytes) => {
      this.bytesUp += bytes.length
      if (!this.swallowUp) this.#later(pair, () => upstream.write(bytes))
    })
    upstream.on('data', (bytes) => {
      this.bytesDown += bytes.length
      if (!this.swallowDown) this.#later(pair, () => client.write(bytes))
    })
  }

  #later(pair: Pair, action: () => void): void {
    if (this.delay === 0) return action()
    const timer = setTimeout(() => {
      pair.timers.delete(timer)
      action()
    }, this.delay)
    pair.timers.add(timer)
  }

  #forget(pair: Pair): void {
    for (const timer of pair.timers) clearTimeout(timer)
    pair.upstream?.destroy()
    this.#pairs.delete(pair)
  }
}

interface Pair {
  readonly client: Socket
  upstream: Socket | undefined
  readonly timers: Set<NodeJS.Timeout>
}

export async function startTcpProxy(target: { host: string; port: number }): Promise<TcpProxy> {
  const server = createServer()
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  return new TcpProxy(server, target)
}
