import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { SavedHost } from '@shared/model/saved-host'
import { startSshd, type TestSshd } from '../../../../tests/support/sshd'
import { createUser, type TestUser } from '../../../../tests/support/users'
import { Secret, SessionVault } from '../../vault'
import { PromptBoard } from '../prompt-board'
import { hasFailed, isLive, savedHost, sshFindings, usePerson } from './testing/person'

describe('a password', () => {
  const person = usePerson()
  let server: TestSshd
  let user: TestUser
  beforeAll(async () => {
    server = await startSshd({
      config: {
        UsePAM: 'yes',
        PasswordAuthentication: 'yes',
        KbdInteractiveAuthentication: 'no',
        AuthenticationMethods: 'password',
        LoginGraceTime: '4',
      },
    })
    user = createUser()
  })
  afterAll(async () => {
    user.remove()
    await server.close()
  })

  const host = (): SavedHost => ({
    ...savedHost(server, [], user.name),
    authentication: { agent: false, keyFiles: [], password: 'ask' },
  })
  const secretName = (): string => `ssh password ${user.name}@127.0.0.1:${server.port}`
  const knowHost = (): void =>
    person.writeKnownHosts(`[127.0.0.1]:${server.port} ${server.hostKeys.get('ed25519')?.publicKey ?? ''}`)
  const accepted = async (vault: SessionVault): Promise<string | undefined> =>
    (await vault.get(secretName()))?.reveal()

  it('that was remembered and is refused is forgotten, and the right one remembered', async () => {
    knowHost()
    const vault = new SessionVault()
    await vault.set(secretName(), new Secret('no longer right'))
    person.answer = () => ({ kind: 'answers', answers: [user.password], remember: true })
    const session = person.connect(host(), { vault })
    await isLive(session)
    expect(person.asked).toMatchObject([{ kind: 'secret', again: true, target: true }])
    expect(await accepted(vault)).toBe(user.password)
    expect(sshFindings(session)).toEqual([])
    await session.disconnect()
    session.connect()
    await isLive(session)
    expect(person.asked).toHaveLength(1)
  })

  it('that nobody gives is asked for once, until somebody connects again', async () => {
    knowHost()
    const prompts = new PromptBoard()
    const session = person.connect(host(), { prompts })
    await vi.waitFor(() => expect(prompts.list()).toHaveLength(1), { timeout: 10_000 })
    await hasFailed(session)
    expect(session.summary()).toMatchObject({
      stage: 'authenticate',
      error: { code: 'cancelled', cause: { code: 'connection-lost' } },
    })
    expect(prompts.list()).toEqual([])
  })
})
