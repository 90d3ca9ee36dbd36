import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { makeKey, startSshd, type TestKey, type TestSshd } from '../../../../tests/support/sshd'
import { createUser, type TestUser } from '../../../../tests/support/users'
import { connectSsh, type AuthenticationMethod, type Question, type SshTransport } from './index'
import { failureOf, keyMethod, optionsFor, stageLog, targetOf, text, type Extra } from './testing/connecting'

const passphrase = 'correct horse battery'

describe('signing in', () => {
  let server: TestSshd
  let user: TestUser
  let key: TestKey
  let transport: SshTransport | undefined
  beforeAll(async () => {
    server = await startSshd({
      config: { UsePAM: 'yes', PasswordAuthentication: 'yes', KbdInteractiveAuthentication: 'yes' },
    })
    user = createUser()
    key = server.authorize('id_ed25519')
  })
  afterAll(async () => {
    await server.close()
    user.remove()
  })
  afterEach(async () => {
    await transport?.close()
    transport = undefined
  })

  const signIn = async (
    methods: readonly AuthenticationMethod[],
    extra: Extra = {},
    name = user.name,
  ): Promise<string> => {
    transport = await connectSsh(targetOf(server, name), optionsFor(methods, extra))
    return text((await transport.exec(['id', '-un'])).stdout).trim()
  }
  const refusal = (
    methods: readonly AuthenticationMethod[],
    extra: Extra = {},
    name = user.name,
  ): Promise<Error> => failureOf(connectSsh(targetOf(server, name), optionsFor(methods, extra)))
  const answering = (...answers: (readonly string[] | null)[]): { asked: Question[]; extra: Extra } => {
    const asked: Question[] = []
    return {
      asked,
      extra: {
        ask: (question) => {
          asked.push(question)
          return Promise.resolve(answers[asked.length - 1] ?? null)
        },
      },
    }
  }

  it('takes a plain key, and reports the stages in order', async () => {
    const { stages, onStage } = stageLog()
    expect(await signIn([keyMethod(key)], { onStage })).toBe(user.name)
    expect(stages.map((stage) => stage.split(' ')[0])).toEqual([
      'resolve',
      'connect',
      'identity',
      'authenticate',
      'discover',
    ])
    expect(transport!.label).toBe(`ssh ${user.name}@127.0.0.1:${server.port}`)
    expect(transport!.negotiated).toMatchObject({
      keyExchange: 'curve25519-sha256',
      hostKey: 'ssh-ed25519',
      cipher: ['aes128-gcm@openssh.com', 'aes128-gcm@openssh.com'],
      mac: [null, null],
      crypto: 'native',
    })
    expect(transport!.negotiated.server).toMatch(/^OpenSSH_/)
    expect(transport!.facts).toMatchObject({ files: 'sftp', commandsReason: null })
  })

  it.each([
    ['RSA', { type: 'rsa' }],
    ['ECDSA', { type: 'ecdsa' }],
    ['RSA in PEM', { type: 'rsa', format: 'PEM' }],
  ] as const)('takes a key of another kind: %s', async (name, options) => {
    const other = server.authorize(`plain ${name}`.replaceAll(' ', '_'), options)
    expect(await signIn([keyMethod(other)])).toBe(user.name)
  })

  it.each([
    ['OpenSSH', {}],
    ['OpenSSH, AES-GCM', { cipher: 'aes256-gcm@openssh.com' }],
    ['OpenSSH, AES-CBC', { cipher: 'aes256-cbc' }],
    ['old PEM', { type: 'rsa', format: 'PEM' }],
  ] as const)('takes an encrypted key: %s', async (name, options) => {
    const file = `sealed ${name}`.replaceAll(/\W+/g, '_')
    const encrypted = server.authorize(file, { ...options, passphrase, rounds: 1 })
    const method = { kind: 'key', label: file, text: encrypted.text } as const
    expect(await signIn([{ ...method, passphrase }])).toBe(user.name)
    await transport!.close()

    // Asked for, wrong once.
    const { asked, extra } = answering(['wrong'], [passphrase])
    expect(await signIn([method], extra)).toBe(user.name)
    expect(asked).toMatchObject([
      { kind: 'passphrase', title: `Passphrase of ${file}`, again: false, prompts: [{ secret: true }] },
      { kind: 'passphrase', again: true },
    ])

    const wrong = await refusal([{ ...method, passphrase: 'Hunter2-secret' }])
    expect(wrong).toMatchObject({ code: 'authentication-failed', stage: 'authenticate' })
    expect(wrong.message).toBe('The passphrase is wrong.')
    const without = await refusal([method])
    expect(without.message).toMatch(/encrypted: it needs its passphrase/)
    expect(without).toMatchObject({ hint: expect.stringMatching(/passphrase|ssh-add/) as unknown })
  })

  it('lets the main loop run while it derives the key of a passphrase', async () => {
    const slow = server.authorize('slow', { passphrase, rounds: 24 })
    let longest = 0
    let last = performance.now()
    let ticks = 0
    const timer = setInterval(() => {
      longest = Math.max(longest, performance.now() - last)
      last = performance.now()
      ticks += 1
    }, 5)
    const { readPrivateKey } = await import('./authentication/private-key')
    const started = performance.now()
    await readPrivateKey('slow', slow.text, passphrase, new AbortController().signal)
    const whole = performance.now() - started
    clearInterval(timer)
    // Blocked, there would be one gap as long as the whole.
    expect(ticks).toBeGreaterThan(3)
    expect(longest).toBeLessThan(whole * 0.8)
  })

  it('takes a password, given or asked for', async () => {
    expect(await signIn([{ kind: 'password', password: user.password }])).toBe(user.name)
    await transport!.close()
    const { asked, extra } = answering(['nonsense'], [user.password])
    expect(await signIn([{ kind: 'password' }], extra)).toBe(user.name)
    expect(asked).toMatchObject([
      { kind: 'password', again: false, hop: { user: user.name } },
      { kind: 'password', again: true },
    ])
  })

  it('answers the prompts of PAM', async () => {
    const { asked, extra } = answering([user.password])
    expect(await signIn([{ kind: 'keyboard-interactive' }], extra)).toBe(user.name)
    expect(asked).toMatchObject([
      {
        kind: 'keyboard-interactive',
        prompts: [{ text: expect.stringMatching(/^Password/) as unknown, secret: true }],
      },
    ])
  })

  it('says what was tried and what is accepted when the password is wrong, but not the password', async () => {
    const error = await refusal([
      keyMethod(makeKey(join(server.directory, 'stranger'))),
      { kind: 'password', password: 'Hunter2-secret' },
    ])
    expect(error).toMatchObject({
      code: 'authentication-failed',
      stage: 'authenticate',
      where: `${user.name}@127.0.0.1:${server.port}, authenticate`,
    })
    expect(error.message).toBe(
      `${user.name}@127.0.0.1:${server.port} did not let us in; tried: key id_test (refused), password (refused); it accepts: publickey, password, keyboard-interactive.`,
    )
    expect(JSON.stringify(error) + String(error.stack)).not.toContain('Hunter2')
  })

  it('says what to do with a key that the server does not know', async () => {
    const stranger = makeKey(join(server.directory, 'unknown'))
    const error = await refusal([keyMethod(stranger)])
    expect(error.message).toMatch(/tried: key id_test \(refused\)/)
    expect(error).toMatchObject({ hint: expect.stringContaining('ssh-copy-id') as unknown })
  })

  it('stops when the person gives up', async () => {
    expect(await refusal([{ kind: 'password' }], answering(null).extra)).toMatchObject({ code: 'cancelled' })
    const { extra } = answering(null)
    expect(await refusal([{ kind: 'keyboard-interactive' }], extra)).toMatchObject({ code: 'cancelled' })
  })

  it('does not count the time of the person', async () => {
    const extra: Extra = {
      timeouts: { authenticate: 700 },
      ask: async () => {
        await new Promise((resolve) => setTimeout(resolve, 1_500))
        return [user.password]
      },
    }
    // PAM itself takes longer than the deadline only when a password is wrong.
    expect(await signIn([{ kind: 'password' }], extra)).toBe(user.name)
  })

  describe('with ssh-agent', () => {
    let agent: ChildProcess
    let socket: string
    beforeAll(async () => {
      socket = join(server.directory, 'agent.socket')
      agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: ['ignore', 'pipe', 'inherit'] })
      await once(agent.stdout!, 'data')
    })
    afterAll(() => agent.kill())
    const add = (path: string): unknown =>
      execFileSync('ssh-add', ['-q', path], { env: { ...process.env, SSH_AUTH_SOCK: socket } })

    it('says that it is empty, cannot be reached, or is not there', async () => {
      const empty = await refusal([{ kind: 'agent', socket }])
      expect(empty.message).toMatch(/tried: agent \(it holds no key for this\)/)
      expect(empty).toMatchObject({ hint: expect.stringMatching(/ssh-add|method/) as unknown })
      const gone = await refusal([{ kind: 'agent', socket: `${socket}.gone` }])
      expect(gone.message).toMatch(/cannot be reached/)
    })

    it('signs in with one of its keys, and can be held to the one that is meant', async () => {
      add(makeKey(join(server.directory, 'wrong_one')).path)
      add(key.path)
      expect(await signIn([{ kind: 'agent', socket }])).toBe(user.name)
      await transport!.close()
      expect(await signIn([{ kind: 'agent', socket, only: [key.fingerprint] }])).toBe(user.name)
      const error = await refusal([{ kind: 'agent', socket, only: ['SHA256:none'] }])
      expect(error.message).toMatch(/holds no key/)
    })

    it('signs with RSA keys too, by SHA-2', async () => {
      const rsa = server.authorize('agent_rsa', { type: 'rsa' })
      add(rsa.path)
      expect(await signIn([{ kind: 'agent', socket, only: [rsa.fingerprint] }])).toBe(user.name)
    })

    it('waits for its touch without a deadline of the server', async () => {
      add(key.path)
      const slow = `${socket}.slow`
      const signRequest = 13
      const touched = createServer((client) => {
        const behind = connect(socket)
        behind.pipe(client)
        client.on('data', (request) => {
          const wait = request[4] === signRequest ? 2_500 : 0
          setTimeout(() => behind.write(request), wait)
        })
        client.on('close', () => behind.destroy())
      })
      touched.listen(slow)
      await once(touched, 'listening')
      const extra = { timeouts: { authenticate: 1_000 } }
      const methods: AuthenticationMethod[] = [{ kind: 'agent', socket: slow, only: [key.fingerprint] }]
      expect(await signIn(methods, extra, 'root')).toBe('root')
      touched.close()
    })

    it('goes on with the password after its keys', async () => {
      const methods: AuthenticationMethod[] = [
        { kind: 'agent', socket, only: ['SHA256:none'] },
        { kind: 'password', password: user.password },
      ]
      expect(await signIn(methods)).toBe(user.name)
    })
  })
})

describe('passwords that have expired', () => {
  let server: TestSshd
  let user: TestUser
  beforeAll(async () => {
    server = await startSshd({
      config: { UsePAM: 'yes', PasswordAuthentication: 'yes', KbdInteractiveAuthentication: 'yes' },
    })
    user = createUser({ expired: true })
  })
  afterAll(async () => {
    await server.close()
    user.remove()
  })

  it('are refused with what to do, where they were sent as they are', async () => {
    const error = await failureOf(
      connectSsh(targetOf(server, user.name), optionsFor([{ kind: 'password', password: user.password }])),
    )
    expect(error).toMatchObject({ code: 'authentication-failed', stage: 'authenticate' })
    expect(error.message).toMatch(/has expired/)
    expect(error).toMatchObject({
      hint: `Sign in once in a terminal and change it: ssh ${user.name}@127.0.0.1`,
    })
  })

  it('are changed in the dialog of PAM', async () => {
    const changed = `${user.password}-new-9x`
    const asked: string[] = []
    const transport = await connectSsh(
      targetOf(server, user.name),
      optionsFor([{ kind: 'keyboard-interactive' }], {
        ask: ({ prompts }) => {
          asked.push(...prompts.map((prompt) => prompt.text))
          return Promise.resolve(
            prompts.map((prompt) => (/new/i.test(prompt.text) ? changed : user.password)),
          )
        },
      }),
    )
    expect(text((await transport.exec(['id', '-un'])).stdout).trim()).toBe(user.name)
    expect(asked.length).toBeGreaterThanOrEqual(3)
    await transport.close()
  })
})

describe('servers that take little', () => {
  it('says that keys are wanted where only a password was given', async () => {
    const server = await startSshd()
    const error = await failureOf(
      connectSsh(targetOf(server), optionsFor([{ kind: 'password', password: 'Hunter2-secret' }])),
    )
    expect(error.message).toMatch(
      /tried: password \(the server does not accept this method\); it accepts: publickey\.$/,
    )
    expect(error).toMatchObject({ hint: expect.stringContaining('keys only') as unknown })
    expect(server.log).not.toContain('Failed password')
    await server.close()
  })

  it('asks for both, where both are demanded', async () => {
    const server = await startSshd({
      config: {
        UsePAM: 'yes',
        KbdInteractiveAuthentication: 'yes',
        AuthenticationMethods: 'publickey,keyboard-interactive',
      },
    })
    const user = createUser()
    const key = server.authorize('first')
    const methods: AuthenticationMethod[] = [keyMethod(key), { kind: 'password', password: user.password }]
    const transport = await connectSsh(targetOf(server, user.name), optionsFor(methods))
    expect((await transport.exec(['true'])).exit).toEqual({ code: 0, signal: null })
    await transport.close()
    const error = await failureOf(connectSsh(targetOf(server, user.name), optionsFor([keyMethod(key)])))
    expect(error.message).toMatch(
      /asks for a further proof; tried: key id_test \(accepted\); it accepts: keyboard-interactive/,
    )
    await server.close()
    user.remove()
  })

  it('explains that too many keys were offered', async () => {
    const server = await startSshd({ config: { MaxAuthTries: '2' } })
    const methods = ['a', 'b', 'c', 'd'].map((name) => keyMethod(makeKey(join(server.directory, name))))
    const error = await failureOf(connectSsh(targetOf(server), optionsFor(methods)))
    expect(error).toMatchObject({ code: 'authentication-failed' })
    expect(error).toMatchObject({ hint: expect.stringContaining('MaxAuthTries') as unknown })
    await server.close()
  })
})
