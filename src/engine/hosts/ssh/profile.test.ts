import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Prompt, PromptAnswer } from '@shared/model/prompt'
import type { SavedHost } from '@shared/model/saved-host'
import { startSshd, type TestKey, type TestSshd } from '../../../../tests/support/sshd'
import { startTcpProxy } from '../../../../tests/support/tcp-proxy'
import { systemClock } from '../../clock'
import { SeriesBudget } from '../../series/column'
import { RowFeed } from '../../row-feed'
import { RowStore } from '../../streams/row-store'
import { linuxSource } from '../../sources/linux'
import { SessionVault } from '../../vault'
import { PromptBoard } from '../prompt-board'
import { HostSession } from '../session'
import { tryHost } from '../trial'
import { sshProfile, type SshServices } from './profile'

/** A saved host from its settings to its session, over a real server, with a home directory of the test's own. */
describe('a host reached by SSH', () => {
  let server: TestSshd
  let key: TestKey
  let home: string
  let prompts: PromptBoard
  let asked: Prompt[]
  let answerWith: (prompt: Prompt) => PromptAnswer
  const watching: AbortController[] = []
  const sessions: HostSession[] = []
  beforeAll(async () => {
    server = await startSshd()
    key = server.authorize('id_test')
  })
  afterAll(() => server.close())
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'xcp-home-'))
    mkdirSync(join(home, '.ssh'), { mode: 0o700 })
    vi.stubEnv('HOME', home)
    vi.stubEnv('SSH_AUTH_SOCK', '')
    asked = []
    answerWith = () => ({ kind: 'trust', remember: true })
    prompts = new PromptBoard()
    void answerPrompts(prompts)
  })
  afterEach(async () => {
    await Promise.all(sessions.splice(0).map((session) => session.disconnect()))
    for (const controller of watching.splice(0)) controller.abort()
    vi.unstubAllEnvs()
    rmSync(home, { recursive: true, force: true })
  })

  async function answerPrompts(board: PromptBoard): Promise<void> {
    const controller = new AbortController()
    watching.push(controller)
    for (
      let seen = -1;
      !controller.signal.aborted;
      seen = await board.changes.changed(seen, controller.signal)
    ) {
      for (const prompt of board.list()) {
        asked.push(prompt)
        board.answer(prompt.id, answerWith(prompt))
      }
    }
  }

  const savedHost = (name = '127.0.0.1', port: number | null = server.port): SavedHost => ({
    id: 'b3b1b8a4-5a7c-4b5e-9d0f-0a1b2c3d4e5f',
    name: 'the host',
    group: null,
    address: { transport: 'ssh', host: name, port, user: 'root' },
    via: [],
    authentication: { agent: false, keyFiles: [key.path], password: 'never' },
    lastUsed: null,
    connectOnStart: false,
  })
  const services = (): SshServices => ({ sources: [linuxSource], prompts, vault: new SessionVault() })

  function connect(host = savedHost(), more: Partial<SshServices> = {}): HostSession {
    const session = new HostSession(sshProfile(host, { ...services(), ...more }), {
      clock: systemClock,
      random: () => 0,
      budget: new SeriesBudget(2 ** 27),
      rows: new RowFeed(new RowStore(2 ** 27), systemClock),
      changed: () => undefined,
    })
    sessions.push(session)
    session.connect()
    return session
  }
  const isLive = (session: HostSession): Promise<void> =>
    vi.waitFor(() => expect(session.summary()).toMatchObject({ state: 'live' }), { timeout: 20_000 })
  const sshFindings = (session: HostSession): unknown[] =>
    session.details().findings.filter(({ source }) => source === 'ssh')
  const writeConfig = (...lines: string[]): void =>
    writeFileSync(join(home, '.ssh/config'), `${lines.join('\n')}\n`, { mode: 0o600 })
  const hostKey = (): string => server.hostKeys.get('ed25519')?.publicKey ?? ''

  it('writes the key that a person accepted, once it was proven, and asks no more', async () => {
    const session = connect()
    await isLive(session)
    const list = join(home, '.ssh/known_hosts')
    // The system's own configuration may want the names hashed.
    await vi.waitFor(() => expect(readFileSync(list, 'utf8')).toMatch(/^\S+ ssh-ed25519 \S+\n$/))
    expect(readFileSync(list, 'utf8')).toContain(` ${hostKey()}\n`)
    expect(sshFindings(session)).toEqual([])
    await session.disconnect()
    session.connect()
    await isLive(session)
    expect(asked).toMatchObject([
      { kind: 'identity-unknown', fingerprint: server.hostKeys.get('ed25519')?.fingerprint },
    ])
  })

  it('says that the key could not be saved, stays connected, and saves it with the next connection', async () => {
    writeConfig('UserKnownHostsFile /sys/known_hosts')
    const session = connect()
    let told = session.discovery.version
    await isLive(session)
    await vi.waitFor(() =>
      expect(sshFindings(session)).toMatchObject([
        {
          subject: `known hosts: [127.0.0.1]:${server.port}`,
          available: false,
          detail: expect.stringMatching(
            /^The key of .* could not be saved.*\/sys\/known_hosts: Writing the file failed: permission denied\./,
          ) as unknown,
        },
      ]),
    )
    expect(session.discovery.version).toBeGreaterThan(told)
    expect(session.summary().state).toBe('live')

    await session.disconnect()
    writeConfig(`UserKnownHostsFile ${join(home, 'list')}`)
    session.connect()
    await isLive(session)
    told = session.discovery.version
    await vi.waitFor(() => expect(readFileSync(join(home, 'list'), 'utf8')).toContain(hostKey()))
    await vi.waitFor(() => expect(sshFindings(session)).toEqual([]))
    expect(asked).toHaveLength(1)
  })

  it('says so in a trial, too, and that a list could not be read', async () => {
    mkdirSync(join(home, 'folder'))
    writeConfig(`UserKnownHostsFile ${join(home, 'folder')}`)
    const steps = []
    for await (const step of tryHost(sshProfile(savedHost(), services()), new AbortController().signal))
      steps.push(step)
    const outcome = steps.at(-1)?.outcome
    expect(outcome).toMatchObject({ kind: 'connected' })
    expect(
      outcome?.kind === 'connected' && outcome.findings.filter(({ source }) => source === 'ssh'),
    ).toEqual([
      {
        source: 'ssh',
        subject: `known hosts: ${join(home, 'folder')}`,
        available: false,
        detail: expect.stringContaining('is passed over') as unknown,
      },
      {
        source: 'ssh',
        subject: `known hosts: [127.0.0.1]:${server.port}`,
        available: false,
        detail: expect.stringContaining('could not be saved') as unknown,
      },
    ])
  })

  it('tells the lines of the ssh configuration that are passed over, each once, and connects', async () => {
    writeConfig(
      'Host *',
      '  Port many',
      '  UserKnownHostFile ~/typo',
      '  ForwardAgent yes',
      'Match exec "true"',
    )
    const session = connect()
    await isLive(session)
    const file = join(home, '.ssh/config')
    expect(sshFindings(session)).toMatchObject([
      { subject: `${file}:2`, available: false, detail: expect.stringContaining('many') as unknown },
      {
        subject: `${file}:3`,
        available: false,
        detail: expect.stringMatching(/userknownhostfile/i) as unknown,
      },
      { subject: `${file}:5`, available: false, detail: expect.stringMatching(/exec/i) as unknown },
    ])
  })

  it('waits as long as ConnectTimeout says', async () => {
    const proxy = await startTcpProxy(server)
    proxy.hang = true
    writeConfig('ConnectTimeout 1')
    const session = connect(savedHost('127.0.0.1', proxy.port))
    await vi.waitFor(
      () => expect(session.summary()).toMatchObject({ error: { code: 'timeout' }, stage: 'connect' }),
      { timeout: 10_000 },
    )
    expect(session.summary().error?.message).toContain('within 1 s')
    await session.disconnect()
    await proxy.close()
  })

  it('looks after the host as often as ServerAliveInterval and ServerAliveCountMax say', async () => {
    const proxy = await startTcpProxy(server)
    writeConfig('ServerAliveInterval 1', 'ServerAliveCountMax 2')
    const session = connect(savedHost('127.0.0.1', proxy.port))
    await isLive(session)
    proxy.blackhole()
    await vi.waitFor(
      () =>
        expect(session.summary()).toMatchObject({
          state: 'reconnecting',
          error: { code: 'connection-lost' },
        }),
      { timeout: 15_000 },
    )
    expect(session.summary().error?.message).toContain('has not answered for 3 s')
    await session.disconnect()
    await proxy.close()
  })
})
