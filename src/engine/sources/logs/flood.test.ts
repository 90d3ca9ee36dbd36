import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { faults, LogTest } from '../../../../tests/support/log-test'
import { until } from '../../../../tests/support/poll'
import { startSshd, type TestSshd } from '../../../../tests/support/sshd'
import { createLocalTransport } from '../../transports/local'
import { connectTo } from '../../transports/ssh/testing/connecting'
import type { Transport } from '../../transports/transport'

/** Seconds of 100,000 lines each; 60 for the whole of what reliability.md asks for. */
const seconds = Number(process.env['LOG_FLOOD_SECONDS'] ?? 3)
const lines = seconds * 100_000

describe.each([
  { name: 'SFTP', isRemote: true },
  { name: 'this machine', isRemote: false },
])('100,000 lines a second by $name', { timeout: 120_000 + seconds * 10_000 }, ({ isRemote }) => {
  let server: TestSshd | null = null
  let transport: Transport
  beforeAll(async () => {
    if (isRemote) server = await startSshd()
    transport = server === null ? createLocalTransport() : await connectTo(server, server.authorize('id'))
  })
  afterAll(async () => {
    await transport.close()
    await server?.close()
  })

  it('are accounted exactly, through rotation and beyond what the store can keep', async () => {
    // A third of the rows has to leave.
    const bytes = (lines * 100 * 2) / 3
    const test = new LogTest({}, bytes)
    onTestFinished(() => test.close())
    await test.write('messages', { lines: 1, burst: 1 })
    await test.open(transport)
    await until(() => test.last('messages') === 0)
    const begun = performance.now()
    const writing = test.write('messages', {
      lines: lines - 1,
      first: 1,
      burst: 5_000,
      pause: 50,
      pad: 60,
      rotate: 120_000,
    })
    await until(
      () => test.last('messages') === lines - 1,
      () => `all lines, not ${test.last('messages')}`,
      100_000 + seconds * 10_000,
    )
    await writing
    const spent = (performance.now() - begun) / 1_000
    const account = test.stream('messages')?.account
    expect(account).toMatchObject({ received: lines, lost: 0, lossUnknown: false })
    const numbers = test.numbers('messages')
    expect(numbers.length + (account?.dropped ?? 0)).toBe(lines)
    expect(faults(numbers, lines, account?.dropped)).toEqual([])
    expect(test.store.used).toBeLessThan(bytes * 1.1)
    if (process.env['LOG_FLOOD_SECONDS'] === undefined) return
    const memory = process.memoryUsage()
    process.stdout.write(
      `${isRemote ? 'SFTP' : 'local'}: ${lines} lines in ${spent.toFixed(1)} s, ${Math.round(lines / spent)} a second; ` +
        `${numbers.length} kept, ${account?.dropped ?? NaN} let go, ${account?.lost ?? NaN} lost; ` +
        `store ${(test.store.used / 2 ** 20).toFixed(0)} of ${(bytes / 2 ** 20).toFixed(0)} MiB, ` +
        `external ${((memory.external + memory.arrayBuffers) / 2 ** 20).toFixed(0)} MiB\n`,
    )
  })
})
