import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import {
  readOnly,
  startSshd,
  withoutProc,
  type SshdOptions,
  type TestKey,
  type TestSshd,
} from '../../../../tests/support/sshd'
import { createUser, type TestUser } from '../../../../tests/support/users'
import { connectSsh } from '../../transports/ssh'
import { keyMethod, optionsFor, targetOf, text } from '../../transports/ssh/testing/connecting'
import { hasFailed, isLive, savedHost, sshFindings, usePerson } from './testing/person'

/** Hosts that are not as others: each is live, or says what is wrong and what to do, and the others go on. */
describe('a session with a host', () => {
  const person = usePerson()
  const servers: TestSshd[] = []
  const users: TestUser[] = []
  afterEach(async () => {
    for (const server of servers.splice(0)) await server.close()
    for (const user of users.splice(0)) user.remove()
  })

  async function start(options: SshdOptions, restrict?: string): Promise<{ server: TestSshd; key: TestKey }> {
    const server = await startSshd(options)
    servers.push(server)
    return { server, key: server.authorize('id_test', restrict === undefined ? {} : { restrict }) }
  }
  const userWith = (shell: string): TestUser => {
    const user = createUser({ shell })
    users.push(user)
    return user
  }
  it('without /proc fails with what to do, and leaves the others alone', async () => {
    const { server, key } = await start({ through: withoutProc })
    const ordinary = await start({})
    const fine = person.connect(savedHost(ordinary.server, [ordinary.key.path]))
    const session = person.connect({
      ...savedHost(server, [key.path]),
      id: 'b3b1b8a4-5a7c-4b5e-9d0f-0a1b2c3d4e60',
    })
    await hasFailed(session)
    expect(session.summary()).toMatchObject({
      stage: 'discover',
      error: {
        code: 'not-supported',
        message: 'Nothing on this host can be read.',
        hint: expect.stringContaining('/proc is not mounted') as unknown,
      },
    })
    await isLive(fine)
  })

  it.each([
    ['fish', '/usr/bin/fish', {}],
    ['fish, without SFTP', '/usr/bin/fish', { Subsystem: null }],
    ['tcsh', '/usr/bin/tcsh', {}],
    ['tcsh, without SFTP', '/usr/bin/tcsh', { Subsystem: null }],
  ])('whose shell is %s is live', { timeout: 60_000 }, async (_, shell, config) => {
    const { server, key } = await start({ config: { UsePAM: 'yes', ...config } })
    const session = person.connect(savedHost(server, [key.path], userWith(shell).name))
    await isLive(session)
    expect(session.details().connection?.files).toBe('Subsystem' in config ? 'shell' : 'sftp')
    expect(session.details().facts.kernel).toMatch(/\d+\.\d+/)
    expect(sshFindings(session)).toEqual([])
  })

  it('that runs a forced command says what the command said, and what to do', async () => {
    const { server, key } = await start({}, 'command="echo only backups here"')
    const session = person.connect(savedHost(server, [key.path]))
    await hasFailed(session)
    const { stage, error } = session.summary()
    expect(stage).toBe('discover')
    expect(error).toMatchObject({
      code: 'not-supported',
      message: expect.stringMatching(
        /does not run commands for us: .* It said: only backups here\.$/,
      ) as unknown,
      hint: expect.stringContaining('ForceCommand') as unknown,
    })
  })

  it('that gives SFTP only is live, and says that it runs no commands', async () => {
    const { server, key } = await start({ config: { ForceCommand: 'internal-sftp' } })
    const session = person.connect(savedHost(server, [key.path]))
    await isLive(session)
    expect(sshFindings(session)).toMatchObject([
      {
        subject: 'commands',
        available: false,
        detail: expect.stringContaining('ForceCommand') as unknown,
      },
    ])
  })

  it.each([
    ['and reads by SFTP', {}],
    ['and reads by a shell', { Subsystem: null }],
  ])('that prints a banner, a motd and more first is live, %s', { timeout: 60_000 }, async (_, config) => {
    const { server, key } = await start({
      config: { UsePAM: 'yes', PrintMotd: 'yes', SetEnv: null, Banner: '/etc/os-release', ...config },
    })
    const user = userWith('/bin/bash')
    writeFileSync(join(user.home, '.bashrc'), 'echo NOISE; printf "no end"; echo ERRORS >&2\n')
    const session = person.connect(savedHost(server, [key.path], user.name))
    await isLive(session)
    expect(session.details().facts.hostname).not.toContain('NOISE')
    expect(sshFindings(session)).toEqual([])
  })

  it('where nothing may be written is live, by SFTP and by a shell', { timeout: 60_000 }, async () => {
    for (const config of [{}, { Subsystem: null }]) {
      const { server, key } = await start({ through: readOnly, config })
      const probe = await connectSsh(targetOf(server), optionsFor([keyMethod(key)]))
      const write = 'for place in / /tmp /var/tmp /run /dev/shm "$HOME"; do echo x >"$place/xcp-test"; done'
      const { stderr } = await probe.exec(['sh', '-c', write])
      expect(text(stderr).match(/Read-only file system/g)).toHaveLength(6)
      await probe.close()
      const session = person.connect(savedHost(server, [key.path]))
      await isLive(session)
      expect(sshFindings(session)).toEqual([])
      await session.disconnect()
    }
  })
})
