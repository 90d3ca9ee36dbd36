import { connect } from 'node:net'
import { networkInterfaces } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { shellLimits } from './limits'
import { buildForTest, type TestBuild } from './testing/build'
import { openClient } from './testing/client'
import { openShell, type TestShell } from './testing/open-shell'
import { exchange, rawRequest, type Fields, type RawAnswer } from './testing/raw-http'
import { waitFor } from './testing/wait'
import type { ShellOptions } from './shell'

let build: TestBuild
/** For tests that leave nothing behind in it. */
let shared: TestShell
const shells: TestShell[] = []

beforeAll(async () => {
  build = await buildForTest()
  shared = await openShell(build)
})
afterAll(async () => {
  await shared.close()
  await build.remove()
})
afterEach(() => Promise.all(shells.splice(0).map((shell) => shell.close())))

async function open(options: Partial<ShellOptions> = {}): Promise<TestShell> {
  const shell = await openShell(build, options)
  shells.push(shell)
  return shell
}

const hostOf = (shell: TestShell): Fields => [['Host', `127.0.0.1:${shell.port}`]]

function post(shell: TestShell, body: string): Promise<RawAnswer> {
  return exchange(shell.port, rawRequest('POST', '/session', shell.postFields(body), body))
}

describe('where it listens', () => {
  test('is 127.0.0.1 only', async () => {
    const shell = await open()
    const others = Object.values(networkInterfaces())
      .flatMap((addresses) => addresses ?? [])
      .filter(({ address, scopeid }) => address !== '127.0.0.1' && !scopeid)
      .map(({ address }) => address)
    for (const host of ['127.0.0.2', '::1', ...others]) {
      const outcome = await new Promise<string>((resolve) => {
        const socket = connect({ host, port: shell.port })
        socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? ''))
        socket.on('connect', () => {
          socket.destroy()
          resolve('connected')
        })
      })
      expect([host, outcome]).toEqual([
        host,
        expect.stringMatching(/^E(CONNREFUSED|ADDRNOTAVAIL|AFNOSUPPORT)/),
      ])
    }
  })

  test('cannot be taken twice', async () => {
    const shell = await open()
    await expect(openShell(build, { port: shell.port })).rejects.toMatchObject({ code: 'EADDRINUSE' })
  })
})

describe('requests that browsers do not make', () => {
  test.each([
    ['HTTP/1.0', (host: string) => `GET / HTTP/1.0\r\nHost: ${host}\r\n\r\n`, 505],
    ['HTTP/0.9', () => 'GET /\r\n\r\n', 505],
    ['HTTP/2.0', (host: string) => `GET / HTTP/2.0\r\nHost: ${host}\r\n\r\n`, 505],
    ['absolute form', (host: string) => `GET http://${host}/ HTTP/1.1\r\nHost: ${host}\r\n\r\n`, 400],
    [
      'foreign absolute form',
      (host: string) => `GET http://a.example/ HTTP/1.1\r\nHost: ${host}\r\n\r\n`,
      400,
    ],
    ['asterisk', (host: string) => `OPTIONS * HTTP/1.1\r\nHost: ${host}\r\n\r\n`, 400],
    ['CONNECT', (host: string) => `CONNECT ${host} HTTP/1.1\r\nHost: ${host}\r\n\r\n`, 405],
    ['an unknown method', (host: string) => `BREW / HTTP/1.1\r\nHost: ${host}\r\n\r\n`, 400],
    ['a body on GET', (host: string) => `GET / HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 1\r\n\r\nx`, 400],
    [
      'both lengths',
      (host: string) =>
        `POST /session HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
      400,
    ],
    [
      'two lengths',
      (host: string) => `GET / HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 0\r\nContent-Length: 5\r\n\r\n`,
      400,
    ],
    ['a folded header', (host: string) => `GET / HTTP/1.1\r\nHost: ${host}\r\nX: a\r\n b\r\n\r\n`, 400],
    ['a bare line feed', (host: string) => `GET / HTTP/1.1\nHost: ${host}\n\n`, 400],
    ['TLS', () => '\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003', 400],
    [
      'an upgrade to HTTP/2',
      (host: string) =>
        `GET / HTTP/1.1\r\nHost: ${host}\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n\r\n`,
      400,
    ],
    ['a huge target', (host: string) => `GET /${'a'.repeat(20_000)} HTTP/1.1\r\nHost: ${host}\r\n\r\n`, 431],
    [
      'a huge header',
      (host: string) => `GET / HTTP/1.1\r\nHost: ${host}\r\nX: ${'a'.repeat(20_000)}\r\n\r\n`,
      431,
    ],
    ['65 headers', (host: string) => `GET / HTTP/1.1\r\nHost: ${host}\r\n${'X: a\r\n'.repeat(64)}\r\n`, 431],
    [
      'a second Host behind 2,500 headers',
      (host: string) => `GET / HTTP/1.1\r\nHost: ${host}\r\n${'a:\r\n'.repeat(2_500)}Host: b\r\n\r\n`,
      431,
    ],
  ])('%s', async (_name, request, status) => {
    const shell = shared
    shell.lines.length = 0
    const answer = await exchange(shell.port, Buffer.from(request(`127.0.0.1:${shell.port}`), 'latin1'))
    expect(answer.status).toBe(status)
    expect(answer.headers.get('content-type')).toBe('application/problem+json')
    expect(answer.headers.get('connection')).toBe('close')
    expect(JSON.parse(answer.body)).toMatchObject({ status })
    // Loud: one line for each refusal.
    expect(shell.lines).toHaveLength(1)
    expect(shell.lines[0]).toMatch(new RegExp(`^Refused .*: ${status} `))
  })

  test('64 headers are served', async () => {
    const shell = shared
    shell.lines.length = 0
    const request = `GET / HTTP/1.1\r\nHost: 127.0.0.1:${shell.port}\r\n${'X: a\r\n'.repeat(63)}\r\n`
    expect((await exchange(shell.port, request)).status).toBe(200)
  })
})

describe('time-outs and connections', () => {
  const server = { ...shellLimits.server, headTime: 300, requestTime: 600, connections: 4 }
  const limits = { ...shellLimits, server }

  test('a head that does not come ends with 408', async () => {
    const shell = await open({ limits })
    const answer = await exchange(shell.port, 'GET / HTTP/1.1\r\nHost: 127')
    expect(answer.status).toBe(408)
    expect(shell.lines).toHaveLength(1)
  })

  test('a body that does not come ends with 408', async () => {
    const shell = await open({ limits })
    const fields = shell.postFields('x'.repeat(10))
    const answer = await exchange(shell.port, rawRequest('POST', '/session', fields, 'x'))
    expect(answer.status).toBe(408)
  })

  test('a head that comes byte by byte ends too', async () => {
    const shell = await open({ limits })
    const socket = connect({ host: '127.0.0.1', port: shell.port })
    let received = ''
    const end = { seen: false }
    socket.on('error', () => undefined)
    socket.on('data', (data) => (received += data.toString()))
    socket.on('close', () => (end.seen = true))
    for (const byte of 'GET / HTTP/1.1\r\nX-Slow: '.padEnd(400, 'x')) {
      if (end.seen) break
      socket.write(byte)
      await sleep(20)
    }
    await waitFor('the end', () => end.seen)
    expect(received).toContain('408 Request Timeout')
  })

  test('a connection on which nothing was asked ends without a word', async () => {
    const shell = await open({ limits })
    expect((await exchange(shell.port, '')).status).toBe(0)
    expect(shell.lines).toEqual([])
  })

  test('connections beyond the limit are closed, and said', async () => {
    const shell = await open({
      limits: { ...shellLimits, server: { ...server, headTime: 60_000, requestTime: 60_000 } },
    })
    const idle = await Promise.all(
      Array.from({ length: 4 }, async () => {
        const socket = connect({ host: '127.0.0.1', port: shell.port })
        await new Promise((resolve) => socket.once('connect', resolve))
        return socket
      }),
    )
    expect((await exchange(shell.port, rawRequest('GET', '/', hostOf(shell)))).status).toBe(0)
    expect(shell.lines).toEqual([expect.stringContaining('More than 4 connections')])
    for (const socket of idle) socket.destroy()
    await waitFor(
      'room',
      async () => (await exchange(shell.port, rawRequest('GET', '/', hostOf(shell)))).status === 200,
    )
  })
})

describe('POST /session', () => {
  test('exchanges a token once', async () => {
    const shell = await open()
    const body = JSON.stringify({ token: shell.token() })
    const first = await post(shell, body)
    expect(first.status).toBe(200)
    expect(first.body).toMatch(/^\{"session":"[\w-]{43}"\}\n$/)
    expect(first.headers.get('cache-control')).toBe('no-store')
    expect(first.headers.has('set-cookie')).toBe(false)
    const second = await post(shell, body)
    expect(second.status).toBe(401)
    expect(JSON.parse(second.body)).toMatchObject({ title: 'Unauthorized', status: 401 })
  })

  test('of two at the same time one gets in', async () => {
    const shell = await open()
    const body = JSON.stringify({ token: shell.token() })
    const answers = await Promise.all(Array.from({ length: 6 }, () => post(shell, body)))
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 401, 401, 401, 401, 401])
  })

  test('a token expires after ten minutes', async () => {
    let time = 0
    const shell = await open({ now: () => time })
    const [early, late] = [shell.token(), shell.token()]
    time = 10 * 60_000 - 1
    expect((await post(shell, JSON.stringify({ token: early }))).status).toBe(200)
    time += 1
    expect((await post(shell, JSON.stringify({ token: late }))).status).toBe(401)
  })

  test('each address gives a session of its own', async () => {
    const shell = await open()
    const [one, two] = [await shell.session(), await shell.session()]
    expect(one).not.toBe(two)
    for (const session of [one, two]) {
      const client = await openClient(shell.origin, session)
      client.socket.close()
    }
  })

  test('says whether a session is valid, without changing it', async () => {
    const shell = await open()
    const session = await shell.session()
    const valid = await post(shell, JSON.stringify({ session }))
    expect([valid.status, valid.body]).toEqual([200, `{"session":"${session}"}\n`])
    expect((await post(shell, JSON.stringify({ session: 'A'.repeat(43) }))).status).toBe(401)
  })

  test('slows down after ten wrong tokens, and lets right ones and sessions in all the while', async () => {
    let time = 0
    const shell = await open({ now: () => time })
    const session = JSON.stringify({ session: await shell.session() })
    const right = JSON.stringify({ token: shell.token() })
    const wrong = JSON.stringify({ token: 'A'.repeat(43) })
    for (let attempt = 0; attempt < 10; attempt++) expect((await post(shell, wrong)).status).toBe(401)
    const answer = await post(shell, wrong)
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([429, '1'])
    for (const [body, status] of [
      [right, 200],
      [session, 200],
      [right, 429],
    ] as const) {
      expect((await post(shell, body)).status).toBe(status)
    }
    time += 1_000
    expect((await post(shell, wrong)).status).toBe(401)
  })

  test.each([
    ['4,096 bytes are read', 4_096, 400],
    ['4,097 bytes are not', 4_097, 413],
    ['a megabyte is not', 1_048_576, 413],
  ])('%s', async (_name, size, status) => {
    const shell = shared
    expect((await post(shell, 'x'.repeat(size))).status).toBe(status)
  })

  test('a chunked body has the same limit', async () => {
    const shell = shared
    const fields = shell
      .postFields('')
      .map((field): Fields[number] =>
        field[0] === 'Content-Length' ? ['Transfer-Encoding', 'chunked'] : field,
      )
    const chunk = (size: number): string => `${size.toString(16)}\r\n${'x'.repeat(size)}\r\n`
    const ask = (body: string): Promise<RawAnswer> =>
      exchange(shell.port, rawRequest('POST', '/session', fields, body))
    expect((await ask(`${chunk(2_000)}${chunk(2_096)}0\r\n\r\n`)).status).toBe(400)
    expect((await ask(`${chunk(2_000)}${chunk(2_097)}`)).status).toBe(413)
  })

  test.each([
    ['not JSON', '{'],
    ['not an object', '"x"'],
    ['another key', '{"token":"a","x":1}'],
    ['both', '{"token":"a","session":"b"}'],
    ['not a string', '{"token":{"length":43}}'],
    ['a prototype', '{"__proto__":{"token":"a"}}'],
  ])('%s is refused', async (_name, body) => {
    const shell = shared
    expect((await post(shell, body)).status).toBe(400)
  })

  test('bytes that are not UTF-8 are refused', async () => {
    const shell = shared
    const head = rawRequest('POST', '/session', shell.postFields('xx'))
    const answer = await exchange(shell.port, Buffer.concat([Buffer.from(head), Buffer.from([0xff, 0xfe])]))
    expect(answer.status).toBe(400)
    expect(answer.body).toContain('UTF-8')
  })
})

describe('sessions', () => {
  test('are bounded: the one unused for longest goes, one in use stays', async () => {
    const shell = await open({ limits: { ...shellLimits, sessions: 2 } })
    const used = await shell.session()
    const client = await openClient(shell.origin, used)
    const idle = await shell.session()
    const latest = await shell.session()
    await expect(openClient(shell.origin, idle)).rejects.toThrow('401')
    const [again, other] = [await openClient(shell.origin, used), await openClient(shell.origin, latest)]
    const refused = await post(shell, JSON.stringify({ token: shell.token() }))
    expect(refused.status).toBe(503)
    expect(client.end).toEqual({})
    other.socket.close()
    // The engine tells the shell of the closed connection, and then there is room.
    await waitFor('room', () => shell.session().catch(() => null))
    client.socket.close()
    again.socket.close()
  })

  test('WebSockets are bounded, and the page is told why', async () => {
    const shell = await open({ limits: { ...shellLimits, sockets: { ...shellLimits.sockets, open: 2 } } })
    const session = await shell.session()
    const clients = [await openClient(shell.origin, session), await openClient(shell.origin, session)]
    const third = await openClient(shell.origin, session)
    await waitFor('the reason', () => third.end.code)
    expect(third.end).toEqual({ code: 1013, reason: 'The console serves at most 2 connections at a time.' })
    for (const client of clients) client.socket.close()
    await waitFor('room', async () => {
      const client = await openClient(shell.origin, session)
      await sleep(50)
      client.socket.close()
      return client.end.code !== 1013
    })
  })
})

describe('the WebSocket handshake', () => {
  const good: Fields = [
    ['Connection', 'Upgrade'],
    ['Upgrade', 'websocket'],
    ['Sec-WebSocket-Version', '13'],
    ['Sec-WebSocket-Key', 'dGhlIHNhbXBsZSBub25jZQ=='],
  ]
  test.each<[string, (fields: Fields) => Fields, number]>([
    ['right', (fields) => fields, 101],
    ['version 8', (fields) => replace(fields, 'Sec-WebSocket-Version', '8'), 426],
    ['no version', (fields) => replace(fields, 'Sec-WebSocket-Version'), 426],
    ['short key', (fields) => replace(fields, 'Sec-WebSocket-Key', 'abc'), 400],
    ['no key', (fields) => replace(fields, 'Sec-WebSocket-Key'), 400],
    ['h2c', (fields) => replace(fields, 'Upgrade', 'h2c'), 426],
    ['two protocols to choose from', (fields) => replace(fields, 'Upgrade', 'websocket, h2c'), 426],
    ['no Connection: Upgrade', (fields) => replace(fields, 'Connection'), 426],
  ])('%s', async (_name, change, status) => {
    const shell = shared
    const fields: Fields = [
      ...hostOf(shell),
      ['Origin', shell.origin],
      ...change(good),
      ['Sec-WebSocket-Protocol', `xcp-diag.v1, session.${await shell.session()}`],
    ]
    const answer = await exchange(shell.port, rawRequest('GET', '/rpc', fields))
    expect(answer.status).toBe(status)
    // The accept value of RFC 6455's own example.
    if (status === 101)
      expect(answer.headers.get('sec-websocket-accept')).toBe('s3pPLMBiTxaQ9kYGzzhZRbK+xOo=')
  })
})

function replace(fields: Fields, name: string, value?: string): Fields {
  const others = fields.filter(([field]) => field !== name)
  return value === undefined ? others : [...others, [name, value]]
}
