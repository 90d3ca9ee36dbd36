import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { until } from '../../../tests/support/poll'
import { SwitchServer } from './server'

const run = promisify(execFile)
const probe = (resource: string): string => `GET ${resource} HTTP/1.1\r\nHost: localhost\r\n\r\n`

describe('a simulated switch on its socket', () => {
  let folder: string
  let server: SwitchServer
  const sockets: Socket[] = []
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'xcp-switch-'))
    server = await SwitchServer.start({ path: join(folder, 'run/sock'), durable: true })
  })
  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy()
    await server.stop()
    await rm(folder, { recursive: true })
  })

  interface Client {
    send(bytes: string): void
    end(): void
    out(): string
    ended(): boolean
  }
  function client(): Client {
    const socket = connect({ path: server.path, allowHalfOpen: true })
    sockets.push(socket)
    const seen = { out: '', ended: false }
    socket.on('data', (bytes) => (seen.out += bytes.toString()))
    socket.on('error', () => undefined).on('close', () => (seen.ended = true))
    socket.on('end', () => {
      seen.ended = true
      socket.end()
    })
    return {
      send: (bytes) => void socket.write(bytes),
      end: () => void socket.end(),
      out: () => seen.out,
      ended: () => seen.ended,
    }
  }
  const answered = async (asked: Client, pattern: RegExp): Promise<void> =>
    until(
      () => pattern.test(asked.out()),
      () => asked.out(),
    )

  it('speaks with curl', async () => {
    const { stdout } = await run('curl', ['-sS', '--unix-socket', server.path, 'http://localhost/'])
    expect(stdout).toMatch(
      /^\{"start_time":0,"current_time":\d+,"permanent_queues":\{\},"transient_queues":\{\}\}$/,
    )
  })

  it('a parked poll holds what follows on its connection, and nobody else', async () => {
    const parked = client()
    parked.send(probe('/trace/0/30') + probe('/nope'))
    const other = client()
    other.send('GET /login/me HTTP/1.1\r\n\r\n')
    await answered(other, /content-length: 0\r\n\r\n$/)
    expect(parked.out()).toBe('')
    other.send('GET /ack/q/0 HTTP/1.1\r\n\r\n')
    await answered(parked, /Not found: \/\/localhost\/nope$/)
    expect(parked.out()).toContain('"input":"me","queue":"q","message":["Ack",["q",0]]')
  })

  it('a client that has shut down its sending side is answered, then the connection ends', async () => {
    const half = client()
    half.send(probe('/trace/0/0.1'))
    half.end()
    await until(() => half.ended())
    expect(half.out()).toBe('HTTP/1.1 200 OK\r\ncontent-length: 13\r\n\r\n{"events":[]}')
  })

  it('a transient queue goes with its last connection', async () => {
    const owner = client()
    owner.send('GET /login/me HTTP/1.1\r\n\r\nGET /transient/mine HTTP/1.1\r\n\r\n')
    await answered(owner, /mine$/)
    const reader = client()
    reader.send(probe('/'))
    await answered(reader, /"transient_queues":\{"mine":/)
    owner.end()
    await until(() => owner.ended())
    reader.send(probe('/'))
    await answered(reader, /"transient_queues":\{\}\}$/)
  })

  it('ends connections without a byte when it stops, and keeps its messages', async () => {
    const sender = client()
    sender.send(
      'GET /login/me HTTP/1.1\r\n\r\nGET /persistent/q HTTP/1.1\r\n\r\n' +
        'POST /request/q/me HTTP/1.1\r\ncontent-length: 5\r\n\r\nhello',
    )
    await answered(sender, /\[\["q",0\]\]$/)
    const parked = client()
    parked.send(probe('/trace/100/30'))
    await server.stop()
    await until(() => parked.ended())
    expect(parked.out()).toBe('')
    await server.start()
    expect(server.nextEventId).toBe(0n)
    const reader = client()
    reader.send(probe('/'))
    await answered(reader, /"payload":"hello"/)
    expect(reader.out()).not.toContain('next_transfer_expected')
  })

  it('a large answer is whole', async () => {
    const body = '{"a":"' + 'é'.repeat(300_000) + '"}'
    const sender = client()
    sender.send(
      'GET /login/me HTTP/1.1\r\n\r\nGET /persistent/q HTTP/1.1\r\n\r\n' +
        `POST /request/q/me HTTP/1.1\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    )
    await answered(sender, /\[\["q",0\]\]$/)
    const { stdout } = await run('curl', ['-sS', '--unix-socket', server.path, 'http://localhost/'], {
      maxBuffer: 8_000_000,
    })
    expect(stdout).toContain(JSON.stringify(body))
  })

  it('a path that is too long is refused with what to do', async () => {
    const path = join(folder, 'x'.repeat(100), 'sock')
    await expect(SwitchServer.start({ path })).rejects.toMatchObject({ code: 'bad-request', where: path })
  })
})
