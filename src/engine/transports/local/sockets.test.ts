import { spawn } from 'node:child_process'
import { getEventListeners, once } from 'node:events'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Duplex, Readable } from 'node:stream'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { until } from '../../../../tests/support/poll'
import type { TcpTarget, Transport } from '../transport'
import { createLocalTransport } from './index'

/** Answers each chunk with itself, and knows its connections. */
class EchoServer {
  readonly connections = new Set<Socket>()
  readonly #server: Server = createServer((socket) => {
    this.connections.add(socket)
    socket.on('error', () => undefined)
    socket.once('close', () => this.connections.delete(socket))
    socket.pipe(socket)
  })

  async listen(where: string | number): Promise<void> {
    this.#server.listen(typeof where === 'string' ? { path: where } : { port: where, host: '127.0.0.1' })
    await once(this.#server, 'listening')
  }

  get target(): TcpTarget {
    const address = this.#server.address()
    if (address === null || typeof address === 'string') throw new Error('It listens on no port.')
    return { host: '127.0.0.1', port: address.port }
  }

  async close(): Promise<void> {
    for (const socket of this.connections) socket.destroy()
    await new Promise((resolve) => this.#server.close(resolve))
  }
}

const firstText = (stream: Readable): Promise<string> =>
  new Promise((resolve) => stream.once('data', (chunk: Buffer) => resolve(chunk.toString())))

async function echoed(socket: Duplex, text: string): Promise<string> {
  socket.write(text)
  let received = ''
  while (received.length < text.length) {
    received += await firstText(socket)
  }
  return received
}

/** A listener whose queue is full and that accepts nothing: a connection to it is never answered. */
const deafServer = `
import socket, sys, time
server = socket.socket(); server.bind(('127.0.0.1', 0)); server.listen(0)
port = server.getsockname()[1]
waiting = []
for _ in range(3):
    client = socket.socket(); client.setblocking(False)
    client.connect_ex(('127.0.0.1', port)); waiting.append(client)
print(port, flush=True)
sys.stdin.read()
`

async function withDeafServer(work: (target: TcpTarget) => Promise<void>): Promise<void> {
  const python = spawn('python3', ['-c', deafServer], { stdio: ['pipe', 'pipe', 'inherit'] })
  try {
    await work({ host: '127.0.0.1', port: Number(await firstText(python.stdout)) })
  } finally {
    python.stdin.end()
    await once(python, 'exit')
  }
}

describe('sockets', () => {
  let transport: Transport
  let server: EchoServer
  let folder: string
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'local-sockets-'))
    transport = createLocalTransport()
    server = new EchoServer()
    await server.listen(0)
  })
  afterEach(async () => {
    await transport.close()
    await server.close()
    rmSync(folder, { recursive: true })
  })

  it('talks over TCP and counts both directions', async () => {
    const socket = await transport.openTcp(server.target)
    expect(await echoed(socket, 'hello')).toBe('hello')
    expect(transport.cost()).toMatchObject({ bytesRead: 5, bytesWritten: 5 })
    socket.end()
    await once(socket, 'close')
    expect(transport.cost()).toMatchObject({ bytesRead: 5, bytesWritten: 5 })
  })

  it('talks over a Unix socket', async () => {
    const unix = new EchoServer()
    const path = join(folder, 'echo')
    await unix.listen(path)
    const socket = await transport.openUnix(path)
    expect(await echoed(socket, 'x'.repeat(300_000))).toHaveLength(300_000)
    socket.destroy()
    await until(() => unix.connections.size === 0)
    await unix.close()
  })

  it('says what is wrong with an address', async () => {
    const gone = server.target
    await server.close()
    await expect(transport.openTcp(gone)).rejects.toMatchObject({
      code: 'unreachable',
      where: `127.0.0.1:${gone.port}`,
      hint: /listens/,
    })
    await expect(transport.openTcp({ host: 'name.invalid', port: 1 })).rejects.toMatchObject({
      code: 'unreachable',
      message: /name\.invalid:1/,
    })
    await expect(transport.openTcp({ host: '127.0.0.1', port: 70_000 })).rejects.toMatchObject({
      code: 'bad-request',
    })
    const missing = join(folder, 'missing')
    await expect(transport.openUnix(missing)).rejects.toMatchObject({ code: 'not-found', where: missing })
    await expect(transport.openUnix(`/tmp/${'x'.repeat(120)}`)).rejects.toMatchObject({ code: 'bad-request' })
  })

  it('finds a Unix socket that its service left behind', async () => {
    const path = join(folder, 'stale')
    const program = `import socket; socket.socket(socket.AF_UNIX).bind('${path}')`
    await transport.exec(['/bin/sh', '-c', 'exec "$0" -c "$1"', 'python3', program])
    await expect(transport.openUnix(path)).rejects.toMatchObject({ code: 'unreachable' })
  })

  it('tells a Unix socket that may not be used', async () => {
    const unix = new EchoServer()
    const path = join(folder, 'private')
    await unix.listen(path)
    chmodSync(path, 0)
    const isRoot = process.geteuid?.() === 0
    // Root may use every socket.
    if (isRoot) process.seteuid?.(65_534)
    try {
      await expect(transport.openUnix(path)).rejects.toMatchObject({
        code: 'permission-denied',
        hint: /The console runs as/,
      })
    } finally {
      if (isRoot) process.seteuid?.(0)
    }
    await unix.close()
  })

  it('gives up at the deadline, on abort and on close where nobody answers', async () => {
    await withDeafServer(async (target) => {
      const late = transport.openTcp(target, { deadline: 200 })
      await expect(late).rejects.toMatchObject({ code: 'timeout', hint: /firewall/ })
      const controller = new AbortController()
      const aborted = transport.openTcp(target, { signal: controller.signal })
      controller.abort()
      await expect(aborted).rejects.toMatchObject({ code: 'cancelled' })
      expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0)
      const closed = expect(transport.openTcp(target)).rejects.toMatchObject({ code: 'connection-lost' })
      await transport.close()
      await closed
    })
  })

  it('opens nothing when aborted already', async () => {
    const signal = AbortSignal.abort()
    await expect(transport.openTcp(server.target, { signal })).rejects.toMatchObject({ code: 'cancelled' })
    await expect(transport.openUnix('/nowhere', { signal })).rejects.toMatchObject({ code: 'cancelled' })
    expect(server.connections.size).toBe(0)
  })

  it('closes an open socket by its signal', async () => {
    const controller = new AbortController()
    const socket = await transport.openTcp(server.target, { signal: controller.signal })
    const error = once(socket, 'error')
    controller.abort()
    expect((await error)[0]).toMatchObject({ code: 'cancelled' })
    expect(socket.destroyed).toBe(true)
    await until(() => server.connections.size === 0)
  })

  it('survives errors of a socket that nobody listens to', async () => {
    const socket = await transport.openTcp(server.target)
    await until(() => server.connections.size === 1)
    for (const connection of server.connections) connection.resetAndDestroy()
    socket.resume()
    await until(() => socket.destroyed)
  })

  it('closes all sockets with the transport', async () => {
    const controller = new AbortController()
    const sockets = await Promise.all(
      Array.from({ length: 20 }, () => transport.openTcp(server.target, { signal: controller.signal })),
    )
    await until(() => server.connections.size === 20)
    await transport.close()
    expect(sockets.every((socket) => socket.destroyed)).toBe(true)
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0)
    await until(() => server.connections.size === 0)
    await expect(transport.openTcp(server.target)).rejects.toMatchObject({ code: 'connection-lost' })
    await expect(transport.openUnix('/run/x')).rejects.toMatchObject({ code: 'connection-lost' })
  })
})
