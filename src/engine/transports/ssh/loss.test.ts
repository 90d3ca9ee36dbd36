import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { until } from '../../../../tests/support/poll'
import { startSshd, type TestKey, type TestSshd } from '../../../../tests/support/sshd'
import { startTcpProxy, type TcpProxy } from '../../../../tests/support/tcp-proxy'
import { connectSsh, type SshTransport } from './index'
import { connectTo, failureOf, keyMethod, optionsFor, text } from './testing/connecting'

const keepalive = { interval: 300, count: 3 }
/** What reliability asks for: interval x (count + 1), and half a second. */
const budget = keepalive.interval * (keepalive.count + 1)

let server: TestSshd
let key: TestKey
let proxy: TcpProxy
let transport: SshTransport
beforeAll(async () => {
  server = await startSshd()
  key = server.authorize('id')
})
afterAll(() => server.close())

const connectThroughProxy = async (): Promise<SshTransport> => {
  proxy = await startTcpProxy(server)
  return connectSsh(
    { user: 'root', host: '127.0.0.1', port: proxy.port },
    optionsFor([keyMethod(key)], { keepalive }),
  )
}

/** Something of every kind that waits for the host, and must not wait for ever. */
async function everythingPending(): Promise<Promise<Error>[]> {
  const file = await transport.openFile('/proc/stat')
  const command = await transport.spawn(['sleep', '1000'], { stdin: false })
  const stream = await transport.openTcp({ host: '127.0.0.1', port: server.port })
  await new Promise((resolve) => stream.once('data', resolve))
  return [
    failureOf(command.done),
    new Promise<Error>((resolve) => stream.once('error', resolve)),
    failureOf(transport.exec(['sleep', '1000'])),
    failureOf(
      (async () => {
        for (;;) {
          await file.read()
          await sleep(20)
        }
      })(),
    ),
  ]
}

describe('a peer that dies', () => {
  beforeAll(async () => {
    transport = await connectThroughProxy()
  })
  afterEach(async () => {
    await transport.close()
    await proxy.close()
    server.resume()
    transport = await connectThroughProxy()
  })
  afterAll(async () => {
    await transport.close()
    await proxy.close()
  })

  it.each([
    ['when nothing gets through any more', () => proxy.blackhole()],
    ['when nothing comes back', () => void (proxy.swallowDown = true)],
    ['when nothing arrives there', () => void (proxy.swallowUp = true)],
    ['when its processes are stopped', () => server.suspend()],
  ])('is seen in time %s, and everything settles', { timeout: 60_000 }, async (_name, die) => {
    const pending = await everythingPending()
    await sleep(100)
    const died = performance.now()
    die()
    const ending = await transport.ended
    const seen = performance.now() - died
    expect(ending).toMatchObject({ kind: 'lost', error: { code: 'connection-lost' } })
    expect(ending.kind === 'lost' && ending.error.message).toMatch(/has not answered for 1.2 s/)
    // Never before the budget is used up, but for what was last heard a moment earlier.
    expect(seen).toBeGreaterThan(budget - keepalive.interval - 100)
    // The exact limit is in the test of PeerWatch; here the machine may be slow.
    expect(seen).toBeLessThan(budget + 10_000)
    for (const error of await Promise.all(pending)) expect(error).toMatchObject({ code: 'connection-lost' })
    expect(await failureOf(transport.exec(['true']))).toMatchObject({ code: 'connection-lost' })
    expect(await failureOf(transport.readFile('/proc/stat'))).toMatchObject({ code: 'connection-lost' })
    // Our end is closed, and not only given up.
    await until(() => proxy.open === 0)
  })

  it.each([
    ['is cut', () => proxy.cut()],
    ['ends because the server is killed', () => void server.kill()],
  ])('is seen at once when the connection %s', { timeout: 60_000 }, async (_name, die) => {
    const pending = await everythingPending()
    die()
    expect(await transport.ended).toMatchObject({ kind: 'lost', error: { code: 'connection-lost' } })
    for (const error of await Promise.all(pending)) expect(error).toMatchObject({ code: 'connection-lost' })
    await server.restart()
  })

  it('is no peer that is slow, or silent for a moment', { timeout: 60_000 }, async () => {
    proxy.delay = 150
    const command = await transport.spawn(['sh', '-c', 'echo a; sleep 3; echo b'], { stdin: false })
    const chunks: string[] = []
    for await (const chunk of command.stdout) chunks.push(String(chunk))
    expect(chunks.join('')).toBe('a\nb\n')
    proxy.blackhole()
    await sleep(budget / 2)
    proxy.blackhole(false)
    await expect(command.done).resolves.toEqual({ code: 0, signal: null })
  })

  it('is no peer whose answers wait behind a download', { timeout: 60_000 }, async () => {
    const { stdout } = await transport.exec(['head', '-c', '30000000', '/dev/zero'], { maxBytes: 1 })
    expect(stdout.length).toBe(1)
    let ended = false
    void transport.ended.then(() => (ended = true))
    // This process is busy for longer than the budget: that is not the peer's fault.
    const until = performance.now() + budget * 2
    while (performance.now() < until);
    await sleep(100)
    expect(ended).toBe(false)
    expect(text((await transport.exec(['echo', 'alive'])).stdout)).toBe('alive\n')
  })
})

describe('closing', () => {
  it('settles everything, twice without harm, also while the host hangs', { timeout: 60_000 }, async () => {
    transport = await connectTo(server, key)
    const pending = await everythingPending()
    server.suspend()
    const began = performance.now()
    await Promise.all([transport.close(), transport.close()])
    await transport.close()
    expect(performance.now() - began).toBeLessThan(10_000)
    expect(await transport.ended).toEqual({ kind: 'closed' })
    for (const error of await Promise.all(pending)) expect(error).toMatchObject({ code: 'connection-lost' })
    server.resume()
    await expect(transport.readFile('/proc/stat')).rejects.toMatchObject({ code: 'connection-lost' })
  })

  it('is the end of an attempt as well', async () => {
    const controller = new AbortController()
    server.suspend()
    const attempt = failureOf(connectTo(server, key, { signal: controller.signal }))
    await sleep(300)
    controller.abort()
    expect(await attempt).toMatchObject({ code: 'cancelled' })
    server.resume()
  })
})
