import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { until } from '../../tests/support/poll'
import { buildSimulator } from '../../tests/support/simulator-build'
import { parseOptions } from './options'

describe('npm run simulate', () => {
  let built: Awaited<ReturnType<typeof buildSimulator>>
  let folder: string
  const children: ChildProcess[] = []
  beforeAll(async () => {
    built = await buildSimulator()
  }, 120_000)
  afterAll(() => built.remove())
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'xcp-sim-'))
  })
  afterEach(async () => {
    for (const child of children.splice(0)) child.kill('SIGKILL')
    await rm(folder, { recursive: true, force: true })
  })

  interface Run {
    readonly child: ChildProcess
    readonly out: () => string
    readonly err: () => string
    readonly code: Promise<number | null>
  }
  function simulate(...args: string[]): Run {
    const child = spawn(process.execPath, [built.program, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    children.push(child)
    const seen = { out: '', err: '' }
    child.stdout.on('data', (bytes: Buffer) => (seen.out += bytes.toString()))
    child.stderr.on('data', (bytes: Buffer) => (seen.err += bytes.toString()))
    const code = new Promise<number | null>((done) => child.once('close', (exit) => done(exit)))
    return { child, out: () => seen.out, err: () => seen.err, code }
  }

  it.each(['SIGINT', 'SIGTERM'] as const)(
    'prints one line when ready, and ends cleanly on %s',
    async (signal) => {
      const run = simulate('--dir', folder, '--ssh-port', '0', '--scenario', 'errors', '--seed', '9')
      await until(() => run.out().endsWith('\n'), run.err, 30_000)
      const endpoints: unknown = JSON.parse(run.out())
      expect(endpoints).toMatchObject({
        simulated: true,
        scenario: 'errors',
        seed: 9,
        ssh: { host: '127.0.0.1', user: 'root', key: join(folder, 'ssh/id_ed25519') },
        messageSwitch: { socket: join(folder, 'var/run/message-switch/sock') },
      })
      expect(await text(connect(join(folder, 'truth.sock')))).toContain('"nextEventId"')
      run.child.kill(signal)
      expect(await run.code).toBe(0)
      expect(run.err()).toBe('')
      expect(run.out().split('\n')).toHaveLength(2)
    },
  )

  it('says what is wrong with the arguments, and with the machine', async () => {
    const wrong = simulate('--dir', folder, '--ssh-port', '70000')
    expect(await wrong.code).toBe(2)
    expect(wrong.err()).toContain('--ssh-port 70000: a port is a number from 0 to 65535.')
    const first = simulate('--dir', folder, '--ssh-port', '0')
    await until(() => first.out().endsWith('\n'), first.err, 30_000)
    const port = /"port":(\d+)/.exec(first.out())?.[1] ?? ''
    const taken = simulate('--dir', join(folder, 'second'), '--ssh-port', port)
    expect(await taken.code).toBe(1)
    expect(taken.err()).toContain('cannot listen')
    expect(taken.out()).toBe('')
  })
})

describe('its options', () => {
  it.each([
    [[], '--dir is missing'],
    [['--dir', '/x'], '--ssh-port is missing'],
    [['--dir', '/x', '--ssh-port', 'a'], '--ssh-port a'],
    [['--dir', '/x', '--ssh-port', '1', '--scenario', 'odd'], 'There are: healthy, busy'],
    [['--dir', '/x', '--ssh-port', '1', '--seed', '-1'], '--seed'],
    [['--dir', '/x', '--ssh-port', '1', '--color'], '--color'],
    [['--dir', '/x', '--ssh-port', '1', 'more'], 'more'],
  ])('%j', (args, mistake) => {
    const parsed = parseOptions(args)
    expect('mistake' in parsed ? parsed.mistake : '').toContain(mistake)
  })

  it('have defaults', () => {
    expect(parseOptions(['--dir', '/x', '--ssh-port', '0'])).toEqual({
      options: { directory: '/x', sshPort: 0, scenario: 'healthy', seed: 1 },
    })
    expect(parseOptions(['--help'])).toEqual({ help: true })
  })
})
