import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as v from 'valibot'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { until } from '../../tests/support/poll'
import { freePort, startSshd, type TestKey, type TestSshd } from '../../tests/support/sshd'
import { createUser, type TestUser } from '../../tests/support/users'
import { lines, sampleShape, useProgram } from './testing/program'

const program = useProgram()
const { xcpDiag, inShell, onTerminal } = program

describe('xcp-diag over SSH', () => {
  let server: TestSshd
  let user: TestUser
  let key: TestKey
  let fingerprint: string
  let target: string
  beforeAll(async () => {
    server = await startSshd({
      config: { UsePAM: 'yes', PasswordAuthentication: 'yes', KbdInteractiveAuthentication: 'yes' },
      hostKeys: ['ed25519'],
    })
    user = createUser()
    key = server.authorize('id_ed25519')
    const file = join(server.directory, 'host_ed25519.pub')
    fingerprint = execFileSync('ssh-keygen', ['-lf', file], { encoding: 'utf8' }).split(' ')[1] ?? ''
    target = `ssh://${user.name}@127.0.0.1:${server.port}`
  })
  afterAll(async () => {
    await server.close()
    user.remove()
  })

  const giveKey = (): void => copyFileSync(key.path, join(program.home, '.ssh/id_ed25519'))
  const learnHost = (): void => {
    const [type = '', blob = ''] = readFileSync(join(server.directory, 'host_ed25519.pub'), 'utf8').split(' ')
    writeFileSync(join(program.home, '.ssh/known_hosts'), `[127.0.0.1]:${server.port} ${type} ${blob}\n`)
  }
  const processesOfUser = (): string[] => {
    const uid = execFileSync('id', ['-u', user.name], { encoding: 'utf8' }).trim()
    return readdirSync('/proc').filter((pid) => {
      if (!/^\d+$/.test(pid)) return false
      try {
        return new RegExp(`^Uid:\\s+${uid}\\s`, 'm').test(readFileSync(`/proc/${pid}/status`, 'utf8'))
      } catch {
        return false
      }
    })
  }

  it('shows a host of known_hosts, signed in with a key', async () => {
    giveKey()
    learnHost()
    const run = xcpDiag('metrics', target)
    expect(await run.code, run.err()).toBe(0)
    expect(run.out()).toContain(`${user.name}@127.0.0.1:${server.port}`)
    expect(run.out()).toMatch(/^CPU {2,}[<\d.]+ %/m)
  })

  it('refuses an unknown key with its fingerprint and how to compare it, and remembers nothing', async () => {
    giveKey()
    const run = xcpDiag('metrics', target)
    expect(await run.code).toBe(4)
    expect(run.out()).toBe('')
    expect(run.err()).toContain(fingerprint)
    expect(run.err()).toContain('ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub')
    expect(run.err()).toContain('stage: identity')
    const wrong = xcpDiag('metrics', target, '--fingerprint', `SHA256:${'A'.repeat(43)}`)
    expect(await wrong.code).toBe(4)
    expect(wrong.err()).toContain('not the one that was given')
    const right = xcpDiag('metrics', target, '--json', '--fingerprint', fingerprint)
    expect(await right.code, right.err()).toBe(0)
    expect(lines(right)).toHaveLength(1)
    expect(readdirSync(join(program.home, '.ssh'))).not.toContain('known_hosts')
  })

  it('takes a password from a descriptor; a wrong one is refused', async () => {
    learnHost()
    const secret = join(program.home, 'secret')
    writeFileSync(secret, `${user.password}\n`)
    const right = inShell(`xcp-diag metrics ${target} --password-fd 3 3< ${secret}`)
    expect(await right.code, right.err()).toBe(0)
    writeFileSync(secret, 'wrong\n')
    const wrong = inShell(`xcp-diag metrics ${target} --password-fd 3 3< ${secret}`)
    expect(await wrong.code).toBe(5)
    expect(wrong.err()).toContain('did not accept the password')
  })

  it('names the ways to sign in where there is no terminal to ask on, and passes over keys that need a passphrase', async () => {
    learnHost()
    const none = xcpDiag('metrics', target)
    expect(await none.code).toBe(5)
    expect(none.out()).toBe('')
    expect(none.err()).toMatch(/asks for "[^"]+", and there is no terminal to ask on/)
    expect(none.err()).toContain('stage: authenticate')
    for (const way of ['ssh-add', 'IdentityFile', '--password-fd']) expect(none.err()).toContain(way)

    const sealed = server.authorize('sealed', { passphrase: 'correct horse', rounds: 1 })
    copyFileSync(sealed.path, join(program.home, '.ssh/id_ecdsa'))
    const locked = xcpDiag('metrics', target)
    expect(await locked.code).toBe(5)
    expect(locked.err()).toContain('there is no terminal to ask on')
    giveKey()
    const next = xcpDiag('metrics', target)
    expect(await next.code, next.err()).toBe(0)
    rmSync(join(program.home, '.ssh/id_ed25519'))
    const secret = join(program.home, 'secret')
    writeFileSync(secret, 'correct horse\n')
    const opened = inShell(`xcp-diag metrics ${target} --password-fd 3 3< ${secret}`)
    expect(await opened.code, opened.err()).toBe(0)
  })

  it('signs in with a key of the agent', async () => {
    learnHost()
    program.agentSocket = join(program.home, 'agent.socket')
    const agent = spawn('ssh-agent', ['-D', '-a', program.agentSocket], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    await once(agent.stdout, 'data')
    const before = server.log.length
    try {
      const empty = xcpDiag('metrics', target)
      expect(await empty.code).toBe(5)
      execFileSync('ssh-add', ['-q', key.path], {
        env: { ...process.env, SSH_AUTH_SOCK: program.agentSocket },
      })
      const run = xcpDiag('metrics', target, '--json')
      expect(await run.code, run.err()).toBe(0)
      expect(lines(run)).toHaveLength(1)
      expect(server.log.slice(before)).toContain(`Accepted publickey for ${user.name}`)
    } finally {
      agent.kill()
    }
  })

  it('waits for a host that is lost, and goes on when it is back', async () => {
    giveKey()
    learnHost()
    const run = xcpDiag('metrics', target, '--follow', '--json')
    await until(() => lines(run).length >= 2)
    await server.kill()
    await until(() => run.err().includes('Waiting for the host.'))
    const before = lines(run).length
    await server.start()
    await until(() => run.err().includes('Live again.'))
    await until(() => lines(run).length >= before + 2)
    expect(run.child.exitCode).toBeNull()
    run.child.kill('SIGINT')
    expect(await run.code).toBe(130)
    const times = lines(run).map((line) => v.parse(sampleShape, JSON.parse(line)).time)
    expect(times.slice(1).every((time, at) => time > times[at]!)).toBe(true)
  })

  it('holds a host of known_hosts to the fingerprint that was given, before it signs in', async () => {
    giveKey()
    learnHost()
    const before = server.log.length
    const wrong = xcpDiag('metrics', target, '--fingerprint', `SHA256:${'A'.repeat(43)}`)
    expect(await wrong.code).toBe(4)
    expect(wrong.out()).toBe('')
    expect(wrong.err()).toContain('is not the one that was given, although it is known')
    expect(wrong.err()).toContain(fingerprint)
    expect(wrong.err()).toContain('stage: identity')
    await until(() => server.log.includes('[preauth]', before))
    expect(server.log.slice(before)).not.toMatch(/publickey|authenticating|Failed|Accepted/)
    const right = xcpDiag('metrics', target, '--fingerprint', fingerprint)
    expect(await right.code, right.err()).toBe(0)
  })

  it('tells the lines of the ssh configuration that it passes over', async () => {
    giveKey()
    learnHost()
    writeFileSync(join(program.home, '.ssh/config'), 'Port many\n', { mode: 0o600 })
    const run = xcpDiag('metrics', target)
    expect(await run.code, run.err()).toBe(0)
    expect(run.err()).toContain(`${join(program.home, '.ssh/config')}:1: `)
  })

  it('asks for a password on the terminal without showing it', async () => {
    learnHost()
    const run = onTerminal('metrics', target)
    await until(() => /password.*: $/i.test(run.out()))
    run.child.stdin.write(`${user.password}\r`)
    expect(await run.code, run.out()).toBe(0)
    expect(run.out()).toMatch(/CPU {2,}[<\d.]+ %/)
    expect(run.out()).not.toContain(user.password)
  })

  it('says what became of the connection when the host does not wait for the answer', async () => {
    const impatient = await startSshd({
      config: { UsePAM: 'yes', PasswordAuthentication: 'yes', LoginGraceTime: '4' },
      hostKeys: ['ed25519'],
    })
    const shown = impatient.hostKeys.get('ed25519')?.fingerprint ?? ''
    const address = `ssh://${user.name}@127.0.0.1:${impatient.port}`
    const run = onTerminal('metrics', address, '--fingerprint', shown)
    await until(() => /password.*: $/i.test(run.out()))
    run.child.stdin.write('half a pass')
    expect(await run.code, run.out()).toBe(1)
    expect(run.out()).toContain('ended before its question was answered')
    expect(run.out()).toContain('LoginGraceTime')
    expect(run.out()).not.toMatch(/sign-in was cancelled|taken back/)
    await impatient.close()
  })

  it('is interrupted while it asks', async () => {
    learnHost()
    const run = onTerminal('metrics', target)
    await until(() => /password.*: $/i.test(run.out()))
    run.child.stdin.write('\u0003')
    expect(await run.code, run.out()).toBe(130)
  })

  it('says that a port is closed, with the stage', async () => {
    const run = xcpDiag('metrics', `ssh://${user.name}@127.0.0.1:${await freePort()}`)
    expect(await run.code).toBe(3)
    expect(run.err()).toContain('stage: connect')
  })

  it('leaves no process on the host when it is interrupted', async () => {
    giveKey()
    learnHost()
    const run = xcpDiag('metrics', target, '--follow')
    await until(() => lines(run).length >= 3)
    expect(processesOfUser().length).toBeGreaterThan(0)
    run.child.kill('SIGINT')
    expect(await run.code).toBe(130)
    await until(() => processesOfUser().length === 0)
    await until(() => server.connections().length === 0)
  })

  it('knows saved hosts by name; of a name that is there twice it wants the address', async () => {
    giveKey()
    learnHost()
    const saved = (id: string, name: string): object => ({
      id,
      name,
      address: { transport: 'ssh', host: '127.0.0.1', port: server.port, user: user.name },
      connectOnStart: true,
    })
    const hosts = [
      saved('b3b1b8a4-5a7c-4b5e-9d0f-0a1b2c3d4e5f', 'the one'),
      saved('b3b1b8a4-5a7c-4b5e-9d0f-0a1b2c3d4e60', 'twin'),
      saved('b3b1b8a4-5a7c-4b5e-9d0f-0a1b2c3d4e61', 'twin'),
    ]
    mkdirSync(join(program.home, 'config'))
    writeFileSync(join(program.home, 'config/settings.json'), JSON.stringify({ version: 1, hosts }))
    const logins = (): number => server.log.split('Accepted publickey').length - 1
    const before = logins()
    const run = xcpDiag('metrics', 'the one')
    expect(await run.code, run.err()).toBe(0)
    expect(run.out()).toMatch(/^the one /)
    // The others are not connected, although the console with a window would.
    expect(logins() - before).toBe(1)
    const twin = xcpDiag('metrics', 'twin')
    expect(await twin.code).toBe(2)
    expect(twin.err()).toContain(`${user.name}@127.0.0.1:${server.port}`)
    const unknown = xcpDiag('metrics', 'no such host name')
    expect(await unknown.code).toBe(2)
    expect(unknown.err()).toContain('neither a saved host nor an address')
  })

  it('refuses a host whose key has changed, also where a fingerprint is given', async () => {
    giveKey()
    const other = readFileSync(`${key.path}.pub`, 'utf8').split(' ')
    writeFileSync(
      join(program.home, '.ssh/known_hosts'),
      `[127.0.0.1]:${server.port} ${other[0]} ${other[1]}\n`,
    )
    const run = xcpDiag('metrics', target, '--fingerprint', fingerprint)
    expect(await run.code).toBe(4)
    expect(run.err()).toContain('has changed')
    expect(run.err()).toContain(`-R '[127.0.0.1]:${server.port}'`)
  })
})
