import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { freePort, makeKey, startSshd, type TestSshd } from '../../../../tests/support/sshd'
import { connectSsh, type AuthenticationMethod, type SshTarget } from './index'
import { failureOf, keyMethod, optionsFor, targetOf, type Extra } from './testing/connecting'

/** Whatever somebody types or picks: each error says the stage, what happened, and what to do. */
describe('bad input', () => {
  let server: TestSshd
  beforeAll(async () => {
    server = await startSshd()
  })
  afterAll(() => server.close())

  const attempt = (
    target: SshTarget,
    methods: readonly AuthenticationMethod[],
    extra: Extra = {},
  ): Promise<Error> => failureOf(connectSsh(target, optionsFor(methods, extra)))
  const keyFile = (text: string, label = 'id_x'): AuthenticationMethod => ({ kind: 'key', label, text })

  it('a name that does not exist', async () => {
    const error = await attempt({ user: 'root', host: 'no-such-host.invalid', port: 22 }, [])
    expect(error).toMatchObject({
      code: 'unreachable',
      stage: 'resolve',
      where: 'root@no-such-host.invalid:22, resolve',
      hint: expect.stringMatching(/spelling|name servers/) as unknown,
    })
    expect(error.message).toMatch(/^"no-such-host.invalid" has no address: /)
  })

  it('a port where nothing listens', async () => {
    const port = await freePort()
    const error = await attempt({ user: 'root', host: 'localhost', port }, [])
    expect(error).toMatchObject({ code: 'unreachable', stage: 'connect' })
    expect(error.message).toBe(`localhost:${port} cannot be reached: nothing accepts connections there.`)
    expect(error).toMatchObject({ hint: expect.stringContaining('Check the port') as unknown })
  })

  it('an address that does not answer', async () => {
    // TEST-NET-1, RFC 5737: routed nowhere. Some networks refuse it instead.
    const error = await attempt({ user: 'root', host: '192.0.2.1', port: 22 }, [], {
      timeouts: { connect: 500 },
    })
    expect(error).toMatchObject({ stage: 'connect', hop: { host: '192.0.2.1' } })
    expect(error.message).toMatch(/does not answer within 0.5 s|cannot be reached/)
  })

  it('a name with several addresses, of which only one answers', async () => {
    // ::1 first on most machines, and sshd listens on 127.0.0.1 only.
    const key = server.authorize('several')
    const transport = await connectSsh(
      { user: 'root', host: 'localhost', port: server.port },
      optionsFor([keyMethod(key)]),
    )
    expect((await transport.exec(['true'])).exit.code).toBe(0)
    await transport.close()
  })

  it('an account that does not exist', async () => {
    const key = server.authorize('nobody')
    const error = await attempt(targetOf(server, 'no-such-user'), [keyMethod(key)])
    expect(error).toMatchObject({ code: 'authentication-failed', stage: 'authenticate' })
    expect(error.message).toMatch(
      /^no-such-user@127.0.0.1:\d+ did not let us in; tried: key id_test \(refused\)/,
    )
  })

  it('nothing to sign in with', async () => {
    const error = await attempt(targetOf(server), [])
    expect(error.message).toMatch(/nothing was tried; it accepts: publickey/)
    const { SSH_AUTH_SOCK } = process.env
    delete process.env['SSH_AUTH_SOCK']
    try {
      const without = await attempt(targetOf(server), [{ kind: 'agent' }])
      expect(without.message).toMatch(/agent \(none is running here: SSH_AUTH_SOCK is not set\)/)
    } finally {
      if (SSH_AUTH_SOCK !== undefined) process.env['SSH_AUTH_SOCK'] = SSH_AUTH_SOCK
    }
  })

  it('files that hold no usable key say what they are, and how to convert them', async () => {
    const path = (name: string): string => join(server.directory, name)
    const good = makeKey(path('good'))
    const pkcs8 = makeKey(path('pkcs8'), { type: 'rsa', format: 'PKCS8' })
    const sealed = makeKey(path('sealed8'), { type: 'rsa', format: 'PKCS8', passphrase: 'secret' })
    const chacha = makeKey(path('chacha'), {
      passphrase: 'secret',
      cipher: 'chacha20-poly1305@openssh.com',
      rounds: 1,
    })
    writeFileSync(path('ppk'), 'PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\n')
    const cases: [string, string, RegExp, RegExp][] = [
      ['pkcs8', pkcs8.text, /id_x is in the PKCS#8 format/, /ssh-keygen -p -f id_x/],
      ['sealed8', sealed.text, /id_x is in the PKCS#8 format/, /ssh-keygen -p -f id_x/],
      ['chacha', chacha.text, /encrypted with chacha20-poly1305/, /ssh-keygen -p -Z aes256-ctr -f id_x/],
      ['ppk', readFileSync(path('ppk'), 'utf8'), /format of PuTTY/, /puttygen id_x -O private-openssh/],
      ['public', readFileSync(`${good.path}.pub`, 'utf8'), /public half/, /without "\.pub"/],
      ['text', 'hello', /no private key/, /ssh-keygen made/],
      ['empty', '', /no private key/, /ssh-keygen made/],
      ['cut', `${good.text.slice(0, 200)}\n-----END OPENSSH PRIVATE KEY-----`, /damaged/, /ssh-keygen -y -f/],
      [
        'broken PEM',
        '-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----',
        /damaged/,
        /ssh-keygen -y/,
      ],
    ]
    for (const [name, text, message, hint] of cases) {
      const error = await attempt(targetOf(server), [keyFile(text)])
      expect(error, name).toMatchObject({ stage: 'authenticate' })
      expect(error.message, name).toMatch(message)
      expect(error, name).toMatchObject({ hint: expect.stringMatching(hint) as unknown })
      // Together with another method it is one of the things that were tried.
      const both = await attempt(targetOf(server), [keyFile(text), keyMethod(good)])
      expect(both.message, name).toMatch(message)
      expect(both.message, name).toMatch(/key id_test \(refused\)/)
    }
  })

  it('a key with Windows line ends and blanks around it is fine', async () => {
    const key = server.authorize('windows')
    const text = `\n  ${key.text.replaceAll('\n', '\r\n')}\r\n\r\n`
    const transport = await connectSsh(targetOf(server), optionsFor([keyFile(text)]))
    await transport.close()
  })
})
