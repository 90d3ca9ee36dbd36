import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { shellLimits, type ShellLimits } from './limits'
import { buildForTest, type TestBuild } from './testing/build'
import { openShell, type TestShell } from './testing/open-shell'
import { exchange, rawRequest, type Fields, type RawAnswer } from './testing/raw-http'

/**
 * Every combination of what a request can say, over raw TCP. `entry` below is written from the requirements,
 * not from the code: exactly the combinations that it names get in, and each of them has to.
 */

let build: TestBuild
let shell: TestShell
let session: string

const unlimited: ShellLimits = {
  ...shellLimits,
  attempts: { burst: 1_000_000, refill: 1_000 },
  sockets: { ...shellLimits.sockets, open: 10_000, held: 10_000 },
}

beforeAll(async () => {
  build = await buildForTest()
  shell = await openShell(build, { limits: unlimited })
  session = await shell.session()
})
afterAll(async () => {
  await shell.close()
  await build.remove()
})

type Values = readonly string[]
const self = (): string => `127.0.0.1:${shell.port}`

const hosts: Readonly<Record<string, () => Values>> = {
  bound: () => [self()],
  missing: () => [],
  twice: () => [self(), self()],
  'with another': () => [self(), 'evil.example'],
  localhost: () => [`localhost:${shell.port}`],
  'another port': () => ['127.0.0.1:1'],
  'no port': () => ['127.0.0.1'],
  rebound: () => [`evil.example:${shell.port}`],
}
const origins: Readonly<Record<string, () => Values>> = {
  missing: () => [],
  own: () => [`http://${self()}`],
  https: () => [`https://${self()}`],
  localhost: () => [`http://localhost:${shell.port}`],
  null: () => ['null'],
  evil: () => ['http://evil.example'],
  prefix: () => [`http://${self()}.evil.example`],
  twice: () => [`http://${self()}`, `http://${self()}`],
}
const sites: Readonly<Record<string, Fields>> = {
  missing: [],
  'same-origin': [['Sec-Fetch-Site', 'same-origin']],
  navigation: [
    ['Sec-Fetch-Site', 'none'],
    ['Sec-Fetch-Mode', 'navigate'],
    ['Sec-Fetch-Dest', 'document'],
  ],
  'none in a frame': [
    ['Sec-Fetch-Site', 'none'],
    ['Sec-Fetch-Mode', 'navigate'],
    ['Sec-Fetch-Dest', 'iframe'],
  ],
  'same-site': [['Sec-Fetch-Site', 'same-site']],
  'cross-site': [['Sec-Fetch-Site', 'cross-site']],
  'followed link': [
    ['Sec-Fetch-Site', 'cross-site'],
    ['Sec-Fetch-Mode', 'navigate'],
    ['Sec-Fetch-Dest', 'document'],
  ],
  'link in a frame': [
    ['Sec-Fetch-Site', 'cross-site'],
    ['Sec-Fetch-Mode', 'navigate'],
    ['Sec-Fetch-Dest', 'iframe'],
  ],
  'cross-site fetch': [
    ['Sec-Fetch-Site', 'cross-site'],
    ['Sec-Fetch-Mode', 'no-cors'],
    ['Sec-Fetch-Dest', 'document'],
  ],
  twice: [
    ['Sec-Fetch-Site', 'same-origin'],
    ['Sec-Fetch-Site', 'cross-site'],
  ],
}
const methods = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE']
const types: Readonly<Record<string, Values>> = {
  json: ['application/json'],
  missing: [],
  charset: ['application/json; charset=utf-8'],
  text: ['text/plain'],
  form: ['application/x-www-form-urlencoded'],
  twice: ['application/json', 'application/json'],
}
const credentials: Readonly<Record<string, () => string>> = {
  token: () => JSON.stringify({ token: shell.token() }),
  session: () => JSON.stringify({ session }),
  'wrong token': () => JSON.stringify({ token: 'A'.repeat(43) }),
  'a session as token': () => JSON.stringify({ token: session }),
  'empty object': () => '{}',
  'no json': () => 'token=x',
  nothing: () => '',
}
const protocols: Readonly<Record<string, () => Values>> = {
  right: () => [`xcp-diag.v1, session.${session}`],
  'other order': () => [`session.${session}, xcp-diag.v1`],
  'two fields': () => ['xcp-diag.v1', `session.${session}`],
  missing: () => [],
  'no session': () => ['xcp-diag.v1'],
  'session only': () => [`session.${session}`],
  'wrong session': () => [`xcp-diag.v1, session.${'A'.repeat(43)}`],
  'a token': () => [`xcp-diag.v1, session.${shell.token()}`],
  'one more': () => [`xcp-diag.v1, session.${session}, other`],
  'two sessions': () => [`xcp-diag.v1, session.${session}, session.${session}`],
  'other version': () => [`xcp-diag.v2, session.${session}`],
}

const each = (name: string, values: Values): Fields => values.map((value) => [name, value])
const keys = (record: Readonly<Record<string, unknown>>): string[] => Object.keys(record)

function product(...axes: readonly (readonly string[])[]): string[][] {
  return axes.reduce<string[][]>(
    (rows, axis) => rows.flatMap((row) => axis.map((value) => [...row, value])),
    [[]],
  )
}

/** Asks for every combination, some at a time; returns those that did not go as expected. */
async function surprises(
  combinations: readonly string[][],
  ask: (combination: string[]) => Promise<RawAnswer>,
  expected: (combination: string[], answer: RawAnswer) => boolean,
): Promise<string[]> {
  const wrong: string[] = []
  const queue = [...combinations]
  const worker = async (): Promise<void> => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      const answer = await ask(next)
      if (!expected(next, answer)) wrong.push(`${next.join(' | ')} -> ${answer.status} ${answer.body}`)
    }
  }
  await Promise.all(Array.from({ length: 16 }, worker))
  return wrong
}

const refusedAs = (answer: RawAnswer, ...statuses: number[]): boolean =>
  statuses.includes(answer.status) && !answer.headers.has('access-control-allow-origin')

describe('nothing but the listed combinations gets in', () => {
  test('pages: method x Host x Origin x Sec-Fetch-Site', async () => {
    const combinations = product(['/', '/icon.svg'], methods, keys(hosts), keys(origins), keys(sites))
    const wrong = await surprises(
      combinations,
      ([target = '', method = '', host = '', origin = '', site = '']) =>
        exchange(
          shell.port,
          rawRequest(method, target, [
            ...each('Host', hosts[host]!()),
            ...each('Origin', origins[origin]!()),
            ...sites[site]!,
          ]),
        ),
      ([target, method = '', host, origin = '', site = ''], answer) => {
        const entry =
          ['GET', 'HEAD'].includes(method) &&
          host === 'bound' &&
          ['missing', 'own'].includes(origin) &&
          (['missing', 'same-origin', 'navigation'].includes(site) ||
            (site === 'followed link' && target === '/' && method === 'GET'))
        return entry ? answer.status === 200 : refusedAs(answer, 400, 403, 405, 421)
      },
    )
    expect(wrong).toEqual([])
    expect(combinations).toHaveLength(2 * 8 * 8 * 8 * 10)
  }, 300_000)

  test('POST /session: Host x Origin x Sec-Fetch-Site x Content-Type x token', async () => {
    const combinations = product(
      ['bound', 'missing', 'twice', 'localhost', 'rebound'],
      keys(origins),
      ['missing', 'same-origin', 'navigation', 'cross-site', 'followed link'],
      keys(types),
      keys(credentials),
    )
    const wrong = await surprises(
      combinations,
      ([host = '', origin = '', site = '', type = '', credential = '']) => {
        const body = credentials[credential]!()
        return exchange(
          shell.port,
          rawRequest(
            'POST',
            '/session',
            [
              ...each('Host', hosts[host]!()),
              ...each('Origin', origins[origin]!()),
              ...sites[site]!,
              ...each('Content-Type', types[type]!),
              ['Content-Length', Buffer.byteLength(body).toString()],
            ],
            body,
          ),
        )
      },
      ([host, origin, site = '', type, credential = ''], answer) => {
        const entry =
          host === 'bound' &&
          origin === 'own' &&
          ['missing', 'same-origin'].includes(site) &&
          type === 'json' &&
          ['token', 'session'].includes(credential)
        return entry
          ? answer.status === 200 && /^\{"session":"[\w-]{43}"\}\n$/.test(answer.body)
          : refusedAs(answer, 400, 401, 403, 415, 421) && !answer.body.includes('session":')
      },
    )
    expect(wrong).toEqual([])
    expect(combinations).toHaveLength(5 * 8 * 5 * 6 * 7)
  }, 300_000)

  test('other methods on /session and /rpc', async () => {
    const combinations = product(['/session', '/rpc'], methods, keys(origins))
    const wrong = await surprises(
      combinations,
      ([target = '', method = '', origin = '']) =>
        exchange(
          shell.port,
          rawRequest(method, target, [...each('Host', [self()]), ...each('Origin', origins[origin]!())]),
        ),
      ([target, method, origin], answer) => {
        const allowed = target === '/session' ? 'POST' : 'GET'
        if (method !== allowed) return answer.status === 405 && answer.headers.get('allow') === allowed
        return answer.status === (origin !== 'own' ? 403 : target === '/session' ? 415 : 426)
      },
    )
    expect(wrong).toEqual([])
  }, 120_000)

  test('WebSocket: path x method x Host x Origin x Sec-Fetch-Site x subprotocols', async () => {
    const combinations = product(
      ['/rpc', '/', '/session'],
      ['GET', 'POST'],
      ['bound', 'missing', 'twice', 'localhost', 'rebound'],
      keys(origins),
      ['missing', 'same-origin', 'cross-site', 'followed link'],
      keys(protocols),
    )
    const wrong = await surprises(
      combinations,
      ([target = '', method = '', host = '', origin = '', site = '', protocol = '']) =>
        exchange(
          shell.port,
          rawRequest(method, target, [
            ...each('Host', hosts[host]!()),
            ...each('Origin', origins[origin]!()),
            ...sites[site]!,
            ['Connection', 'Upgrade'],
            ['Upgrade', 'websocket'],
            ['Sec-WebSocket-Version', '13'],
            ['Sec-WebSocket-Key', 'dGhlIHNhbXBsZSBub25jZQ=='],
            ...each('Sec-WebSocket-Protocol', protocols[protocol]!()),
          ]),
        ),
      ([target, method, host, origin, site = '', protocol = ''], answer) => {
        const entry =
          target === '/rpc' &&
          method === 'GET' &&
          host === 'bound' &&
          origin === 'own' &&
          ['missing', 'same-origin'].includes(site) &&
          ['right', 'other order', 'two fields'].includes(protocol)
        return entry
          ? answer.status === 101 && answer.headers.get('sec-websocket-protocol') === 'xcp-diag.v1'
          : refusedAs(answer, 400, 401, 403, 405, 421)
      },
    )
    expect(wrong).toEqual([])
    expect(combinations).toHaveLength(3 * 2 * 5 * 8 * 4 * 11)
  }, 300_000)

  test('no refusal shows a secret on the terminal', () => {
    expect(shell.lines.length).toBeGreaterThan(0)
    expect(shell.lines.join('\n')).not.toContain(session)
  })
})
