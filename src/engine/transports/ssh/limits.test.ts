import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { until } from '../../../../tests/support/poll'
import { startSshd, type TestKey, type TestSshd } from '../../../../tests/support/sshd'
import type { SshTransport } from './index'
import { connectTo, failureOf, text } from './testing/connecting'

describe.each([
  ['1', 'sftp'],
  ['2', 'sftp'],
  ['1', 'shell'],
] as const)('a host with MaxSessions %s, files by %s', (limit, files) => {
  let server: TestSshd
  let key: TestKey
  let transport: SshTransport
  beforeAll(async () => {
    server = await startSshd({
      config: { MaxSessions: limit, Subsystem: files === 'sftp' ? 'sftp internal-sftp' : null },
    })
    key = server.authorize('id')
  })
  afterAll(() => server.close())
  afterEach(() => transport.close())

  it('serves commands and files in turn', { timeout: 60_000 }, async () => {
    transport = await connectTo(server, key)
    expect(transport.facts).toMatchObject({ files, commandsReason: null })
    const stat = await transport.openFile('/proc/stat')
    const work = Array.from({ length: 6 }, async (_, index) => {
      const { stdout } = await transport.exec(['echo', String(index)])
      expect((await stat.read()).length).toBeGreaterThan(100)
      return text(stdout).trim()
    })
    expect(await Promise.all(work)).toEqual(['0', '1', '2', '3', '4', '5'])
    expect((await transport.fileSystemUse(['/']))[0]).not.toBeNull()
    expect(transport.facts.sessions).toBeLessThan(4)
    await stat.close()
  })

  it('runs one command that goes on', async () => {
    transport = await connectTo(server, key)
    const command = await transport.spawn(['sh', '-c', 'echo on; sleep 1000'])
    expect(text(await new Promise((resolve) => command.stdout.once('data', resolve)))).toBe('on\n')
    await command.end()
    expect(text((await transport.exec(['echo', 'after'])).stdout)).toBe('after\n')
  })
})

it('does not let a command that goes on starve the live figures of a host with one session', async () => {
  const server = await startSshd({ config: { MaxSessions: '1' } })
  const transport = await connectTo(server, server.authorize('id'))
  const stat = await transport.openFile('/proc/stat')
  const error = await failureOf(transport.spawn(['sleep', '1000']))
  expect(error).toMatchObject({ code: 'limit-exceeded' })
  expect(error).toMatchObject({ hint: expect.stringContaining('MaxSessions') as unknown })
  expect((await stat.read()).length).toBeGreaterThan(100)
  await transport.close()
  await server.close()
})

describe('channels', () => {
  let server: TestSshd
  let key: TestKey
  beforeAll(async () => {
    server = await startSshd()
    key = server.authorize('id')
  })
  afterAll(() => server.close())

  it('are at most four at the same time, and the others wait', { timeout: 60_000 }, async () => {
    const transport = await connectTo(server, key)
    let most = 0
    const timer = setInterval(() => {
      const open = server.log.split('Starting session').length - server.log.split('Close session').length
      most = Math.max(most, open)
    }, 5)
    const commands = Array.from({ length: 12 }, (_, index) =>
      transport.exec(['sh', '-c', `sleep 0.1; echo ${index}`]),
    )
    const results = await Promise.all(commands)
    clearInterval(timer)
    expect(results.map(({ stdout }) => Number(text(stdout)))).toEqual(
      Array.from({ length: 12 }, (_, index) => index),
    )
    expect(most).toBeGreaterThan(1)
    expect(most).toBeLessThanOrEqual(4)
    await transport.close()
  })

  it('leave one for commands, whatever goes on', { timeout: 60_000 }, async () => {
    const transport = await connectTo(server, key)
    const lasting = await Promise.all(
      [1, 2, 3].map(() => transport.spawn(['sleep', '1000'], { stdin: false })),
    )
    const fourth = transport.spawn(['sleep', '1000'], { deadline: 1_500 })
    expect(await failureOf(fourth)).toMatchObject({ code: 'timeout' })
    expect(text((await transport.exec(['echo', 'still'])).stdout)).toBe('still\n')
    expect((await transport.readFile('/proc/stat')).length).toBeGreaterThan(100)
    await lasting[0]!.end()
    const next = await transport.spawn(['sleep', '1000'])
    await next.end()
    await transport.close()
  })
})

describe('many at the same time', () => {
  it('50 connections get through MaxStartups', { timeout: 120_000 }, async () => {
    // More than four at once are dropped, and with two strangers in the middle of it some of ours as well.
    const server = await startSshd({ config: { MaxStartups: '3:50:5', MaxSessions: '10' } })
    const key = server.authorize('id')
    const connecting = Array.from({ length: 50 }, () => connectTo(server, key))
    const settled = await Promise.allSettled(connecting)
    const failed = settled
      .filter((result) => result.status === 'rejected')
      .map(({ reason }) => String(reason))
    expect(failed).toEqual([])
    await until(() => server.log.split('Accepted publickey').length - 1 >= 50)
    for (const result of settled) if (result.status === 'fulfilled') await result.value.close()
    await server.close()
  })
})
