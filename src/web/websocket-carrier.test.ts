import { createServer, type Server } from 'node:http'
import { afterEach, describe, expect, test } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { carrierLimits, type CarrierLimits } from './limits'
import { waitFor } from './testing/wait'
import { WebSocketCarrier } from './websocket-carrier'

/** A carrier and the window's end of its WebSocket, over a real connection. */
interface Pair {
  readonly carrier: WebSocketCarrier
  readonly window: WebSocket
  readonly closed: string[]
}

const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    server.close()
  }
})

async function connect(limits: Partial<CarrierLimits> = {}, clientOptions = {}): Promise<Pair> {
  const server = createServer()
  servers.push(server)
  const webSockets = new WebSocketServer({ server, maxPayload: carrierLimits.messageBytes })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  const accepted = new Promise<WebSocket>((resolve) => webSockets.once('connection', resolve))
  const window = new WebSocket(`ws://127.0.0.1:${port}`, { perMessageDeflate: false, ...clientOptions })
  window.on('error', () => undefined)
  const opened = new Promise((resolve) => window.once('open', resolve))
  const carrier = new WebSocketCarrier(await accepted, { ...carrierLimits, ...limits })
  await opened
  const closed: string[] = []
  carrier.onClose((reason) => closed.push(reason))
  return { carrier, window, closed }
}

const closeOf = (window: WebSocket): Promise<[number, string]> =>
  new Promise((resolve) => window.once('close', (code, reason) => resolve([code, reason.toString()])))

describe('messages', () => {
  test('wait for a receiver, arrive whole and in order, text and binary', async () => {
    const { carrier, window } = await connect()
    for (let number = 0; number < 100; number++) window.send(JSON.stringify({ number }))
    const received: unknown[] = []
    carrier.onMessage((message) => received.push(message))
    await waitFor('all messages', () => received.length === 100)
    expect(received).toEqual(Array.from({ length: 100 }, (_, number) => ({ number })))

    const frames: [boolean, number][] = []
    window.on('message', (data: Buffer, isBinary) => frames.push([isBinary, data.byteLength]))
    carrier.post({ a: 1 })
    carrier.post({ a: new Float64Array(1_000) })
    await waitFor('both frames', () => frames.length === 2)
    expect(frames[0]).toEqual([false, 7])
    expect(frames[1]?.[0]).toBe(true)
    expect(frames[1]?.[1]).toBeGreaterThan(8_000)
    window.terminate()
  })

  test.each([
    ['text that is no JSON', '{', 1007],
    ['bytes that are no frame', Buffer.from([1, 2, 3]), 1007],
    ['a message beyond the limit', 'x'.repeat(carrierLimits.messageBytes + 1), 1009],
  ])('%s ends the connection', async (_name, data, code) => {
    const { carrier, window, closed } = await connect()
    const received: unknown[] = []
    carrier.onMessage((message) => received.push(message))
    const end = closeOf(window)
    window.send(data)
    window.send('"after"')
    expect((await end)[0]).toBe(code)
    await waitFor('the end', () => closed.length > 0)
    expect(closed).toHaveLength(1)
    expect(received).toEqual([])
  })

  test('a receiver that throws ends its connection, not the process', async () => {
    const { carrier, window, closed } = await connect()
    carrier.onMessage(() => {
      throw new Error('no')
    })
    const end = closeOf(window)
    window.send('1')
    expect(await end).toEqual([1011, 'the engine could not handle a message'])
    await waitFor('the end', () => closed.length > 0)
    expect(closed).toEqual(['the engine could not handle a message'])
  })
})

describe('ends', () => {
  test('by the window, told once', async () => {
    const { carrier, window, closed } = await connect()
    carrier.onMessage(() => undefined)
    window.close(1000, 'done')
    await waitFor('the end', () => closed.length > 0)
    carrier.close()
    carrier.post('after the end')
    expect(closed).toEqual(['done'])
  })

  test('by a window that is just gone', async () => {
    const { carrier, window, closed } = await connect()
    carrier.onMessage(() => undefined)
    window.terminate()
    await waitFor('the end', () => closed.length > 0)
    expect(closed).toEqual(['the window closed the connection (1006)'])
  })

  test('are told to a listener that comes later', async () => {
    const { carrier, window, closed } = await connect()
    window.terminate()
    carrier.onMessage(() => undefined)
    await waitFor('the end', () => closed.length > 0)
    const late: string[] = []
    carrier.onClose((reason) => late.push(reason))
    await waitFor('the late listener', () => late.length > 0)
    expect(late).toEqual(closed)
  })

  test('by the engine, after what was sent', async () => {
    const { carrier, window, closed } = await connect()
    const received: string[] = []
    window.on('message', (data: Buffer) => received.push(data.toString()))
    const end = closeOf(window)
    for (let number = 0; number < 100; number++) carrier.post(number)
    carrier.close()
    expect(await end).toEqual([1000, 'the engine closed the connection'])
    expect(received).toHaveLength(100)
    await waitFor('the end', () => closed.length > 0)
    expect(closed).toEqual(['the engine closed the connection'])
  })
})

describe('a window that takes no part', () => {
  test('is cut off after two pings without an answer', async () => {
    const { carrier, window, closed } = await connect({ pingInterval: 50 }, { autoPong: false })
    carrier.onMessage(() => undefined)
    let pings = 0
    window.on('ping', () => pings++)
    await waitFor('the end', () => closed.length > 0)
    expect(closed).toEqual(['the window did not answer 2 pings'])
    expect(pings).toBe(2)
  })

  test('is not cut off while it answers', async () => {
    const { carrier, window, closed } = await connect({ pingInterval: 20 })
    carrier.onMessage(() => undefined)
    let pings = 0
    window.on('ping', () => pings++)
    await waitFor('ten pings', () => pings >= 10)
    expect(closed).toEqual([])
    window.terminate()
  })

  test('is cut off when it takes nothing of what it is sent', async () => {
    const { carrier, window, closed } = await connect()
    carrier.onMessage(() => undefined)
    window.pause()
    const megabyte = new Uint8Array(1024 * 1024)
    let sent = 0
    // Beyond the limit by what the two sockets' own buffers can hold.
    while (closed.length === 0 && sent < 200) {
      carrier.post(megabyte)
      sent += 1
      await new Promise((resolve) => setImmediate(resolve))
    }
    expect(closed).toEqual([`the window did not take ${32 * 1024 * 1024} bytes that were sent to it`])
    expect(sent).toBeGreaterThan(32)
    window.terminate()
  })
})
