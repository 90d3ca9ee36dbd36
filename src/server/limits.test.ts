import { connect } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { headerValues } from './headers'
import { createLimitedServer, type ServerLimits } from './limits'
import type { Problem } from './problem'

const limits: ServerLimits = {
  headBytes: 64 * 1024,
  headTime: 5_000,
  requestTime: 5_000,
  keepAlive: 5_000,
  connections: 8,
}

const ends: (() => void)[] = []
afterEach(() => {
  for (const end of ends.splice(0)) end()
})

/** What the server saw of a request: its Host fields, or the refusal. */
async function send(request: string): Promise<{ hosts: string[] } | { refusal: Problem }> {
  return new Promise((resolve) => {
    const server = createLimitedServer(limits, (refusal) => resolve({ refusal }))
    server.on('request', ({ rawHeaders }, response) => {
      response.end()
      resolve({ hosts: headerValues(rawHeaders, 'host') })
    })
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      const socket = connect({
        host: '127.0.0.1',
        port: typeof address === 'object' && address ? address.port : 0,
      })
      socket.on('error', () => undefined)
      socket.write(request)
      ends.push(() => {
        socket.destroy()
        server.close()
      })
    })
  })
}

test('no field is dropped unseen, however many there are', async () => {
  const request = `GET / HTTP/1.1\r\nHost: a\r\n${'x:\r\n'.repeat(2_500)}Host: b\r\n\r\n`
  expect(await send(request)).toEqual({ hosts: ['a', 'b'] })
})

test('a request without Host reaches the checks, which say what is wrong', async () => {
  expect(await send('GET / HTTP/1.1\r\n\r\n')).toEqual({ hosts: [] })
})

test('a head beyond the limit does not', async () => {
  const outcome = await send(`GET / HTTP/1.1\r\nHost: a\r\nX: ${'a'.repeat(64 * 1024)}\r\n\r\n`)
  expect(outcome).toMatchObject({ refusal: { status: 431 } })
})
