import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { until } from '../../../../tests/support/poll'
import { freePort, makeKey, startSshd, type TestKey } from '../../../../tests/support/sshd'
import { connectSsh, type HostIdentity, type IdentityVerdict, type SshTransport } from './index'
import { connectTo, failureOf, keyMethod, optionsFor, stageLog, targetOf } from './testing/connecting'
import { startCountingServer, type CountingServer } from './testing/counting-server'

let folder: string
let hostKey: TestKey
let otherKey: TestKey
let server: CountingServer
let transport: SshTransport | undefined
const password = { kind: 'password', password: 'Hunter2-secret' } as const

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'xcp-identity-'))
  hostKey = makeKey(join(folder, 'host'))
  otherKey = makeKey(join(folder, 'other'))
})
afterAll(() => rmSync(folder, { recursive: true }))
afterEach(async () => {
  await transport?.close()
  transport = undefined
  await server.close()
})

describe('the verdict on the identity of a host', () => {
  it('comes before any attempt to sign in, however long it takes', async () => {
    server = await startCountingServer(hostKey.text)
    let decide: (verdict: IdentityVerdict) => void = () => undefined
    let seen: HostIdentity | undefined
    const { stages, onStage } = stageLog()
    const connecting = connectSsh(
      targetOf(server),
      optionsFor([password], {
        onStage,
        timeouts: { handshake: 400, authenticate: 400 },
        verifyIdentity: (identity) => {
          seen = identity
          return new Promise((resolve) => (decide = resolve))
        },
      }),
    )
    await until(() => seen !== undefined)
    // Longer than all deadlines of the handshake.
    await sleep(1_200)
    expect(server.attempts).toEqual([])
    expect(stages.at(-1)).toBe(`identity ${server.port}`)
    expect(seen).toMatchObject({
      keyType: 'ssh-ed25519',
      fingerprint: hostKey.fingerprint,
      hop: { host: '127.0.0.1', port: server.port },
    })
    expect(Buffer.from(seen!.keyBlob).toString('base64')).toBe(hostKey.publicKey.split(' ')[1])
    let proven = false
    decide({ accepted: true, proven: () => (proven = true) })
    transport = await connecting
    expect(proven).toBe(true)
    expect(server.attempts).toEqual(['none'])
  })

  it('lets nothing follow when it is a refusal', async () => {
    server = await startCountingServer(hostKey.text)
    const error = await failureOf(
      connectSsh(
        targetOf(server),
        optionsFor([password], {
          verifyIdentity: () =>
            Promise.resolve({ accepted: false, reason: 'The key has changed.', hint: 'Ask first.' }),
        }),
      ),
    )
    expect(error).toMatchObject({
      code: 'identity-refused',
      stage: 'identity',
      message: 'The key has changed.',
      hint: 'Ask first.',
    })
    await until(() => server.connections.length === 1)
    await sleep(300)
    expect(server.attempts).toEqual([])
  })

  it('is a refusal when the decision fails, and when the attempt is given up', async () => {
    server = await startCountingServer(hostKey.text)
    const broken = optionsFor([password], {
      verifyIdentity: () => Promise.reject(new Error('known_hosts cannot be read')),
    })
    expect((await failureOf(connectSsh(targetOf(server), broken))).message).toMatch(/known_hosts/)

    const controller = new AbortController()
    let told: AbortSignal | undefined
    const connecting = connectSsh(
      targetOf(server),
      optionsFor([password], {
        signal: controller.signal,
        verifyIdentity: (_identity, signal) => {
          told = signal
          return new Promise(() => undefined)
        },
      }),
    )
    void connecting.catch(() => undefined)
    await until(() => told !== undefined)
    controller.abort()
    expect(await failureOf(connecting)).toMatchObject({ code: 'cancelled' })
    expect(told!.aborted).toBe(true)
    expect(server.attempts).toEqual([])
  })

  it('tells the dialog when the server does not wait', async () => {
    server = await startCountingServer(hostKey.text)
    let told: AbortSignal | undefined
    const connecting = connectSsh(
      targetOf(server),
      optionsFor([password], {
        verifyIdentity: (_identity, signal) => {
          told = signal
          return new Promise(() => undefined)
        },
      }),
    )
    void connecting.catch(() => undefined)
    await until(() => told !== undefined)
    for (const connection of server.connections) connection.end()
    const error = await failureOf(connecting)
    expect(error).toMatchObject({ code: 'connection-lost', stage: 'identity' })
    expect(error.message).toMatch(/closed the connection while its identity was being decided/)
    expect(told!.aborted).toBe(true)
  })

  it('is not enough: the host must prove that it holds the key', async () => {
    server = await startCountingServer(hostKey.text, { presents: otherKey.publicKey })
    const seen: string[] = []
    let proven = false
    const error = await failureOf(
      connectSsh(
        targetOf(server),
        optionsFor([password], {
          verifyIdentity: ({ fingerprint }) => {
            seen.push(fingerprint)
            return Promise.resolve({ accepted: true, proven: () => (proven = true) })
          },
        }),
      ),
    )
    expect(seen).toEqual([otherKey.fingerprint])
    expect(error).toMatchObject({ code: 'identity-refused', stage: 'identity' })
    expect(error.message).toMatch(/could not prove/)
    expect(proven).toBe(false)
    expect(server.attempts).toEqual([])
  })

  it('holds for later key exchanges with the same key, without being asked again', async () => {
    server = await startCountingServer(hostKey.text)
    let asked = 0
    transport = await connectSsh(
      targetOf(server),
      optionsFor([password], {
        verifyIdentity: () => {
          asked += 1
          return Promise.resolve({ accepted: true })
        },
      }),
    )
    let ended = false
    void transport.ended.then(() => (ended = true))
    await server.rekey()
    await server.rekey()
    await sleep(100)
    expect(asked).toBe(1)
    expect(ended).toBe(false)
  })

  it('ends the connection when another key comes in the middle of it', async () => {
    server = await startCountingServer(hostKey.text)
    transport = await connectSsh(targetOf(server), optionsFor([password]))
    await server.rekey(otherKey.text)
    const ending = await transport.ended
    expect(ending).toMatchObject({ kind: 'lost', error: { code: 'identity-refused' } })
    await expect(transport.exec(['true'])).rejects.toMatchObject({ code: 'connection-lost' })
  })
})

describe('a real server that changes its session keys every megabyte', () => {
  it('goes on in the middle of everything, and asks nobody again', { timeout: 60_000 }, async () => {
    server = await startCountingServer(hostKey.text)
    const sshd = await startSshd({ config: { RekeyLimit: '1M', LogLevel: 'DEBUG1' } })
    let asked = 0
    transport = await connectTo(sshd, sshd.authorize('id'), {
      verifyIdentity: () => {
        asked += 1
        return Promise.resolve({ accepted: true })
      },
    })
    const stat = await transport.openFile('/proc/stat')
    const down = transport.exec(['head', '-c', '12000000', '/dev/zero'])
    const up = transport.exec(['wc', '-c'], { input: Buffer.alloc(300_000, 'x') })
    for (let round = 0; round < 40; round += 1) expect((await stat.read()).length).toBeGreaterThan(100)
    expect((await down).stdout.length).toBe(12_000_000)
    expect(
      Buffer.from((await up).stdout)
        .toString()
        .trim(),
    ).toBe('300000')
    expect(sshd.log.split('SSH2_MSG_NEWKEYS received').length).toBeGreaterThan(4)
    expect(asked).toBe(1)
    await transport.close()
    await sshd.close()
  })
})

describe('the handshake', () => {
  it('asks for the type of key that is known, where the server has it', async () => {
    server = await startCountingServer(hostKey.text)
    const sshd = await startSshd({ hostKeys: ['ed25519', 'rsa', 'ecdsa'] })
    const key = sshd.authorize('id')
    const seen: string[] = []
    for (const wanted of ['rsa-sha2-512', 'ecdsa-sha2-nistp256', 'ssh-rsa']) {
      transport = await connectTo(sshd, key, {
        hostKeyAlgorithms: (_hop, offered) => [wanted, ...offered.filter((name) => name !== wanted)],
        verifyIdentity: ({ keyType, fingerprint }) => {
          seen.push(`${keyType} ${fingerprint}`)
          return Promise.resolve({ accepted: true })
        },
      })
      await transport.close()
    }
    // SHA-1 signatures are never asked for, whoever wants them.
    expect(seen).toEqual([
      `ssh-rsa ${sshd.hostKeys.get('rsa')!.fingerprint}`,
      `ecdsa-sha2-nistp256 ${sshd.hostKeys.get('ecdsa')!.fingerprint}`,
      `ssh-ed25519 ${sshd.hostKeys.get('ed25519')!.fingerprint}`,
    ])
    await sshd.close()
  })

  it.each([
    ['ciphers', { Ciphers: 'aes128-cbc,3des-cbc' }],
    ['MACs', { Ciphers: 'aes128-ctr', MACs: 'hmac-sha1' }],
    ['key exchanges', { KexAlgorithms: 'diffie-hellman-group14-sha1' }],
    ['host key signatures', { HostKeyAlgorithms: 'ssh-rsa' }],
  ])('refuses outdated %s', async (_name, config) => {
    server = await startCountingServer(hostKey.text)
    const sshd = await startSshd({ config, hostKeys: ['rsa'] })
    const error = await failureOf(connectTo(sshd, sshd.authorize('id')))
    expect(error).toMatchObject({ code: 'not-supported', stage: 'connect' })
    expect(error.message).toMatch(/have no .+ in common/)
    await sshd.close()
  })

  it.each(['chacha20-poly1305@openssh.com', 'aes256-ctr'])('works with %s alone', async (cipher) => {
    server = await startCountingServer(hostKey.text)
    const sshd = await startSshd({ config: { Ciphers: cipher } })
    transport = await connectTo(sshd, sshd.authorize('id'))
    expect(transport.negotiated.cipher).toEqual([cipher, cipher])
    expect(transport.negotiated.mac[0]).toBe(cipher === 'aes256-ctr' ? 'hmac-sha2-256-etm@openssh.com' : null)
    expect((await transport.readFile('/proc/stat')).length).toBeGreaterThan(100)
    await transport.close()
    await sshd.close()
  })

  it('gives up on a port that is silent, or speaks something else', async () => {
    server = await startCountingServer(hostKey.text)
    const port = await freePort()
    let greeting = ''
    const other: Server = createServer((socket) => {
      socket.on('error', () => undefined).resume()
      if (greeting !== '') socket.end(greeting)
    }).listen(port, '127.0.0.1')
    const attempt = (): Promise<Error> =>
      failureOf(
        connectSsh(
          { user: 'root', host: '127.0.0.1', port },
          optionsFor([keyMethod(otherKey)], { timeouts: { handshake: 500 } }),
        ),
      )
    const silent = await attempt()
    expect(silent).toMatchObject({ code: 'timeout', stage: 'connect' })
    expect(silent.message).toMatch(/did not begin the SSH handshake within 0.5 s/)
    greeting = 'HTTP/1.1 400 Bad Request\r\n\r\n'.padEnd(9_000, 'x\r\n')
    const http = await attempt()
    expect(http).toMatchObject({ code: 'bad-data', stage: 'connect' })
    expect(http.message).toMatch(/does not speak SSH. It said: HTTP\/1.1 400 Bad Request/)
    await new Promise((resolve) => other.close(resolve))
  })

  it('shows the banner, and changes an expired password where the server asks for it', async () => {
    let old: string | undefined
    server = await startCountingServer(hostKey.text, {
      onAttempt: (context) => {
        if (context.method !== 'password') return context.reject(['password'])
        old = context.password
        context.requestChange('Your password has expired.', (password) => {
          if (password === 'Fresh-1') context.accept()
          else context.reject()
        })
      },
    })
    const asked: string[] = []
    transport = await connectSsh(
      targetOf(server),
      optionsFor([password], {
        ask: (question) => {
          asked.push(`${question.kind}: ${question.instructions}`)
          return Promise.resolve(asked.length === 1 ? ['Fresh-1', 'typo'] : ['Fresh-1', 'Fresh-1'])
        },
      }),
    )
    expect(old).toBe('Hunter2-secret')
    expect(asked).toEqual(Array(2).fill('new-password: Your password has expired.'))
  })
})
