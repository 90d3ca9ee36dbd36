import { chmodSync, copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { makeKey, startSshd, type TestKey, type TestSshd } from '../../../../tests/support/sshd'
import { startTcpProxy } from '../../../../tests/support/tcp-proxy'
import type { HostSession } from '../session'
import { tryHost } from '../trial'
import { sshProfile } from './profile'
import { hasFailed, isLive, savedHost, sshFindings, usePerson } from './testing/person'

/** A saved host from its settings to its session, over a real server, with a home directory of the test's own. */
describe('a host reached by SSH', () => {
  const person = usePerson()
  let server: TestSshd
  let key: TestKey
  beforeAll(async () => {
    server = await startSshd()
    key = server.authorize('id_test')
  })
  afterAll(() => server.close())

  const hostKey = (): string => server.hostKeys.get('ed25519')?.publicKey ?? ''
  const name = (): string => `[127.0.0.1]:${server.port}`
  const connect = (keyFiles = [key.path]): HostSession => person.connect(savedHost(server, keyFiles))

  it('writes the key that a person accepted, once it was proven, and asks no more', async () => {
    const session = connect()
    await isLive(session)
    const list = join(person.home, '.ssh/known_hosts')
    // The system's own configuration may want the names hashed.
    await vi.waitFor(() => expect(readFileSync(list, 'utf8')).toMatch(/^\S+ ssh-ed25519 \S+\n$/))
    expect(readFileSync(list, 'utf8')).toContain(` ${hostKey()}\n`)
    expect(sshFindings(session)).toEqual([])
    expect(person.asked[0]).not.toHaveProperty('problem')
    await session.disconnect()
    session.connect()
    await isLive(session)
    expect(person.asked).toMatchObject([
      { kind: 'identity-unknown', fingerprint: server.hostKeys.get('ed25519')?.fingerprint },
    ])
  })

  it('writes the plain name where HashKnownHosts is no, also among hashed ones', async () => {
    person.writeConfig('HashKnownHosts no')
    person.writeKnownHosts(`|1|${'A'.repeat(27)}=|${'A'.repeat(27)}= ${hostKey()}`)
    await isLive(connect())
    const list = join(person.home, '.ssh/known_hosts')
    await vi.waitFor(() => expect(readFileSync(list, 'utf8')).toContain(`\n${name()} ${hostKey()}\n`))
  })

  it('says that the key could not be saved, stays connected, and saves it with the next connection', async () => {
    person.writeConfig('UserKnownHostsFile /sys/known_hosts')
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
    person.writeConfig(`UserKnownHostsFile ${join(person.home, 'list')}`)
    session.connect()
    await isLive(session)
    told = session.discovery.version
    await vi.waitFor(() => expect(readFileSync(join(person.home, 'list'), 'utf8')).toContain(hostKey()))
    await vi.waitFor(() => expect(sshFindings(session)).toEqual([]))
    expect(person.asked).toHaveLength(1)
  })

  it('says so in a trial, too, and that a list could not be read', async () => {
    mkdirSync(join(person.home, 'folder'))
    person.writeConfig(`UserKnownHostsFile ${join(person.home, 'folder')}`)
    const steps = []
    for await (const step of tryHost(
      sshProfile(savedHost(server, [key.path]), person.services),
      new AbortController().signal,
    ))
      steps.push(step)
    expect(person.asked).toMatchObject([
      {
        kind: 'identity-unknown',
        problem: expect.stringMatching(/folder is passed over: .*not a regular file/) as unknown,
      },
    ])
    const outcome = steps.at(-1)?.outcome
    expect(outcome).toMatchObject({ kind: 'connected' })
    expect(
      outcome?.kind === 'connected' && outcome.findings.filter(({ source }) => source === 'ssh'),
    ).toEqual([
      {
        source: 'ssh',
        subject: `known hosts: ${join(person.home, 'folder')}`,
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
    person.writeConfig(
      'Host *',
      '  Port many',
      '  UserKnownHostFile ~/typo',
      '  ForwardAgent yes',
      'Match exec "true"',
    )
    const session = connect()
    await isLive(session)
    const file = join(person.home, '.ssh/config')
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
    person.writeConfig('ConnectTimeout 1')
    const session = person.connect(savedHost({ host: '127.0.0.1', port: proxy.port }, [key.path]))
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
    person.writeConfig('ServerAliveInterval 1', 'ServerAliveCountMax 2')
    const session = person.connect(savedHost({ host: '127.0.0.1', port: proxy.port }, [key.path]))
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

  it.each([
    ['a key that was revoked', (): string => `@revoked ${name()} ${hostKey()}`, 'is marked as revoked', 0],
    ['another key', (): string => `${name()} ${key.publicKey}`, 'has changed', 1],
    [
      'a key of another type',
      (): string => `${name()} ${makeKey(join(person.home, 'ecdsa'), { type: 'ecdsa' }).publicKey}`,
      'has changed',
      1,
    ],
  ])('is refused before anything is tried to sign in where it has %s', async (_, line, message, prompts) => {
    person.answer = () => ({ kind: 'cancel' })
    person.writeKnownHosts(line())
    const before = server.log.length
    const session = connect()
    await hasFailed(session)
    expect(session.summary()).toMatchObject({ stage: 'identity', error: { code: 'identity-refused' } })
    expect(session.summary().error?.message).toContain(message)
    expect(session.summary().error?.message).toContain('.ssh/known_hosts:1')
    expect(session.summary().error?.hint).toMatch(/ask whoever runs the host|remove the old key/)
    expect(person.asked.map(({ kind }) => kind)).toEqual(Array(prompts).fill('identity-changed'))
    await vi.waitFor(() => expect(server.log.slice(before)).toContain('[preauth]'))
    expect(server.log.slice(before)).not.toMatch(/publickey|authenticating|Failed|Accepted/)
  })

  it('is not signed in to when nobody accepts its key, and asks again the next time', async () => {
    person.answer = () => ({ kind: 'cancel' })
    const before = server.log.length
    const session = connect()
    await hasFailed(session)
    expect(session.summary()).toMatchObject({ stage: 'identity', error: { code: 'identity-refused' } })
    await vi.waitFor(() => expect(server.log.slice(before)).toContain('[preauth]'))
    expect(server.log.slice(before)).not.toMatch(/publickey|authenticating|Failed|Accepted/)
    person.answer = () => ({ kind: 'trust', remember: false })
    session.connect()
    await isLive(session)
    expect(person.asked).toHaveLength(2)
  })

  it('does not use a key file that others may read, and says so', async () => {
    person.writeKnownHosts(`${name()} ${hostKey()}`)
    const loose = makeKey(join(person.home, 'loose')).path
    chmodSync(loose, 0o644)
    const session = connect([loose])
    await hasFailed(session)
    const { error } = session.summary()
    expect(error?.message).toContain('(0644) let others read it')
    expect(`${error?.message} ${error?.hint}`).toContain('chmod 600')
  })

  it('says which key file cannot be read, and why', async () => {
    person.writeKnownHosts(`${name()} ${hostKey()}`)
    const locked = makeKey(join(person.home, 'locked')).path
    const missing = join(person.home, 'missing')
    // As an account that may not read it; root may read everything.
    chmodSync(person.home, 0o755)
    chmodSync(join(person.home, '.ssh'), 0o755)
    process.seteuid?.(65_534)
    try {
      const alone = connect([locked])
      await hasFailed(alone)
      expect(alone.summary()).toMatchObject({
        stage: 'authenticate',
        error: { code: 'authentication-failed', hint: expect.stringMatching(/owns the file/) as unknown },
      })
      expect(alone.summary().error?.message).toContain(
        `${locked}: Reading the file failed: permission denied.`,
      )
      const several = connect([locked, missing, person.home])
      await hasFailed(several)
      const { message } = several.summary().error ?? { message: '' }
      expect(message).toContain(`key ${locked} (Reading the file failed: permission denied.`)
      expect(message).toContain(`key ${missing} (There is no such file.)`)
      expect(message).toContain(`key ${person.home} (This is not a regular file.)`)
    } finally {
      process.seteuid?.(0)
    }
  })

  it('fails for good where its only key is damaged, and says so', async () => {
    person.writeKnownHosts(`${name()} ${hostKey()}`)
    const damaged = join(person.home, 'damaged')
    writeFileSync(damaged, key.text.slice(0, 120), { mode: 0o600 })
    const session = connect([damaged])
    await hasFailed(session)
    expect(session.summary()).toMatchObject({ stage: 'authenticate', error: { code: 'bad-data' } })
  })

  it('stays away when the person cancels the sign-in', async () => {
    person.writeKnownHosts(`${name()} ${hostKey()}`)
    const sealed = server.authorize('sealed', { passphrase: 'correct horse', rounds: 1 })
    person.answer = () => ({ kind: 'cancel' })
    const session = connect([sealed.path])
    await hasFailed(session)
    expect(session.summary()).toMatchObject({ stage: 'authenticate', error: { code: 'cancelled' } })
    expect(person.asked).toHaveLength(1)
  })

  it('is held to a fingerprint, the jump host before it is not', async () => {
    person.writeConfig(`IdentityFile ${key.path}`, 'UserKnownHostsFile ~/.ssh/known_hosts')
    const jump = await startSshd()
    writeFileSync(join(jump.directory, 'authorized_keys'), `${key.publicKey}\n`)
    const jumpKey = jump.hostKeys.get('ed25519')
    person.writeKnownHosts(`${name()} ${hostKey()}`, `[127.0.0.1]:${jump.port} ${jumpKey?.publicKey}`)
    const host = { ...savedHost(server, []), via: [{ host: '127.0.0.1', port: jump.port, user: 'root' }] }
    const fingerprint = server.hostKeys.get('ed25519')?.fingerprint ?? ''
    const right = person.connect(host, { fingerprints: [fingerprint] })
    await isLive(right)
    await right.disconnect()
    const before = server.log.length
    const wrong = person.connect(host, { fingerprints: [jumpKey?.fingerprint ?? ''] })
    await hasFailed(wrong)
    expect(wrong.summary()).toMatchObject({
      stage: 'identity',
      hop: `root@127.0.0.1:${server.port}`,
      error: { code: 'identity-refused' },
    })
    await vi.waitFor(() => expect(server.log.slice(before)).toContain('[preauth]'))
    expect(server.log.slice(before)).not.toMatch(/publickey|authenticating|Failed|Accepted/)
    expect(person.asked).toEqual([])
    await jump.close()
  })

  it('is refused when it comes back with another key', async () => {
    const own = await startSshd()
    const session = person.connect(savedHost(own, [own.authorize('id').path]))
    await isLive(session)
    const list = join(person.home, '.ssh/known_hosts')
    await vi.waitFor(() => expect(readFileSync(list, 'utf8')).toContain('ssh-ed25519'))
    person.answer = () => ({ kind: 'cancel' })
    copyFileSync(makeKey(join(own.directory, 'another')).path, join(own.directory, 'host_ed25519'))
    const before = own.log.length
    await own.restart()
    await hasFailed(session)
    expect(session.summary()).toMatchObject({ stage: 'identity', error: { code: 'identity-refused' } })
    expect(person.asked.map(({ kind }) => kind)).toEqual(['identity-unknown', 'identity-changed'])
    expect(own.log.slice(before)).not.toMatch(/publickey|authenticating|Failed|Accepted/)
    await own.close()
  })

  it('is live again after its server was restarted, and asks nobody again', async () => {
    const own = await startSshd()
    const session = person.connect(savedHost(own, [own.authorize('id').path]))
    await isLive(session)
    await own.kill()
    await vi.waitFor(() => expect(session.summary().state).toBe('reconnecting'), { timeout: 10_000 })
    expect(session.summary().error).toMatchObject({ code: 'connection-lost' })
    // Until an attempt was in vain.
    await vi.waitFor(() => expect(session.summary().error?.code).toBe('unreachable'), { timeout: 10_000 })
    const { lastSampleAt } = session.summary()
    await own.start()
    await isLive(session)
    expect(session.summary().lastSampleAt).toBeGreaterThan(lastSampleAt ?? Infinity)
    expect(person.asked).toHaveLength(1)
    await session.disconnect()
    await own.close()
  })
})
