import { readdir, readFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import * as v from 'valibot'
import { buildForTest, type TestBuild } from './testing/build'
import { openClient, type TestClient } from './testing/client'
import { openShell, type TestShell } from './testing/open-shell'
import { rawRequest } from './testing/raw-http'
import { isAlive, waitFor } from './testing/wait'
import { restartPolicy } from '@shared/engine-keeper'
import { shellLimits } from './limits'

let build: TestBuild
const shells: TestShell[] = []

beforeAll(async () => {
  build = await buildForTest()
})
afterAll(() => build.remove())
afterEach(async () => {
  await Promise.all(shells.splice(0).map((shell) => shell.close()))
  delete process.env['TEST_ENGINE_FAILS']
  delete process.env['TEST_ENGINE_START_DELAY']
})

async function open(...options: Parameters<typeof openShell> extends [unknown, ...infer R] ? R : never) {
  const shell = await openShell(build, ...options)
  shells.push(shell)
  return shell
}

const echoed = v.object({ echo: v.unknown(), pid: v.number() })

async function echo(client: TestClient, message: unknown): Promise<v.InferOutput<typeof echoed>> {
  const before = client.messages.length
  client.send(message)
  return v.parse(echoed, await waitFor('the echo', () => client.messages[before]))
}

const ready = (shell: TestShell) => waitFor('the engine', () => shell.engine.state === 'ready')

describe('the engine in a process of its own', () => {
  test('serves a socket that the shell handed over, text and binary', async () => {
    const shell = await open()
    const client = await openClient(shell.origin, await shell.session())
    expect(client.socket.protocol).toBe('xcp-diag.v1')
    const text = await echo(client, { a: 1 })
    expect(text.echo).toEqual({ a: 1 })
    expect(text.pid).not.toBe(process.pid)
    expect(text.pid).toBe(shell.engine.pid)
    const binary = await echo(client, { values: new Float64Array([1, Number.NaN, 3]) })
    expect(binary.echo).toEqual({ values: new Float64Array([1, Number.NaN, 3]) })
    client.socket.close()
  })

  test('that is blocked does not keep the shell from answering', async () => {
    const shell = await open()
    const client = await openClient(shell.origin, await shell.session())
    const pid = shell.engine.pid
    client.send('block')
    const asked = echo(client, 'after')
    // A whole exchange with the shell, while the engine cannot have answered.
    await shell.session()
    expect(client.messages).toEqual([])
    expect((await asked).pid).toBe(pid)
    client.socket.close()
  })

  test('that was killed is started again, and the session still works', async () => {
    const shell = await open()
    const session = await shell.session()
    const first = await openClient(shell.origin, session)
    const { pid } = await echo(first, 'before')
    process.kill(pid, 'SIGKILL')
    await waitFor('the end of the connection', () => first.end.code)
    // At once: the shell holds the socket until the new engine is there.
    const second = await openClient(shell.origin, session)
    const after = await echo(second, 'after')
    expect(after.pid).not.toBe(pid)
    expect(isAlive(pid)).toBe(false)
    expect(shell.lines.join('\n')).toContain('The engine was ended by SIGKILL; it is started again.')
    second.socket.close()
  })

  test('that ends by itself is started again', async () => {
    const shell = await open()
    const session = await shell.session()
    const client = await openClient(shell.origin, session)
    client.send('die')
    await waitFor('the end of the connection', () => client.end.code)
    const again = await openClient(shell.origin, session)
    expect((await echo(again, 1)).echo).toBe(1)
    expect(shell.lines.join('\n')).toContain('ended with exit code 3')
    again.socket.close()
  })

  test('that is being started has its sockets held, and all of them served', async () => {
    process.env['TEST_ENGINE_START_DELAY'] = '300'
    const shell = await open()
    const session = await shell.session()
    expect(shell.engine.state).toBe('starting')
    const clients = await Promise.all(Array.from({ length: 8 }, () => openClient(shell.origin, session)))
    const echoes = await Promise.all(clients.map((client, index) => echo(client, index)))
    expect(echoes.map((answer) => answer.echo)).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
    for (const client of clients) client.socket.close()
  })

  test('that does not come has its sockets turned away with the reason', async () => {
    process.env['TEST_ENGINE_START_DELAY'] = '60000'
    const limits = { ...shellLimits, sockets: { ...shellLimits.sockets, held: 2, holdTime: 300 } }
    const shell = await open({ limits })
    const session = await shell.session()
    const results = await Promise.allSettled(
      Array.from({ length: 3 }, () => openClient(shell.origin, session)),
    )
    const opened = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
    const refused = results.flatMap((result) => (result.status === 'rejected' ? [String(result.reason)] : []))
    expect(opened).toHaveLength(2)
    expect(refused).toEqual([expect.stringContaining('503')])
    for (const client of opened) {
      await waitFor('the reason', () => client.end.code)
      expect(client.end).toEqual({ code: 1013, reason: 'The engine did not answer in time; trying again.' })
    }
  })

  test('that keeps dying is given up, said on the terminal and to the page, and tried again on request', async () => {
    process.env['TEST_ENGINE_FAILS'] = '1'
    const shell = await open({ restart: { ...restartPolicy, first: 1, deaths: 3 } })
    await waitFor('the end of the attempts', () => shell.engine.state === 'failed')
    expect(shell.lines.filter((line) => line.startsWith('The engine'))).toHaveLength(3)
    expect(shell.lines.at(-1)).toContain('press Enter to try again')

    const session = await shell.session()
    const client = await openClient(shell.origin, session)
    await waitFor('the reason', () => client.end.code)
    expect(client.end.code).toBe(1013)
    expect(client.end.reason).toContain('The engine keeps ending')

    delete process.env['TEST_ENGINE_FAILS']
    shell.engine.start()
    const again = await openClient(shell.origin, session)
    expect((await echo(again, 'well')).echo).toBe('well')
    again.socket.close()
  })

  test('that never gets ready is ended and started again', async () => {
    process.env['TEST_ENGINE_START_DELAY'] = '60000'
    const shell = await open({ restart: { ...restartPolicy, startTime: 200, first: 1, deaths: 2 } })
    await waitFor('the end of the attempts', () => shell.engine.state === 'failed')
    expect(shell.lines).toContain('The engine was not ready within 0.2 s.')
  })

  test('that dies while a socket is on its way to it loses none', async () => {
    const shell = await open()
    const session = await shell.session()
    const client = await openClient(shell.origin, session)
    const { pid } = await echo(client, 1)
    const descriptors = (await readdir('/proc/self/fd')).length
    process.kill(pid, 'SIGSTOP')
    // The first is sent to the engine and cannot be adopted; the second waits for it.
    const opening = [openClient(shell.origin, session), openClient(shell.origin, session)]
    await waitFor('both to arrive', async () => (await readdir('/proc/self/fd')).length >= descriptors + 4)
    process.kill(pid, 'SIGKILL')
    for (const survivor of await Promise.all(opening)) {
      expect((await echo(survivor, 2)).echo).toBe(2)
      survivor.socket.terminate()
    }
    client.socket.terminate()
    await waitFor('descriptors to close', async () => (await readdir('/proc/self/fd')).length < descriptors)
  })

  test('that hangs is replaced', async () => {
    const shell = await open({ restart: { ...restartPolicy, heartbeat: { interval: 200, missed: 5 } } })
    const session = await shell.session()
    const client = await openClient(shell.origin, session)
    const { pid } = await echo(client, 1)
    process.kill(pid, 'SIGSTOP')
    await waitFor('the end of the connection', () => client.end.code)
    const again = await openClient(shell.origin, session)
    expect((await echo(again, 2)).pid).not.toBe(pid)
    expect(shell.lines).toContain('The engine does not answer.')
    again.socket.close()
  })

  test('that answers is left alone, however short the patience', async () => {
    const shell = await open({ restart: { ...restartPolicy, heartbeat: { interval: 500, missed: 4 } } })
    const client = await openClient(shell.origin, await shell.session())
    const { pid } = await echo(client, 1)
    await sleep(3_500)
    expect((await echo(client, 2)).pid).toBe(pid)
    client.socket.close()
  })

  test('that takes no connection is replaced, and the next one gets it', async () => {
    const adoption = { interval: 100, missed: 5 }
    const shell = await open({ limits: { ...shellLimits, sockets: { ...shellLimits.sockets, adoption } } })
    const session = await shell.session()
    const client = await openClient(shell.origin, session)
    const { pid } = await echo(client, 1)
    process.kill(pid, 'SIGSTOP')
    const again = await openClient(shell.origin, session)
    expect((await echo(again, 2)).pid).not.toBe(pid)
    expect(shell.lines).toContain('The engine does not take connections.')
    again.socket.close()
  })

  test('that says what nobody understands is replaced, with one line', async () => {
    const shell = await open()
    const session = await shell.session()
    const client = await openClient(shell.origin, session)
    client.send('babble')
    await waitFor('the end of the connection', () => client.end.code)
    const again = await openClient(shell.origin, session)
    expect((await echo(again, 1)).echo).toBe(1)
    expect(shell.lines.filter((line) => line.startsWith('The engine'))).toEqual([
      'The engine said something that the shell does not understand.',
      'The engine was ended by SIGKILL; it is started again.',
    ])
    again.socket.close()
  })

  test('that hangs when it is to be replaced is replaced all the same', async () => {
    const shell = await open({ restart: { ...restartPolicy, stopTime: 300 } })
    const session = await shell.session()
    const client = await openClient(shell.origin, session)
    const { pid } = await echo(client, 1)
    process.kill(pid, 'SIGSTOP')
    shell.engine.restart()
    const again = await openClient(shell.origin, session)
    expect((await echo(again, 2)).pid).not.toBe(pid)
    again.socket.close()
    client.socket.terminate()
  })

  test('a client that goes away while it is held leaves nothing behind', async () => {
    process.env['TEST_ENGINE_START_DELAY'] = '500'
    const shell = await open({ limits: { ...shellLimits, sessions: 1 } })
    const session = await shell.session()
    const socket = connect({ host: '127.0.0.1', port: shell.port })
    const fields = [
      ['Host', `127.0.0.1:${shell.port}`],
      ['Origin', shell.origin],
      ['Connection', 'Upgrade'],
      ['Upgrade', 'websocket'],
      ['Sec-WebSocket-Version', '13'],
      ['Sec-WebSocket-Key', 'dGhlIHNhbXBsZSBub25jZQ=='],
      ['Sec-WebSocket-Protocol', `xcp-diag.v1, session.${session}`],
    ] as const
    socket.write(rawRequest('GET', '/rpc', fields))
    // The only session is in use while the socket is held, and free for a new tab when it has gone.
    await waitFor('the socket to be held', () =>
      shell.session().then(
        () => false,
        () => true,
      ),
    )
    socket.destroy()
    await waitFor('room', () => shell.session().catch(() => null))
  })

  test('takes no message beyond its limit', async () => {
    const shell = await open()
    const client = await openClient(shell.origin, await shell.session())
    client.send('x'.repeat(1024 * 1024))
    await waitFor('the end of the connection', () => client.end.code)
    expect(client.end.code).toBe(1009)
  })

  test('is replaced on request without losing the session', async () => {
    const shell = await open()
    const session = await shell.session()
    const client = await openClient(shell.origin, session)
    const { pid } = await echo(client, 1)
    shell.engine.restart()
    await waitFor('the end of the connection', () => client.end.code)
    expect(client.end).toEqual({ code: 1001, reason: 'the engine is being stopped' })
    const again = await openClient(shell.origin, session)
    expect((await echo(again, 2)).pid).not.toBe(pid)
    again.socket.close()
  })
})

describe('closing the shell', () => {
  test('ends the engine, the connections and the port', async () => {
    const shell = await openShell(build)
    await ready(shell)
    const client = await openClient(shell.origin, await shell.session())
    const pid = shell.engine.pid!
    await shell.close()
    await waitFor('the end of the connection', () => client.end.code)
    expect(isAlive(pid)).toBe(false)
    await expect(openClient(shell.origin, 'x')).rejects.toThrow('ECONNREFUSED')
  })

  test('twenty-four times leaves no descriptor, timer or child', async () => {
    const cycle = async (): Promise<void> => {
      const shell = await openShell(build)
      const client = await openClient(shell.origin, await shell.session())
      await echo(client, 1)
      client.socket.terminate()
      await shell.close()
    }
    await cycle()
    const descriptors = (await readdir('/proc/self/fd')).length
    const resources = process.getActiveResourcesInfo().length
    for (let round = 0; round < 24; round++) await cycle()
    await waitFor('descriptors to close', async () => (await readdir('/proc/self/fd')).length <= descriptors)
    await waitFor('resources to go', () => process.getActiveResourcesInfo().length <= resources)
    const children = await readFile(`/proc/self/task/${process.pid}/children`, 'utf8')
    expect(children.trim()).toBe('')
  }, 120_000)
})
