import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { Agent, get } from 'node:http'
import { createServer as createHttpServer, type Server as HttpServer } from 'node:http'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Duplex } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { until } from '../../../../tests/support/poll'
import { freePort, startSshd, type TestKey, type TestSshd } from '../../../../tests/support/sshd'
import type { SshTransport } from './index'
import { connectTo, failureOf } from './testing/connecting'
import { addressOf, collected, listening } from './testing/streams'

const leaveSocket =
  'require("net").createServer().listen(process.argv[1], () => process.kill(process.pid, "SIGKILL"))'

describe('streams through the host', () => {
  let server: TestSshd
  let key: TestKey
  let transport: SshTransport
  let folder: string
  let echo: Server
  let unixEcho: Server
  let open = 0
  beforeAll(async () => {
    server = await startSshd()
    key = server.authorize('id')
    transport = await connectTo(server, key)
    folder = mkdtempSync(join(tmpdir(), 'xcp-forward-'))
    const start = (): Server =>
      createServer({ allowHalfOpen: true }, (socket) => {
        open += 1
        socket.on('error', () => undefined).on('close', () => (open -= 1))
        socket.write('hello\n')
        socket.pipe(socket)
      })
    echo = start()
    unixEcho = start()
    await listening(echo)
    await new Promise<void>((resolve) => unixEcho.listen(join(folder, 'socket'), resolve))
  })
  afterAll(async () => {
    await transport.close()
    await server.close()
    echo.close()
    unixEcho.close()
    rmSync(folder, { recursive: true })
  })
  const tcp = (): Promise<Duplex> => transport.openTcp(addressOf(echo))

  it('go both ways, half closed too, by TCP and to sockets', async () => {
    for (const stream of [await tcp(), await transport.openUnix(join(folder, 'socket'))]) {
      const big = 'x'.repeat(3_000_000)
      stream.end(big)
      expect((await collected(stream)).toString() === `hello\n${big}`).toBe(true)
    }
    await until(() => open === 0)
  })

  it('are closed on both sides by `destroy`, by their signal, and by the other side', async () => {
    const first = await tcp()
    first.destroy()
    const controller = new AbortController()
    const second = await transport.openTcp(addressOf(echo), { signal: controller.signal })
    const cancelled = new Promise<Error>((resolve) => second.once('error', resolve))
    controller.abort()
    expect(await cancelled).toMatchObject({ code: 'cancelled' })
    await until(() => open === 0)
    const once = await listening(createServer((socket) => socket.end('bye')))
    const third = await transport.openTcp(addressOf(once))
    expect((await collected(third)).toString()).toBe('bye')
    await until(() => third.destroyed)
    once.close()
  })

  it('make the other side wait for a slow reader', async () => {
    let sent = 0
    const flood = createServer((socket) => {
      const chunk = Buffer.alloc(65_536)
      const write = (): void => {
        while (sent < 40_000_000 && socket.write(chunk)) sent += chunk.length
      }
      socket.on('drain', write).on('error', () => undefined)
      write()
    })
    await listening(flood)
    const stream = await transport.openTcp(addressOf(flood))
    let before = -1
    while (sent !== before) {
      before = sent
      await sleep(300)
    }
    expect(sent).toBeLessThan(40_000_000)
    stream.destroy()
    flood.close()
    // Its place is free again: there are three for streams.
    for (const next of await Promise.all([tcp(), tcp(), tcp()])) next.destroy()
  })

  it('carry HTTP with connections that are kept', async () => {
    const connections = new Set<unknown>()
    const http: HttpServer = createHttpServer((request, response) => {
      connections.add(request.socket)
      response.end(`you asked for ${request.url ?? ''}`)
    })
    await listening(http)
    const target = addressOf(http)
    const stream = await transport.openTcp(target)
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    agent.createConnection = () => stream
    const ask = (path: string): Promise<string> =>
      new Promise((resolve, reject) => {
        get({ ...target, path, agent }, (response) => {
          let body = ''
          response.setEncoding('utf8').on('data', (text: string) => (body += text))
          response.on('end', () => resolve(body))
        }).on('error', reject)
      })
    expect(await ask('/one')).toBe('you asked for /one')
    expect(await ask('/two')).toBe('you asked for /two')
    expect(connections.size).toBe(1)
    agent.destroy()
    await until(() => stream.destroyed)
    http.close()
  })

  it('say what is not there', async () => {
    const port = await freePort()
    const refused = await failureOf(transport.openTcp({ host: '127.0.0.1', port }))
    expect(refused).toMatchObject({ code: 'unreachable' })
    expect(refused.message).toMatch(
      new RegExp(`Connecting to 127.0.0.1:${port} through 127.0.0.1 failed: Connection refused`),
    )
    await expect(transport.openUnix(join(folder, 'missing'))).rejects.toMatchObject({ code: 'not-found' })
    await expect(transport.openUnix('/etc/passwd')).rejects.toMatchObject({ code: 'not-supported' })
    // A socket that its service left behind.
    const dead = join(folder, 'dead')
    spawnSync(process.execPath, ['-e', leaveSocket, dead])
    await expect(transport.openUnix(dead)).rejects.toMatchObject({ code: 'unreachable' })
  })

  it('say what is not allowed', async () => {
    const strict = await startSshd({
      config: { AllowTcpForwarding: 'no', AllowStreamLocalForwarding: 'no' },
    })
    const other = await connectTo(strict, strict.authorize('id'))
    for (const opening of [
      other.openTcp({ host: '127.0.0.1', port: strict.port }),
      other.openUnix(join(folder, 'socket')),
    ]) {
      const error = await failureOf(opening)
      expect(error).toMatchObject({ code: 'not-supported' })
      expect(error).toMatchObject({ hint: expect.stringContaining('sshd_config') as unknown })
    }
    await other.close()
    const chosen = await startSshd({ config: { PermitOpen: '127.0.0.1:1' } })
    const limited = await connectTo(chosen, chosen.authorize('id'))
    expect(await failureOf(limited.openTcp({ host: '127.0.0.1', port: chosen.port }))).toMatchObject({
      code: 'not-supported',
    })
    await limited.close()
    await chosen.close()
    await strict.close()
  })
})
