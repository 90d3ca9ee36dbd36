import Module from 'node:module'
import { afterAll, expect, it } from 'vitest'
import { startSshd, type TestSshd } from '../../../../tests/support/sshd'

/** As on a machine without a compiler: the library's addon cannot be loaded. Before anything imports it. */
const extensions: unknown = Reflect.get(Module, '_extensions')
Reflect.set(Object(extensions), '.node', () => {
  throw new Error('No addon here.')
})

let server: TestSshd | undefined
afterAll(() => server?.close())

it.each(['aes128-gcm@openssh.com', 'chacha20-poly1305@openssh.com', 'aes256-ctr'])(
  'works without the compiled addon, and says so: %s',
  async (cipher) => {
    const { connectTo, text } = await import('./testing/connecting')
    server = await startSshd({ config: { Ciphers: cipher } })
    const transport = await connectTo(server, server.authorize('id'))
    expect(transport.negotiated).toMatchObject({ crypto: 'fallback', cipher: [cipher, cipher] })
    const { stdout } = await transport.exec(['head', '-c', '1000000', '/dev/zero'])
    expect(stdout.length).toBe(1_000_000)
    expect(text(await transport.readFile('/proc/version'))).toMatch(/^Linux/)
    await transport.close()
    await server.close()
    server = undefined
  },
)
