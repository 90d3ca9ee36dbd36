import { appendFileSync, chmodSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { execFileSync } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { expectNoLeaks } from '../../../../tests/support/leaks'
import { faults, LogTest } from '../../../../tests/support/log-test'
import { until } from '../../../../tests/support/poll'
import { startSshd, type TestKey, type TestSshd } from '../../../../tests/support/sshd'
import { createUser } from '../../../../tests/support/users'
import { createLocalTransport } from '../../transports/local'
import { connectTo } from '../../transports/ssh/testing/connecting'
import type { Transport } from '../../transports/transport'

const patience = 90_000
const ways = [
  { name: 'SFTP', config: {} },
  { name: 'a shell on the host', config: { Subsystem: null } },
]

describe.each(ways)('logs over connections by $name', { timeout: 180_000 }, ({ config }) => {
  let server: TestSshd
  let key: TestKey
  beforeAll(async () => {
    server = await startSshd({ config: { ...config, UsePAM: 'yes' } })
    key = server.authorize('id')
  })
  afterAll(() => server.close())

  /** Connects again and again, as a session does. Ends with the test. */
  function stayConnected(test: LogTest): { connections: number; end: () => Promise<void> } {
    const state = { connections: 0, end: () => ended }
    let wanted = true
    let current: Transport | null = null
    const live = async (): Promise<void> => {
      while (wanted) {
        try {
          current = await connectTo(server, key)
          const running = await test.open(current)
          state.connections++
          await running.done
        } catch {
          await sleep(50)
        } finally {
          await current?.close()
        }
      }
    }
    const ended = live()
    state.end = async () => {
      wanted = false
      await current?.close()
      await ended
    }
    return state
  }

  it('goes on exactly where it was when the server is killed in the middle of bursts', async () => {
    const test = new LogTest()
    await test.write('messages', { lines: 1, burst: 1 })
    writeFileSync(test.path('quiet.log'), 'Nov 22 14:00:00 host app[1]: n=0 alone\n')
    const session = stayConnected(test)
    onTestFinished(async () => {
      await session.end()
      await test.close()
    })
    await until(() => test.last('quiet.log') === 0 && test.last('messages') === 0)
    const lines = 30_000
    const writing = test.write('messages', { lines: lines - 1, burst: 50, pause: 10, first: 1 })
    for (let kills = 1; kills <= 3; kills++) {
      const before = test.last('messages')
      await until(
        () => test.last('messages') > before + 200,
        () => `rows come after ${before}`,
        patience,
      )
      const { connections } = session
      await server.restart()
      await until(
        () => session.connections > connections,
        () => 'connected again',
        patience,
      )
    }
    await writing
    await until(
      () => test.last('messages') === lines - 1,
      () => `all lines, not ${test.last('messages')}`,
      patience,
    )
    expect(faults(test.numbers('messages'), lines)).toEqual([])
    expect(test.gaps('messages')).toEqual([])
    expect(test.numbers('quiet.log')).toEqual([0])
  })

  it('finds the place again in files that were rotated while the server was away', async () => {
    const test = new LogTest()
    writeFileSync(test.path('messages'), '')
    const session = stayConnected(test)
    onTestFinished(async () => {
      await session.end()
      await test.close()
    })
    await test.write('messages', { lines: 500, burst: 50 })
    await until(() => test.last('messages') === 499)
    await server.kill()
    // Twice: the place is in .2 then.
    await test.write('messages', { lines: 5_000, burst: 50, rotate: 2_000, first: 500 })
    await server.start()
    await until(
      () => test.last('messages') === 5_499,
      () => `all lines, not ${test.last('messages')}`,
      patience,
    )
    expect(faults(test.numbers('messages'), 5_500)).toEqual([])
    expect(test.numbers('messages').filter((number) => number !== null)).toHaveLength(5_500)
    // SFTP tells no files apart: each might have been a copy.
    expect(test.gaps('messages')).toHaveLength(config.Subsystem === null ? 0 : 2)
  })

  it('declares a gap where the place is nowhere any more', async () => {
    const test = new LogTest()
    await test.write('messages', { lines: 500, burst: 50 })
    const session = stayConnected(test)
    onTestFinished(async () => {
      await session.end()
      await test.close()
    })
    await until(() => test.last('messages') === 499)
    await server.kill()
    writeFileSync(test.path('messages'), '')
    await test.write('messages', { lines: 2_000, burst: 50, first: 700 })
    await server.start()
    await until(
      () => test.last('messages') === 2_699,
      () => `all lines, not ${test.last('messages')}`,
      patience,
    )
    expect(faults(test.numbers('messages'), 2_700)).toEqual([])
    expect(test.gaps('messages')).toHaveLength(1)
  })

  it('says what may not be read, is binary or too much, and follows the rest', async () => {
    const test = new LogTest({ mostFiles: 6 })
    const user = createUser()
    onTestFinished(async () => {
      await test.close()
      user.remove()
    })
    chmodSync(test.folder, 0o755)
    for (const name of ['messages', 'secure', 'SMlog', 'xensource.log', 'a.log', 'b.log', 'c.log']) {
      writeFileSync(test.path(name), 'Nov 22 14:00:00 host app[1]: n=0\n')
    }
    writeFileSync(test.path('wtmp'), 'x')
    writeFileSync(test.path('messages.1'), 'old\n')
    writeFileSync(test.path('a.log'), Buffer.alloc(5_000))
    chmodSync(test.path('secure'), 0o600)
    const transport = await connectTo(server, key, {}, user.name)
    const { usable, findings } = await test.probe(transport)
    expect(usable).toBe(true)
    const said = findings.map(({ subject, available, detail }) => `${subject} ${available}: ${detail}`)
    expect(said[0]).toBe(`files true: 4 in ${test.folder}: xensource.log, SMlog, messages, b.log`)
    expect(said[1]).toMatch(/^files that may not be read false: secure: .*permission denied/)
    expect(said[2]).toBe('files that are not text false: a.log: binary data, left out.')
    expect(said[3]).toBe('further files false: 1 are left out, 6 is the most: c.log')
    await test.open(transport)
    await until(() => test.last('b.log') === 0)
    expect(test.stream('secure')).toBeUndefined()
    await transport.close()
  })

  it('leaves nothing behind, here or on the host', async () => {
    const test = new LogTest({ journal: { folder: null } })
    onTestFinished(() => test.close())
    await test.write('messages', { lines: 10, burst: 10 })
    await expectNoLeaks(async () => {
      const transport = await connectTo(server, key)
      const running = await test.open(transport)
      await until(() => test.last('messages') === 9)
      await running.close()
      await transport.close()
    }, 4)
    await until(
      () => server.processes().length === 1,
      () => `nothing left of ${server.processes().length - 1} processes on the host`,
    )
  })
})

it(
  'follows logs on a host that allows one session, while commands take it in turns',
  { timeout: 120_000 },
  async () => {
    const server = await startSshd({ config: { MaxSessions: '1' } })
    const test = new LogTest()
    await test.write('messages', { lines: 1, burst: 1 })
    const transport = await connectTo(server, server.authorize('id'))
    onTestFinished(async () => {
      await test.close()
      await transport.close()
      await server.close()
    })
    await test.open(transport)
    await until(() => test.last('messages') === 0)
    const writes = { isOver: false }
    const writing = test.write('messages', { lines: 4_999, burst: 20, pause: 10, rotate: 2_000, first: 1 })
    const written = writing.finally(() => (writes.isOver = true))
    let commands = 0
    while (!writes.isOver) {
      // What becomes of each command is the matter of the transport's own tests.
      await transport.exec(['true']).then(
        () => commands++,
        () => undefined,
      )
      await sleep(20)
    }
    await written
    await until(
      () => test.last('messages') === 4_999,
      () => `all lines, not ${test.last('messages')}`,
      patience,
    )
    expect(commands).toBeGreaterThan(3)
    expect(faults(test.numbers('messages'), 5_000)).toEqual([])
  },
)

describe('logs of this machine', { timeout: 120_000 }, () => {
  it('keeps memory bounded through a line of 100 MB', async () => {
    const test = new LogTest()
    const transport = createLocalTransport()
    onTestFinished(async () => {
      await test.close()
      await transport.close()
    })
    const path = test.path('huge.log')
    writeFileSync(path, 'Nov 22 14:00:00 host app[1]: n=0 before\n')
    await test.open(transport)
    await until(() => test.last('huge.log') === 0)
    const before = process.memoryUsage()
    const block = 'z'.repeat(4_000_000)
    let most = 0
    for (let megabytes = 0; megabytes < 100; megabytes += 4) {
      appendFileSync(path, block)
      await sleep(5)
      const now = process.memoryUsage()
      most = Math.max(most, now.heapUsed + now.arrayBuffers - before.heapUsed - before.arrayBuffers)
    }
    appendFileSync(path, '\nNov 22 14:00:00 host app[1]: n=1 behind\n')
    await until(
      () => test.last('huge.log') === 1,
      () => `${test.rows('huge.log').length} rows`,
      patience,
    )
    const [, huge] = test.rows('huge.log')
    expect(huge?.length).toBe(100_000_000)
    expect(huge?.text.length).toBe(65_536)
    expect(most / 2 ** 20).toBeLessThan(60)
    expect(test.rows('huge.log')).toHaveLength(3)
  })

  it('reads times by the zone of the host and finds the format by the lines', async () => {
    const test = new LogTest()
    const transport = createLocalTransport()
    onTestFinished(async () => {
      await test.close()
      await transport.close()
    })
    const stamp = execFileSync('date', ['-d', '2 hours ago', '+%b %e %H:%M:%S %s'], {
      encoding: 'utf8',
      env: { ...process.env, LC_ALL: 'C' },
    }).trim()
    const seconds = Number(stamp.slice(stamp.lastIndexOf(' ') + 1))
    const line = `${stamp.slice(0, stamp.lastIndexOf(' '))} xcp1 xapi: [ info|xcp1|1 |task|dispatcher] hello\n`
    writeFileSync(test.path('xensource.log'), '')
    await test.open(transport)
    appendFileSync(test.path('xensource.log'), line.repeat(20))
    await until(() => test.rows('xensource.log').length === 20)
    const [row] = test.rows('xensource.log')
    expect(row?.time).toBe(seconds * 1_000)
    expect(row?.level).toBe(6)
    const stream = test.stream('xensource.log')
    expect(stream?.format.name).toBe('xensource')
    const text = Buffer.from(line)
    expect(stream?.format.field('module')(text, 0, text.length - 1)).toBe('dispatcher')
    expect(stream?.format.fields(text, 0, text.length)).toMatchObject({ process: 'xapi', text: 'hello' })
  })

  it('lets a log be away for a while, and reads one whose writer still has the old file', async () => {
    const test = new LogTest()
    const transport = createLocalTransport()
    onTestFinished(async () => {
      await test.close()
      await transport.close()
    })
    const path = test.path('daemon.log')
    const line = (number: number): string => `Nov 22 14:00:00 host app[1]: n=${number}\n`
    writeFileSync(path, line(0))
    await test.open(transport)
    await until(() => test.last('daemon.log') === 0)
    renameSync(path, `${path}.1`)
    appendFileSync(`${path}.1`, line(1))
    await until(() => test.last('daemon.log') === 1)
    writeFileSync(path, line(2))
    await until(() => test.last('daemon.log') === 2)
    expect(test.numbers('daemon.log')).toEqual([0, 1, 2])
    expect(readFileSync(`${path}.1`, 'utf8')).toBe(line(0) + line(1))
  })
})
