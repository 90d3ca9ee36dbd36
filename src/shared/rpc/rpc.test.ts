import { MessageChannel, type MessagePort } from 'node:worker_threads'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { calls, subscriptions } from '../contract'
import { DiagnosticError } from '../errors'
import type { HostSummary } from '../model/host'
import type { Carrier } from './carrier'
import { RpcClient } from './client'
import { createCarrierPair } from './memory-carrier'
import { createPortCarrier } from './port-carrier'
import { bindCall, bindSubscription, serveRpc, type Handlers } from './server'

const never = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))

/** Of what these tests do not ask for. */
const unused = (): never => {
  throw new Error('not asked for here')
}

/** Counts what the handlers saw, so that tests can tell a cancel that arrived from one that did not. */
class Probe {
  aborted = 0
  produced = 0
  finished = 0
  closing: Promise<void> | null = null

  handlers(): Handlers {
    return {
      calls: {
        'engine.info': bindCall(calls['engine.info'], async (_, signal) => {
          await never(signal)
          this.aborted++
          throw new DiagnosticError('cancelled', 'cancelled')
        }),
        'hosts.add': unused,
        'memory.choose': unused,
        'demo.offer': unused,
        'demo.start': unused,
        'demo.stop': unused,
        'saved.save': unused,
        'saved.remove': unused,
        'connect.forms': unused,
        'address.parse': unused,
        'ssh.aliases': unused,
        'prompts.answer': unused,
        'vault.unlock': unused,
        'vault.lock': unused,
        'rows.read': unused,
        'rows.histogram': unused,
        'rows.locate': unused,
        'rows.details': unused,
        'rows.fields': unused,
        'rows.older': unused,
        'rows.readAs': unused,
        'messages.latency': unused,
        'messages.call': unused,
        'messages.payload': unused,
        'messages.states': unused,
        'hosts.connect': bindCall(calls['hosts.connect'], () => ({})),
        'hosts.disconnect': bindCall(calls['hosts.disconnect'], ({ host }) => {
          throw new DiagnosticError('not-found', `No host "${host}".`, {
            where: host,
            hint: 'Look at the list.',
            cause: new DiagnosticError('unreachable', 'inner', { cause: new Error('innermost') }),
          })
        }),
        'metrics.catalogue': bindCall(calls['metrics.catalogue'], () => ({ revision: 1, classes: [] })),
      },
      subscriptions: {
        'saved.watch': unused,
        'hosts.try': unused,
        'prompts.watch': unused,
        'vault.watch': unused,
        'memory.watch': unused,
        'catalogue.watch': unused,
        'rows.view': unused,
        'messages.watch': unused,
        'queues.contents': unused,
        'hosts.watch': bindSubscription(subscriptions['hosts.watch'], () => this.#endless()),
        'host.details': bindSubscription(subscriptions['host.details'], () => this.#failing()),
        'metrics.watch': bindSubscription(subscriptions['metrics.watch'], () => this.#typed()),
        'metrics.top': bindSubscription(subscriptions['metrics.top'], () => this.#invalid()),
        'processes.watch': bindSubscription(subscriptions['processes.watch'], (_, signal) =>
          this.#waiting(signal),
        ),
      },
    }
  }

  async *#endless(): AsyncGenerator<HostSummary[], void, void> {
    try {
      for (;;) {
        this.produced++
        yield await Promise.resolve([])
      }
    } finally {
      this.finished++
    }
  }

  async *#waiting(signal: AbortSignal): AsyncGenerator<never, void, void> {
    await never(signal)
    this.finished++
  }

  async *#failing(): AsyncGenerator<never, void, void> {
    await Promise.resolve()
    throw new DiagnosticError('bad-data', 'broken')
  }

  async *#typed(): AsyncGenerator<
    { reset: boolean; now: number; chunks: []; unknown: number[] },
    void,
    void
  > {
    yield await Promise.resolve({ reset: true, now: 1, chunks: [], unknown: [0] })
  }

  async *#invalid(): AsyncGenerator<{ time: null; total: number; rows: [] }, void, void> {
    yield await Promise.resolve({ time: null, total: NaN, rows: [] })
  }
}

const memory = (): [Carrier, Carrier] => createCarrierPair()
const portCarrier = (port: MessagePort): Carrier =>
  createPortCarrier({
    postMessage: (message) => port.postMessage(message),
    addEventListener: (type: string, listener: (event: { data: unknown }) => void) =>
      port.on(type, (data: unknown) => listener({ data })),
    start: () => port.start(),
    close: () => port.close(),
  })
const ports = (): [Carrier, Carrier] => {
  const { port1, port2 } = new MessageChannel()
  return [portCarrier(port1), portCarrier(port2)]
}

describe.each([
  ['memory', memory],
  ['message port', ports],
])('rpc over %s', (_, carriers) => {
  const open: Carrier[] = []
  afterEach(() => open.splice(0).forEach((carrier) => carrier.close()))

  function connect(): { client: RpcClient; probe: Probe; left: Carrier; right: Carrier } {
    const [left, right] = carriers()
    open.push(left, right)
    const probe = new Probe()
    serveRpc(right, probe.handlers())
    return { client: new RpcClient(left), probe, left, right }
  }

  it('answers a call', async () => {
    const { client } = connect()
    await expect(client.call('metrics.catalogue', { host: 'a' })).resolves.toEqual({
      revision: 1,
      classes: [],
    })
  })

  it('carries an error with code, place, hint and causes', async () => {
    const { client } = connect()
    const error = await client.call('hosts.disconnect', { host: 'x' }).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(DiagnosticError)
    expect(error).toMatchObject({
      code: 'not-found',
      message: 'No host "x".',
      where: 'x',
      hint: 'Look at the list.',
      cause: { code: 'unreachable', cause: { code: 'internal', message: 'innermost' } },
    })
  })

  it('refuses parameters with the path of what is wrong', async () => {
    const { client } = connect()
    await expect(client.call('metrics.catalogue', { host: '' })).rejects.toMatchObject({
      code: 'bad-request',
      where: 'params.host',
    })
  })

  it('gives up after the time-out and tells the other side', async () => {
    const { client, probe } = connect()
    await expect(client.call('engine.info', {}, { timeout: 20 })).rejects.toMatchObject({ code: 'timeout' })
    await vi.waitFor(() => expect(probe.aborted).toBe(1))
  })

  it('cancels by signal, also one that was aborted before', async () => {
    const { client, probe } = connect()
    const abort = new AbortController()
    const pending = client.call('engine.info', {}, { signal: abort.signal })
    abort.abort()
    await expect(pending).rejects.toMatchObject({ code: 'cancelled' })
    await vi.waitFor(() => expect(probe.aborted).toBe(1))
    await expect(client.call('engine.info', {}, { signal: abort.signal })).rejects.toMatchObject({
      code: 'cancelled',
    })
  })

  it('never has more items on the way than it has credit for', async () => {
    const { client, probe, left } = connect()
    const post = left.post.bind(left)
    // A window that is blocked gives no credit back.
    left.post = (message) => {
      if (!(
        typeof message === 'object' &&
        message !== null &&
        'type' in message &&
        message.type === 'credit'
      ))
        post(message)
    }
    let received = 0
    client.subscribe('hosts.watch', {}, { next: () => received++ })
    await vi.waitFor(() => expect(received).toBe(4))
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(received).toBe(4)
    expect(probe.produced).toBe(4)
  })

  it('goes on as long as credit comes back, and ends the generator on close', async () => {
    const { client, probe } = connect()
    let received = 0
    const subscription = client.subscribe('hosts.watch', {}, { next: () => received++ })
    await vi.waitFor(() => expect(received).toBeGreaterThan(100))
    subscription.close()
    const atClose = received
    await vi.waitFor(() => expect(probe.finished).toBe(1))
    expect(received).toBe(atClose)
  })

  it('a listener that throws does not stall its stream', async () => {
    const { client } = connect()
    let received = 0
    const faults = vi.fn()
    process.once('uncaughtException', faults)
    const subscription = client.subscribe(
      'metrics.watch',
      { host: 'a', paths: [], window: 1000, to: null, points: 1_000 },
      { next: () => received++, end: () => received++ },
    )
    await vi.waitFor(() => expect(received).toBe(2))
    subscription.close()
    process.off('uncaughtException', faults)
  })

  it('ends, fails, and refuses an item that does not fit the contract', async () => {
    const { client } = connect()
    const failed = vi.fn()
    client.subscribe('host.details', { host: 'a' }, { next: vi.fn(), error: failed })
    await vi.waitFor(() =>
      expect(failed).toHaveBeenCalledWith(expect.objectContaining({ code: 'bad-data', message: 'broken' })),
    )
    const refused = vi.fn()
    client.subscribe(
      'metrics.top',
      { host: 'a', class: 'cpu', metrics: ['usage'], limit: 1 },
      { next: vi.fn(), error: refused },
    )
    await vi.waitFor(() => expect(refused).toHaveBeenCalledOnce())
  })

  it('wakes handlers that wait when the connection ends, and fails what is pending', async () => {
    const { client, probe, right } = connect()
    const failed = vi.fn()
    client.subscribe(
      'processes.watch',
      { host: 'a', sortBy: 'cpu', limit: 1 },
      { next: vi.fn(), error: failed },
    )
    const pending = client.call('engine.info', {})
    const outcome = expect(pending).rejects.toMatchObject({ code: 'connection-lost' })
    await new Promise((resolve) => setTimeout(resolve, 10))
    right.close()
    await outcome
    await vi.waitFor(() => expect(probe.finished + probe.aborted).toBe(2))
    expect(failed).toHaveBeenCalledWith(expect.objectContaining({ code: 'connection-lost' }))
    await expect(client.call('metrics.catalogue', { host: 'a' })).rejects.toMatchObject({
      code: 'connection-lost',
    })
  })

  it.each([
    ['nonsense'],
    [{ type: 'call' }],
    [{ type: 'call', id: 1, name: 'x', params: {}, extra: 1 }],
    [null],
    [{ type: 'cancel', id: -1 }],
  ])('closes on %j, which is no request', async (message) => {
    const [left, right] = carriers()
    open.push(left, right)
    const refused = vi.fn()
    const closed = vi.fn()
    serveRpc(right, new Probe().handlers(), { onRefused: refused })
    left.onMessage(() => undefined)
    left.onClose(closed)
    left.post(message)
    await vi.waitFor(() => expect(closed).toHaveBeenCalled())
    expect(refused).toHaveBeenCalledWith(expect.objectContaining({ code: 'bad-request' }))
  })

  it.each(['toString', '__proto__', 'no.such'])('knows no "%s"', async (name) => {
    const [left, right] = carriers()
    open.push(left, right)
    serveRpc(right, new Probe().handlers())
    const answer = new Promise((resolve) => left.onMessage(resolve))
    left.post({ type: 'call', id: 1, name, params: {} })
    await expect(answer).resolves.toMatchObject({ type: 'error', error: { code: 'not-found' } })
  })
})
