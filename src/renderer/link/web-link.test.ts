import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createApp, effectScope, shallowRef, type App } from 'vue'
import * as v from 'valibot'
import { WebSocket, WebSocketServer } from 'ws'
import type { SubscriptionItem } from '@shared/contract'
import { DiagnosticError } from '@shared/errors'
import type { Carrier } from '@shared/rpc/carrier'
import { decodeMessage, encodeMessage } from '@shared/rpc/wire'
import { hostNamed, TestEngine } from '../test-engine'
import { linkKey, type Link, type LinkState } from './link'
import { useSubscription } from './subscription'
import { createWebLink } from './web-link'

const credentials = v.object({ token: v.optional(v.string()), session: v.optional(v.string()) })

/** The shell's door as the link knows it, on a real socket. */
class Shell {
  readonly engine = new TestEngine()
  readonly tokens = new Set(['t0ken'])
  readonly sessions = new Set<string>()
  readonly sockets = new WebSocketServer({ noServer: true, handleProtocols: () => 'xcp-diag.v1' })
  #server: Server | null = null
  port = 0

  async start(): Promise<void> {
    const server = createServer((request, response) => void this.#answer(request, response))
    server.on('upgrade', (request, socket, head) => {
      const [protocol, session] = (request.headers['sec-websocket-protocol'] ?? '').split(/, */)
      const known = protocol === 'xcp-diag.v1' && this.sessions.has(session?.replace('session.', '') ?? '')
      if (!known || request.url !== '/rpc') return socket.end('HTTP/1.1 401 Unauthorized\r\n\r\n')
      this.sockets.handleUpgrade(request, socket, head, (client) => this.engine.serve(carrierOf(client)))
    })
    await new Promise<void>((resolve) => server.listen(this.port, '127.0.0.1', resolve))
    const address = server.address()
    if (typeof address === 'object' && address) this.port = address.port
    this.#server = server
  }

  async stop(): Promise<void> {
    for (const client of this.sockets.clients) client.terminate()
    const server = this.#server
    server?.closeAllConnections()
    await new Promise<void>((resolve) => (server ? server.close(() => resolve()) : resolve()))
  }

  /** While set, each exchange is answered so instead. */
  full: string | null = null

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (this.full !== null) {
      response.writeHead(503, { 'content-type': 'application/problem+json' })
      response.end(JSON.stringify({ title: 'Service Unavailable', status: 503, detail: this.full }))
      return
    }
    let text = ''
    for await (const part of request) text += String(part)
    const body = v.parse(credentials, JSON.parse(text))
    const session = body.token === undefined ? body.session : `s-${body.token}`
    if (body.token !== undefined && this.tokens.delete(body.token)) this.sessions.add(`s-${body.token}`)
    const held = session !== undefined && this.sessions.has(session) && request.url === '/session'
    const exchanged = held && (body.token === undefined || !this.#used.has(body.token))
    if (body.token !== undefined) this.#used.add(body.token)
    response.writeHead(exchanged ? 200 : 401, { 'content-type': 'application/json' })
    response.end(JSON.stringify(exchanged ? { session } : {}))
  }

  readonly #used = new Set<string>()
}

function carrierOf(socket: WebSocket): Carrier {
  return {
    post: (message) => socket.send(encodeMessage(message)),
    onMessage: (receive) =>
      socket.on('message', (data: Buffer, binary) =>
        receive(decodeMessage(binary ? new Uint8Array(data) : data.toString())),
      ),
    onClose: (closed) => socket.on('close', () => closed('closed')),
    close: () => socket.close(),
  }
}

/** A tab: what the browser gives the page, and what outlives a reload. */
function tab(shell: Shell, hash: string) {
  const location = { hash, pathname: '/', search: '', origin: `http://127.0.0.1:${String(shell.port)}` }
  const history = { replaceState: vi.fn() }
  const kept = new Map<string, string>()
  const storage = {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  }
  return {
    history,
    kept,
    open: (withHash = hash) => {
      location.hash = withHash
      const link = createWebLink({ location, history, sessionStorage: storage })
      links.push(link)
      return link
    },
  }
}

function applicationOf(link: Link): App {
  const app = createApp({})
  app.provide(linkKey, link)
  return app
}

const links: Link[] = []
const reaches = (link: Link, kind: LinkState['kind']): Promise<void> =>
  vi.waitFor(() => expect(link.state.value.kind).toBe(kind), { timeout: 15_000 })

let shell: Shell
beforeEach(async () => {
  vi.stubGlobal('WebSocket', WebSocket)
  shell = new Shell()
  await shell.start()
})
afterEach(async () => {
  for (const link of links.splice(0)) link.close()
  await shell.stop()
  vi.unstubAllGlobals()
})

describe('the way in', () => {
  it('takes the token off the address, exchanges it, and a reload goes on without it', async () => {
    const page = tab(shell, '#token=t0ken')
    const link = page.open()
    expect(page.history.replaceState).toHaveBeenCalledWith(null, '', '/')
    await reaches(link, 'open')
    expect([...page.kept.values()]).toEqual(['s-t0ken'])
    expect(await link.client.value!.call('engine.info', {})).toMatchObject({ name: 'test engine' })
    link.close()

    const reloaded = page.open('#/overview')
    await reaches(reloaded, 'open')
    expect(page.history.replaceState).toHaveBeenCalledOnce()
  })

  it('refuses a used token, an unknown one and none at all', async () => {
    const first = tab(shell, '#token=t0ken').open()
    await reaches(first, 'open')
    for (const hash of ['#token=t0ken', '#token=guessed', ''])
      await reaches(tab(shell, hash).open(), 'refused')
  })

  it('waits while the shell has no room, says what it was told, and keeps the token for later', async () => {
    shell.full = 'All sessions are in use: close a tab of the console.'
    const link = tab(shell, '#token=t0ken').open()
    await reaches(link, 'waiting')
    const waiting = link.state.value
    expect(waiting.kind === 'waiting' && waiting.reason).toMatchObject({
      code: 'unreachable',
      message: 'The console answered 503.',
      hint: shell.full,
    })
    shell.full = null
    link.retry()
    await reaches(link, 'open')
  })

  it('keeps its session when a used address is opened again in the same tab', async () => {
    const page = tab(shell, '#token=t0ken')
    await reaches(page.open(), 'open')
    await reaches(page.open('#token=t0ken'), 'open')
  })
})

describe('a connection that breaks', () => {
  it('comes back with the same session, and subscriptions go on', async () => {
    const link = tab(shell, '#token=t0ken').open()
    const seen: string[][] = []
    const app = applicationOf(link)
    const scope = effectScope()
    const view = app.runWithContext(() =>
      scope.run(() =>
        useSubscription(
          'hosts.watch',
          () => ({}),
          (hosts) => seen.push(hosts.map((host) => host.id)),
        ),
      ),
    )!
    const watched = (count: number) =>
      vi.waitFor(() => expect(shell.engine.wanted('hosts.watch')).toHaveLength(count), { timeout: 15_000 })
    await watched(1)
    shell.engine.push('hosts.watch', [hostNamed('a')])
    await vi.waitFor(() => expect(seen).toEqual([['a']]))
    expect(view.status.value).toBe('live')

    for (const client of shell.sockets.clients) client.terminate()
    await reaches(link, 'waiting')
    await vi.waitFor(() => expect(view.status.value).toBe('waiting'))
    await reaches(link, 'open')
    await watched(1)
    shell.engine.push('hosts.watch', [hostNamed('a'), hostNamed('b')])
    await vi.waitFor(() => expect(seen.at(-1)).toEqual(['a', 'b']))
    scope.stop()
    await watched(0)
  })

  it('is refused once the shell knows the session no more, and forgets it', async () => {
    const page = tab(shell, '#token=t0ken')
    const link = page.open()
    await reaches(link, 'open')
    shell.sessions.clear()
    for (const client of shell.sockets.clients) client.terminate()
    await reaches(link, 'refused')
    expect(page.kept.size).toBe(0)
  })

  it('waits while the shell is away, says why, and keeps the session for its return', async () => {
    const page = tab(shell, '#token=t0ken')
    const link = page.open()
    await reaches(link, 'open')
    await shell.stop()
    await reaches(link, 'waiting')
    const lost = link.state.value
    expect(lost.kind === 'waiting' && lost.reason.code).toBe('connection-lost')
    link.retry()
    await vi.waitFor(
      () => {
        const state = link.state.value
        expect(state.kind === 'waiting' && state.reason.code).toBe('unreachable')
      },
      { timeout: 15_000 },
    )
    await shell.start()
    link.retry()
    await reaches(link, 'open')
    expect(page.kept.size).toBe(1)
  })

  it('is dropped at a frame that cannot be read, and made anew', async () => {
    const link = tab(shell, '#token=t0ken').open()
    await reaches(link, 'open')
    const first = link.client.value
    for (const client of shell.sockets.clients) client.send(Buffer.from([255, 255]))
    await vi.waitFor(() => expect(link.client.value).not.toBe(first))
    await reaches(link, 'open')
    await expect(first!.call('engine.info', {})).rejects.toMatchObject({ code: 'connection-lost' })
  })

  it('ends for good when it is closed', async () => {
    const link = tab(shell, '#token=t0ken').open()
    await reaches(link, 'open')
    link.close()
    await vi.waitFor(() => expect(shell.sockets.clients.size).toBe(0))
    expect(link.client.value).toBeNull()
  })
})

describe('subscriptions', () => {
  async function subscribed(paths: { current: string[] | null }) {
    const link = tab(shell, '#token=t0ken').open()
    await reaches(link, 'open')
    const items: SubscriptionItem<'metrics.watch'>[] = []
    const app = applicationOf(link)
    const wanted = shallowRef(paths.current)
    const scope = effectScope()
    const view = app.runWithContext(() =>
      scope.run(() =>
        useSubscription(
          'metrics.watch',
          () =>
            wanted.value ? { host: 'a', paths: wanted.value, window: 60_000, to: null, points: 1_000 } : null,
          (item) => items.push(item),
        ),
      ),
    )!
    return { items, view, wanted }
  }
  const open = () => shell.engine.wanted('metrics.watch')

  it('carry typed arrays, gaps included', async () => {
    const { items } = await subscribed({ current: ['/metrics/host/host/cpu'] })
    await vi.waitFor(() => expect(open()).toHaveLength(1))
    const times = Float64Array.of(1_000, 2_000)
    const none = new Float32Array()
    const values = Float32Array.of(0.5, Number.NaN)
    const chunk = {
      series: [0],
      interval: 1_000,
      since: 0,
      times,
      values,
      lows: none,
      highs: none,
      seams: [],
    }
    shell.engine.push('metrics.watch', { reset: true, now: 2_000, chunks: [chunk], unknown: [] })
    await vi.waitFor(() => expect(items).toHaveLength(1))
    expect(items[0]!.chunks[0]!.times).toEqual(times)
    expect(items[0]!.chunks[0]!.values[1]).toBeNaN()
  })

  it('follow their parameters, stop at null, and ignore an equal object', async () => {
    const { wanted } = await subscribed({ current: null })
    wanted.value = ['/metrics/host/host/cpu']
    await vi.waitFor(() => expect(open()).toHaveLength(1))
    const before = shell.engine.opened.length
    wanted.value = ['/metrics/host/host/cpu']
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(shell.engine.opened).toHaveLength(before)
    wanted.value = ['/metrics/host/host/load1']
    await vi.waitFor(() =>
      expect(open().map((params) => params.paths[0])).toEqual(['/metrics/host/host/load1']),
    )
    wanted.value = null
    await vi.waitFor(() => expect(open()).toHaveLength(0))
  })

  it('tell the error of a subscription that the engine ends, and try again', async () => {
    const { view } = await subscribed({ current: ['/metrics/host/host/cpu'] })
    await vi.waitFor(() => expect(open()).toHaveLength(1))
    shell.engine.fail('metrics.watch', new DiagnosticError('not-found', 'There is no host "a".'))
    await vi.waitFor(() => expect(view.status.value).toBe('error'))
    expect(view.error.value).toMatchObject({ code: 'not-found', message: 'There is no host "a".' })
    await vi.waitFor(() => expect(open()).toHaveLength(1), { timeout: 15_000 })
  })
})
