import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { freePort, startSshd, type TestKey, type TestSshd } from '../../../../tests/support/sshd'
import { connectSsh, type SshTarget, type SshTransport } from './index'
import { failureOf, keyMethod, optionsFor, stageLog, text, type Extra } from './testing/connecting'

/** Three servers, each with its own key: first and second are the jump hosts. */
describe('jump hosts', () => {
  let servers: [TestSshd, TestSshd, TestSshd]
  let keys: TestKey[]
  let transport: SshTransport | undefined
  beforeAll(async () => {
    servers = [await startSshd(), await startSshd(), await startSshd()]
    keys = servers.map((server) => server.authorize('id'))
  })
  afterAll(async () => {
    for (const server of servers) await server.close()
  })
  afterEach(async () => {
    await transport?.close()
    transport = undefined
  })

  const hop = (index: number, via?: SshTarget): SshTarget => ({
    user: 'root',
    host: '127.0.0.1',
    port: servers[index]!.port,
    via,
  })
  const connect = async (target: SshTarget, extra: Extra = {}): Promise<SshTransport> => {
    transport = await connectSsh(target, {
      ...optionsFor([], extra),
      authentication: ({ port }) =>
        Promise.resolve({
          methods: keys.filter((_, index) => servers[index]!.port === port).map(keyMethod),
        }),
    })
    return transport
  }
  /** The port of the server that a command runs under. */
  const serverPort = async (connection: SshTransport): Promise<string> =>
    text((await connection.exec(['sh', '-c', 'echo "$SSH_CONNECTION"'])).stdout)
      .trim()
      .split(' ')[3]!

  it.each([
    ['one', 1],
    ['two', 2],
  ])('reach a host through %s, each verified and signed in to', async (_name, jumps) => {
    const chain = Array.from({ length: jumps }, (_, index) => index).reduce<SshTarget | undefined>(
      (via, index) => hop(index, via),
      undefined,
    )
    const target = hop(jumps, chain)
    const { stages, onStage } = stageLog()
    const seen: string[] = []
    const connection = await connect(target, {
      onStage,
      verifyIdentity: ({ fingerprint }) => {
        seen.push(fingerprint)
        return Promise.resolve({ accepted: true })
      },
    })
    const ports = servers.slice(0, jumps + 1).map(({ port }) => port)
    expect(seen).toEqual(
      servers.slice(0, jumps + 1).map(({ hostKeys }) => hostKeys.get('ed25519')!.fingerprint),
    )
    expect(stages).toEqual([
      `resolve ${ports[0]!}`,
      ...ports.flatMap((port) => [`connect ${port}`, `identity ${port}`, `authenticate ${port}`]),
      `discover ${ports.at(-1)!}`,
    ])
    expect(await serverPort(connection)).toBe(String(target.port))
    expect((await connection.readFile('/proc/stat')).length).toBeGreaterThan(100)
    expect(connection.cost().bytesRead).toBeGreaterThan(3_000)
    await connection.close()
    expect(await connection.ended).toEqual({ kind: 'closed' })
  })

  it('name themselves when their own identity is refused', async () => {
    const jump = hop(0)
    const error = await failureOf(
      connect(hop(1, jump), {
        verifyIdentity: ({ hop: { port } }) =>
          Promise.resolve(
            port === jump.port ? { accepted: false, reason: 'Another key.' } : { accepted: true },
          ),
      }),
    )
    expect(error).toMatchObject({ code: 'identity-refused', stage: 'identity', hop: { port: jump.port } })
  })

  it('say which of them cannot be reached, and which cannot reach', async () => {
    const closed = await freePort()
    const away = { user: 'root', host: '127.0.0.1', port: closed }
    const jumpAway = await failureOf(connect(hop(1, away)))
    expect(jumpAway).toMatchObject({ code: 'unreachable', stage: 'connect', hop: { port: closed } })
    expect(jumpAway.message).toBe(`127.0.0.1:${closed} cannot be reached: nothing accepts connections there.`)
    const targetAway = await failureOf(connect({ ...away, via: hop(0) }))
    expect(targetAway).toMatchObject({ code: 'unreachable', stage: 'connect', hop: { port: closed } })
    expect(targetAway.message).toMatch(
      new RegExp(`^The jump host 127.0.0.1 cannot reach 127.0.0.1:${closed}: .*refused`, 'i'),
    )
    const unknown = await failureOf(
      connect({ user: 'root', host: 'no-such-host.invalid', port: 22, via: hop(0) }),
    )
    expect(unknown).toMatchObject({ code: 'unreachable', stage: 'connect' })
    expect(unknown.message).toMatch(/cannot reach no-such-host.invalid:22/)
  })

  it('say that they do not forward', async () => {
    const strict = await startSshd({ config: { AllowTcpForwarding: 'no' } })
    const key = strict.authorize('id')
    const error = await failureOf(
      connectSsh(
        hop(1, { user: 'root', host: '127.0.0.1', port: strict.port }),
        optionsFor([keyMethod(key), keyMethod(keys[1]!)]),
      ),
    )
    expect(error).toMatchObject({ code: 'not-supported', stage: 'connect' })
    expect(error).toMatchObject({ hint: expect.stringContaining('AllowTcpForwarding') as unknown })
    await strict.close()
  })

  it('are at most two', async () => {
    const error = await failureOf(connect(hop(0, hop(1, hop(2, hop(0))))))
    expect(error).toMatchObject({ code: 'bad-request' })
  })

  it('take the connection along when they die', async () => {
    const connection = await connect(hop(2, hop(0)))
    const waiting = failureOf(connection.exec(['sleep', '1000']))
    const victim = servers[0]
    await victim.kill()
    expect(await connection.ended).toMatchObject({ kind: 'lost', error: { code: 'connection-lost' } })
    expect(await waiting).toMatchObject({ code: 'connection-lost' })
    await victim.start()
  })
})
