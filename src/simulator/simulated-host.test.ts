import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { promisify } from 'node:util'
import * as v from 'valibot'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  messageKey,
  parseDiagnostics,
  parseTrace,
  serviceState,
  toByteString,
  fromByteString,
  type Diagnostics,
  type TraceEvent,
} from '@engine/formats/message-switch'
import { connectSsh, type SshTransport } from '@engine/transports/ssh'
import { until } from '../../tests/support/poll'
import { SwitchClient } from './services/switch-client'
import { startSimulatedHost, type SimulatedHost, type SimulatedHostOptions } from './simulated-host'

const run = promisify(execFile)

let directory: string
let host: SimulatedHost | null = null
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'xcp-sim-'))
})
afterEach(async () => {
  await host?.close()
  host = null
  await rm(directory, { recursive: true })
})
async function start(options: Partial<SimulatedHostOptions> = {}): Promise<SimulatedHost> {
  host = await startSimulatedHost({ directory, ...options })
  return host
}

async function diagnostics({ endpoints }: SimulatedHost): Promise<Diagnostics> {
  const client = await SwitchClient.login(endpoints.messageSwitch.socket, 'test:1')
  try {
    return parseDiagnostics(fromByteString(await client.get('/')))
  } finally {
    client.close()
  }
}

/** Follows the trace until so many events have been seen. */
async function follow({ endpoints }: SimulatedHost, count: number): Promise<TraceEvent[]> {
  const client = await SwitchClient.login(endpoints.messageSwitch.socket, 'test:1')
  const events: TraceEvent[] = []
  while (events.length < count) {
    const from = (events.at(-1)?.id ?? -1n) + 1n
    events.push(...parseTrace(fromByteString(await client.get(`/trace/${from}/5`))))
  }
  client.close()
  return events
}

describe('scenarios', () => {
  it('healthy: what a follower finds is what happened', async () => {
    const simulated = await start()
    const events = await follow(simulated, 600)
    const sends = new Map<string, TraceEvent>()
    const latencies: number[] = []
    for (const event of events) {
      const { traced, input } = event
      if (traced.type === 'ack' || input === null) continue
      if (traced.message.kind.type === 'request') sends.set(messageKey(traced.id), event)
      else {
        const request = sends.get(messageKey(traced.message.kind.to))
        if (request?.queue === 'org.xen.xapi.networkd') latencies.push(event.time - request.time)
      }
    }
    const truth = simulated.truth.latencies('org.xen.xapi.networkd')
    expect(latencies.length).toBeGreaterThan(10)
    for (const latency of latencies) expect(truth).toContain(latency)
    const { nextEventId, messages, queues, latencies: found } = simulated.truth.snapshot()
    expect(BigInt(nextEventId)).toBeGreaterThan(events.at(-1)?.id ?? 0n)
    expect(messages).toBe(queues.reduce((sum, queue) => sum + queue.requests + queue.responses, 0))
    expect(found.find(({ method }) => method === 'VM.stat')?.count).toBeGreaterThan(5)
    const { permanentQueues, currentTime } = await diagnostics(simulated)
    expect(permanentQueues.map((queue) => serviceState(queue, currentTime).state)).toEqual(
      permanentQueues.map(() => 'listening'),
    )
  })

  it('deadlock: a request waits for a service that never started, and the start of a VM for it', async () => {
    const simulated = await start({ scenario: 'deadlock' })
    const storage = 'org.xen.xapi.storage'
    const waiting = (): string[] =>
      simulated.truth.snapshot().pending.map(({ queue, method }) => `${queue} ${method}`)
    await until(
      () => waiting().includes(`${storage} VDI.attach2`),
      () => waiting().join(),
    )
    expect(waiting()).toContain('org.xen.xapi.xenops.classic VM.start')
    const { permanentQueues, currentTime } = await diagnostics(simulated)
    const queue = permanentQueues.find(({ name }) => name === storage)
    expect(queue?.contents.map(({ message }) => /"method":"([^"]*)"/.exec(message.payload)?.[1])).toEqual([
      'VDI.attach2',
      'SR.stat',
    ])
    expect(queue && serviceState(queue, currentTime)).toEqual({ state: 'never-started' })
  })

  it('slow: only that service', async () => {
    const simulated = await start({ scenario: 'slow' })
    const median = (queue: string): number => {
      const all = simulated.truth.latencies(queue)
      return all[Math.floor(all.length / 2)] ?? NaN
    }
    await until(() => simulated.truth.latencies('org.xen.xapi.storage').length > 3, undefined, 25_000)
    expect(median('org.xen.xapi.storage')).toBeGreaterThan(10 * median('org.xen.xapi.networkd'))
  })

  it('errors: many calls fail', async () => {
    const simulated = await start({ scenario: 'errors', messagesPerSecond: 300 })
    const stats = (): { count: number; failed: number } =>
      simulated.truth.snapshot().latencies.find(({ method }) => method === 'VM.stat') ?? {
        count: 0,
        failed: 0,
      }
    await until(() => stats().count > 60)
    expect(stats().failed / stats().count).toBeGreaterThan(0.15)
    expect(stats().failed / stats().count).toBeLessThan(0.65)
    await until(() => simulated.truth.snapshot().messages > 300)
    expect(await readFile(join(directory, 'var/log/xensource.log'), 'utf8')).toContain(
      'failed with exception',
    )
  })

  it(
    'stopped: requests stay in the queue of the service that listens no more',
    { timeout: 60_000 },
    async () => {
      const simulated = await start({ scenario: 'stopped' })
      const dead = (): number =>
        simulated.truth.snapshot().pending.filter(({ queue }) => queue === 'org.xen.xapi.networkd').length
      await until(
        () => dead() > 10,
        () => String(dead()),
        40_000,
      )
      // They were delivered to nobody, and nobody acknowledges them.
      const { permanentQueues } = await diagnostics(simulated)
      const queue = permanentQueues.find(({ name }) => name === 'org.xen.xapi.networkd')
      expect(queue?.contents.length).toBeGreaterThan(10)
    },
  )

  it('the switch can be restarted under its services', async () => {
    const simulated = await start()
    await follow(simulated, 50)
    await simulated.stopSwitch()
    await expect(diagnostics(simulated)).rejects.toThrow(/ECONNREFUSED|ENOENT/)
    await simulated.startSwitch()
    const [first] = await follow(simulated, 20)
    expect(first?.id).toBeLessThan(100n)
  })
})

describe('its logs', () => {
  it('lines of a call have its task id', async () => {
    const simulated = await start()
    const events = await follow(simulated, 200)
    const tasks = events.flatMap(({ traced }) =>
      traced.type === 'message' ? (/[DR]:[0-9a-f]{12}/.exec(traced.message.payload)?.[0] ?? []) : [],
    )
    expect(tasks.length).toBeGreaterThan(10)
    await host?.close()
    const log = await readFile(join(directory, 'var/log/xensource.log'), 'utf8')
    expect(tasks.filter((task) => log.includes(task)).length).toBeGreaterThan(5)
    for (const line of log.trim().split('\n')) {
      expect(line).toMatch(
        /^[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d xcp-simulated [\w-]+: \[[ a-z]{5}\|\|\d+ \|[^|]*\|\w+\] ./,
      )
    }
  })
})

describe('truth.sock', () => {
  it('is left alone by a second one in its folder', async () => {
    const simulated = await start()
    await expect(startSimulatedHost({ directory })).rejects.toMatchObject({ code: 'conflict' })
    expect((await diagnostics(simulated)).permanentQueues.length).toBeGreaterThan(0)
  })

  it('tells what happened as JSON', async () => {
    const { endpoints } = await start()
    const told = v.parse(
      v.looseObject({ messages: v.number(), pending: v.array(v.unknown()) }),
      JSON.parse(await text(connect(endpoints.truth))),
    )
    expect(told.messages).toBeGreaterThanOrEqual(0)
  })
})

describe('over SSH', () => {
  const connectTo = async ({ endpoints }: SimulatedHost, key = endpoints.ssh.key): Promise<SshTransport> =>
    connectSsh(
      { user: endpoints.ssh.user, host: endpoints.ssh.host, port: endpoints.ssh.port },
      {
        authentication: { methods: [{ kind: 'key', label: 'id', text: await readFile(key, 'utf8') }] },
        verifyIdentity: () => Promise.resolve({ accepted: true }),
      },
    )

  it('the console reads files, runs commands and reaches the switch', async () => {
    const simulated = await start()
    const transport = await connectTo(simulated)
    const read = async (path: string): Promise<string> => toByteString(await transport.readFile(path))
    expect(JSON.parse(await read('/etc/xcp-diag-simulated'))).toMatchObject({ scenario: 'healthy' })
    expect(await read('/proc/stat')).toMatch(/^cpu /)
    expect(await read('/var/log/xensource.log')).toContain('simulated host')
    await expect(transport.readFile('/etc/xcp-diag-nothing')).rejects.toMatchObject({ code: 'not-found' })
    const names = await transport.readDirectory('/var/log')
    expect(names.sort()).toEqual(['SMlog', 'xensource.log'])
    const polled = await transport.openFile('/proc/loadavg')
    expect(toByteString(await polled.read())).toMatch(/^[\d.]+ /)
    expect(toByteString(await polled.read())).toMatch(/^[\d.]+ /)
    const tail = await transport.exec(['tail', '-n', '1', '/var/log/xensource.log'])
    expect(tail.exit).toEqual({ code: 0, signal: null })
    expect(toByteString(tail.stdout)).toMatch(/ xcp-simulated /)
    const [use] = await transport.fileSystemUse(['/'])
    expect(use?.size).toBeGreaterThan(0)

    const socket = await transport.openUnix('/var/run/message-switch/sock')
    socket.end('GET / HTTP/1.0\r\n\r\n')
    expect(await text(socket)).toContain('"org.xen.xapi.xenops.classic"')
    const forced = await transport.exec([
      'curl',
      '-sS',
      '--unix-socket',
      '/var/run/message-switch/sock',
      'http://x/',
    ])
    expect(toByteString(forced.stdout)).toContain('"org.xen.xapi.xenops.classic"')
    await expect(transport.openUnix(join(directory, 'truth.sock'))).rejects.toThrow()

    const followed = await transport.spawn(['tail', '-n', '0', '-F', '/var/log/xensource.log'], {
      stdin: false,
    })
    let lines = ''
    followed.stdout.on('data', (bytes: Buffer) => (lines += bytes.toString()))
    await until(() => lines.includes('xapi_message_switch'))
    await followed.end()
    await transport.close()
  })

  it('OpenSSH signs in, checks the host key, and cannot write', async () => {
    const { endpoints } = await start()
    const { ssh } = endpoints
    expect((await stat(ssh.key)).mode & 0o777).toBe(0o600)
    const options = [
      ...['-F', 'none', '-i', ssh.key, '-o', 'IdentitiesOnly=yes', '-o', 'BatchMode=yes'],
      ...['-o', `UserKnownHostsFile=${ssh.knownHosts}`, '-o', 'StrictHostKeyChecking=yes'],
    ]
    const at = [...options, '-p', String(ssh.port), `${ssh.user}@${ssh.host}`]
    const { stdout, stderr } = await run('ssh', [...at, 'cat /etc/xcp-diag-simulated; exit 0'])
    expect(stdout).toContain('"healthy"')
    expect(stderr).toContain('SIMULATED')
    await expect(run('ssh', [...at, 'exit 3'])).rejects.toMatchObject({ code: 3 })
    const put = ['-b', '-', ...options, '-P', String(ssh.port), `${ssh.user}@${ssh.host}`]
    const sftp = run('sftp', put)
    sftp.child.stdin?.end('put /etc/hostname /var/log/xensource.log\n')
    await expect(sftp).rejects.toThrow('Permission denied')
  })

  it('another key or another user is refused', async () => {
    const simulated = await start()
    const other = await mkdtemp(join(tmpdir(), 'xcp-other-'))
    await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(other, 'id')])
    await expect(connectTo(simulated, join(other, 'id'))).rejects.toMatchObject({
      code: 'authentication-failed',
    })
    const { ssh } = simulated.endpoints
    const nobody = { ...simulated, endpoints: { ...simulated.endpoints, ssh: { ...ssh, user: 'nobody' } } }
    await expect(connectTo(nobody)).rejects.toMatchObject({ code: 'authentication-failed' })
    await rm(other, { recursive: true })
  })
})

it('a folder that a shell would read otherwise is refused', async () => {
  await expect(startSimulatedHost({ directory: '/tmp/a b' })).rejects.toMatchObject({ code: 'bad-request' })
})
