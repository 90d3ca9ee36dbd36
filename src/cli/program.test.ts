import { execFileSync, spawn, type ChildProcessWithoutNullStreams } from 'node:child_process'
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import * as v from 'valibot'
import { build } from 'vite'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { until } from '../../tests/support/poll'
import { freePort, startSshd, type TestKey, type TestSshd } from '../../tests/support/sshd'
import { createUser, type TestUser } from '../../tests/support/users'

const root = resolve(import.meta.dirname, '../..')

interface Run {
  readonly child: ChildProcessWithoutNullStreams
  readonly out: () => string
  readonly err: () => string
  readonly code: Promise<number | null>
}

const sampleShape = v.strictObject({
  time: v.number(),
  host: v.string(),
  metrics: v.record(v.string(), v.nullable(v.number())),
})

let directory: string
let program: string
let home: string
const runs: Run[] = []

beforeAll(async () => {
  mkdirSync(join(root, '.cache'), { recursive: true })
  directory = mkdtempSync(join(root, '.cache/cli-test-'))
  await build({
    configFile: false,
    root,
    logLevel: 'error',
    resolve: { alias: { '@shared': join(root, 'src/shared'), '@engine': join(root, 'src/engine') } },
    build: {
      ssr: true,
      outDir: join(directory, 'node'),
      target: 'node20.19',
      rolldownOptions: {
        input: { cli: join(root, 'src/cli/index.ts') },
        output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: 'chunks/[name].js' },
      },
    },
  })
  program = join(directory, 'node/cli.js')
}, 120_000)
afterAll(() => rmSync(directory, { recursive: true, force: true }))

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'xcp-cli-home-'))
  mkdirSync(join(home, '.ssh'), { mode: 0o700 })
})
afterEach(async () => {
  for (const { child, code } of runs.splice(0)) {
    child.kill('SIGKILL')
    await code
  }
  rmSync(home, { recursive: true, force: true })
})

const environment = (): NodeJS.ProcessEnv => {
  const own: NodeJS.ProcessEnv = { ...process.env, HOME: home, XCP_DIAG_CONFIG: join(home, 'config') }
  delete own['SSH_AUTH_SOCK']
  return own
}

function start(command: string, args: readonly string[]): Run {
  const child = spawn(command, args, { env: environment() })
  const output = { out: '', err: '' }
  child.stdout.on('data', (data: Buffer) => (output.out += data.toString()))
  child.stderr.on('data', (data: Buffer) => (output.err += data.toString()))
  const code = new Promise<number | null>((done) => child.once('close', (exit) => done(exit)))
  const run = { child, out: () => output.out, err: () => output.err, code }
  runs.push(run)
  return run
}

const xcpDiag = (...args: string[]): Run => start(process.execPath, [program, ...args])

/** By a shell, which opens descriptors and pipes as people do. */
const inShell = (line: string): Run =>
  start('/bin/bash', ['-o', 'pipefail', '-c', line.replace('xcp-diag', `${process.execPath} ${program}`)])

const lines = (run: Run): string[] => run.out().split('\n').slice(0, -1)

describe('xcp-diag on this machine', () => {
  it('is a program of its own, and says how it is used', async () => {
    expect(readFileSync(program, 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/)
    const help = xcpDiag('--help')
    expect(await help.code).toBe(0)
    expect(help.out()).toContain('4 identity refused')
    const wrong = xcpDiag('metrics')
    expect(await wrong.code).toBe(2)
    expect(wrong.out()).toBe('')
    expect(wrong.err()).toContain('metrics needs a HOST')
  })

  it('prints a table with the first full values', async () => {
    const run = xcpDiag('metrics', 'local')
    expect(await run.code).toBe(0)
    expect(run.err()).toBe('')
    expect(run.out()).toMatch(/^CPU {2,}[<\d.]+ %/m)
    expect(run.out()).toMatch(/^Memory {2,}[\d.]+ [KMG]iB of/m)
    expect(run.out()).toMatch(/^Interface .*received/m)
    expect(run.out()).toMatch(/^\/ +[\d.]+ %/m)
    expect(run.out()).not.toContain('\u001b')
  })

  it('follows in JSON: one object for each sample, missing values null', async () => {
    const run = xcpDiag('metrics', 'local', '--follow', '--json')
    await until(() => lines(run).length >= 3)
    run.child.kill('SIGINT')
    expect(await run.code).toBe(130)
    const samples = lines(run).map((line) => v.parse(sampleShape, JSON.parse(line)))
    const times = samples.map(({ time }) => time)
    expect(times.slice(1).every((time, at) => time > times[at]!)).toBe(true)
    for (const { metrics } of samples) {
      expect(metrics['/metrics/host/host/cpu']).toBeGreaterThanOrEqual(0)
      expect(metrics['/metrics/host/host/cpu']).toBeLessThanOrEqual(1)
      expect(Object.keys(metrics).some((path) => path.startsWith('/metrics/filesystem/'))).toBe(true)
    }
  })

  it('follows in lines, and ends when nobody reads any more', async () => {
    const run = inShell('xcp-diag metrics local --follow | head -n 3')
    expect(await run.code).toBe(0)
    expect(run.err()).toBe('')
    const [header = '', first = '', second = ''] = lines(run)
    expect(header).toMatch(/^time +CPU +I\/O wait/)
    expect(first).toMatch(/^\d\d:\d\d:\d\d +[<\d.]+ %/)
    expect(second).toMatch(/^\d\d:\d\d:\d\d/)
    expect(first.length).toBe(header.length)
  })

  it('takes a password from an open descriptor only, and never repeats it', async () => {
    const closed = inShell('xcp-diag metrics local --password-fd 77')
    expect(await closed.code).toBe(2)
    expect(closed.err()).toContain('file descriptor 77')
    const mistaken = xcpDiag('metrics', 'local', '--password-fd', 'hunter2')
    expect(await mistaken.code).toBe(2)
    expect(mistaken.err()).not.toContain('hunter2')
  })
})

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

  const giveKey = (): void => copyFileSync(key.path, join(home, '.ssh/id_ed25519'))
  const learnHost = (): void => {
    const [type = '', blob = ''] = readFileSync(join(server.directory, 'host_ed25519.pub'), 'utf8').split(' ')
    writeFileSync(join(home, '.ssh/known_hosts'), `[127.0.0.1]:${server.port} ${type} ${blob}\n`)
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
    expect(readdirSync(join(home, '.ssh'))).not.toContain('known_hosts')
  })

  it('takes a password from a descriptor; a wrong one is refused', async () => {
    learnHost()
    const secret = join(home, 'secret')
    writeFileSync(secret, `${user.password}\n`)
    const right = inShell(`xcp-diag metrics ${target} --password-fd 3 3< ${secret}`)
    expect(await right.code, right.err()).toBe(0)
    writeFileSync(secret, 'wrong\n')
    const wrong = inShell(`xcp-diag metrics ${target} --password-fd 3 3< ${secret}`)
    expect(await wrong.code).toBe(5)
    expect(wrong.err()).toContain('did not accept the password')
    const none = xcpDiag('metrics', target)
    expect(await none.code).toBe(5)
    expect(none.err()).toContain('--password-fd')
  })

  it('asks for a password on the terminal without showing it', async () => {
    learnHost()
    const run = start('script', ['-qec', `${process.execPath} ${program} metrics ${target}`, '/dev/null'])
    await until(() => /password.*: $/i.test(run.out()))
    run.child.stdin.write(`${user.password}\r`)
    expect(await run.code, run.out()).toBe(0)
    expect(run.out()).toMatch(/CPU {2,}[<\d.]+ %/)
    expect(run.out()).not.toContain(user.password)
  })

  it('is interrupted while it asks', async () => {
    learnHost()
    const run = start('script', ['-qec', `${process.execPath} ${program} metrics ${target}`, '/dev/null'])
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
    mkdirSync(join(home, 'config'))
    writeFileSync(join(home, 'config/settings.json'), JSON.stringify({ version: 1, hosts }))
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
    writeFileSync(join(home, '.ssh/known_hosts'), `[127.0.0.1]:${server.port} ${other[0]} ${other[1]}\n`)
    const run = xcpDiag('metrics', target, '--fingerprint', fingerprint)
    expect(await run.code).toBe(4)
    expect(run.err()).toContain('has changed')
    expect(run.err()).toContain(`-R '[127.0.0.1]:${server.port}'`)
  })
})
