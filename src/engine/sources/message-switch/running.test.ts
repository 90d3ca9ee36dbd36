import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { DiagnosticError } from '@shared/errors'
import { until } from '../../../../tests/support/poll'
import { systemClock } from '../../clock'
import { createLocalTransport } from '../../transports/local'
import type { Transport } from '../../transports/transport'
import type { MessageEvent, MessageSink, SourceSink } from '../source'
import { openRelay } from './relay'
import { tracePath } from './requests'
import { openSwitch } from './running'
import { SocketReader } from './socket-reader'

const ended: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ended.splice(0).reverse()) await end()
})

/** Answers as the switch does; its age and its events are what the test says. */
class Switch {
  readonly path: string
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  started = performance.now() - 3_600_000
  first = 0
  next = 4
  refuses = 0
  silent = false

  private constructor(path: string) {
    this.path = path
    this.#server = createServer((socket) => {
      this.#sockets.add(socket)
      socket.on('close', () => this.#sockets.delete(socket))
      socket.on('error', () => undefined)
      socket.on('data', (bytes) => {
        for (const [, asked = ''] of bytes.toString().matchAll(/GET (\S+) HTTP/g)) this.#answer(socket, asked)
      })
    })
  }

  static async start(): Promise<Switch> {
    const directory = mkdtempSync(join(tmpdir(), 'xcp-switch-'))
    const made = new Switch(join(directory, 'sock'))
    made.#server.listen(made.path)
    await once(made.#server, 'listening')
    ended.push(() => {
      made.dropAll()
      made.#server.close()
      rmSync(directory, { recursive: true })
    })
    return made
  }

  dropAll(): void {
    for (const socket of this.#sockets) socket.destroy()
  }

  transport(): Transport {
    const local = createLocalTransport()
    ended.push(() => local.close())
    const openUnix = async (): Promise<Socket> => {
      if (this.refuses-- > 0) throw new DiagnosticError('unreachable', 'Connection refused.')
      const socket = connect(this.path)
      await once(socket, 'connect')
      return socket
    }
    return { ...local, openUnix }
  }

  #answer(socket: Socket, path: string): void {
    if (this.silent) return
    const [, , from = '', wait = ''] = path.split('/')
    const events = []
    for (let id = Math.max(this.first, Number(from)); id < this.next; id++) {
      events.push([id, { time: id, queue: 'q', message: ['Ack', ['q', id]] }])
    }
    const ran = Math.round((performance.now() - this.started) * 1e6)
    const body =
      path === '/'
        ? `{"start_time":0,"current_time":${ran},"permanent_queues":{},"transient_queues":{}}`
        : JSON.stringify({ events })
    if (path !== '/' && events.length === 0 && wait !== '0') return
    socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${body.length}\r\n\r\n${body}`)
  }
}

async function follow(bus: Switch): Promise<{ seen: number[]; restarts: () => number; done: Promise<void> }> {
  const seen: number[] = []
  let restarts = 0
  const board: MessageSink = {
    position: null,
    observed: (events: readonly MessageEvent[]) => void seen.push(...events.map(({ time }) => time / 1_000)),
    missed: () => undefined,
    queues: () => undefined,
    total: () => undefined,
    restarted: () => {
      restarts++
    },
  }
  const unused = (): never => {
    throw new Error('not asked for')
  }
  const sink: SourceSink = {
    group: unused,
    history: unused,
    processes: unused,
    rows: unused,
    messages: () => board,
  }
  const signal = new AbortController().signal
  const source = await openSwitch({ transport: bus.transport(), sink, clock: systemClock, signal })
  ended.push(() => source.close())
  return { seen, restarts: () => restarts, done: source.done }
}

describe('a switch that goes away', () => {
  it('is another one when it has run for less long, also where its ids are beyond those seen', async () => {
    const bus = await Switch.start()
    const { seen, restarts } = await follow(bus)
    await until(() => seen.length === 4)
    Object.assign(bus, { started: performance.now(), first: 100, next: 104 })
    bus.dropAll()
    await until(() => seen.length === 8)
    expect(restarts()).toBe(1)
    expect(seen.slice(4)).toEqual([100, 101, 102, 103])
  })

  it('is the same where only the connection was lost, and while its socket refuses', async () => {
    const bus = await Switch.start()
    const { seen, restarts } = await follow(bus)
    await until(() => seen.length === 4)
    Object.assign(bus, { next: 6, refuses: 3 })
    bus.dropAll()
    await until(() => seen.length === 6)
    expect(restarts()).toBe(0)
    expect(seen).toEqual([0, 1, 2, 3, 4, 5])
  })

  it('is noticed where the connection stays, by the queues', async () => {
    const bus = await Switch.start()
    const { seen, restarts } = await follow(bus)
    await until(() => seen.length === 4)
    await new Promise((resolve) => setTimeout(resolve, 50))
    Object.assign(bus, { started: performance.now(), first: 0, next: 2 })
    await until(() => seen.length === 6)
    expect(restarts()).toBe(1)
  })
})

describe('a switch that is stuck', () => {
  it('is given up after a while, with what to do', async () => {
    const bus = await Switch.start()
    bus.silent = true
    const socket = connect(bus.path)
    const reader = new SocketReader(socket, bus.path, 'its socket', 50)
    const { signal } = new AbortController()
    await expect(reader.get('/', signal)).rejects.toMatchObject({ code: 'timeout' })
    expect(socket.destroyed).toBe(true)
    await expect(reader.get('/', signal)).rejects.toMatchObject({ code: 'timeout' })
  })
})

describe('a host that forwards no sockets and has no fitting curl', () => {
  it('is read through what else hands on bytes, requests behind one another too', async () => {
    const bus = await Switch.start()
    const local = createLocalTransport()
    ended.push(() => local.close())
    const { signal } = new AbortController()
    const reader = new SocketReader(await openRelay(local, bus.path, signal), bus.path, 'a program')
    ended.push(() => reader.close())
    const answers = await Promise.all([
      reader.get(tracePath(0n, 1), signal),
      reader.get('/', signal),
      reader.get(tracePath(3n, 1), signal),
    ])
    expect(answers.map((body) => Buffer.from(body).toString().slice(0, 14))).toEqual([
      '{"events":[[0,',
      '{"start_time":',
      '{"events":[[3,',
    ])
    bus.dropAll()
    await expect(reader.get('/', signal)).rejects.toMatchObject({ code: 'connection-lost' })
  })
})
