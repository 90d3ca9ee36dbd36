import { execFileSync } from 'node:child_process'
import { appendFileSync, renameSync, writeFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { faults, LogTest } from '../../../../tests/support/log-test'
import { until } from '../../../../tests/support/poll'
import { createLocalTransport } from '../../transports/local'
import type { Transport } from '../../transports/transport'

const lines = (from: number, count: number): string =>
  Array.from({ length: count }, (_, at) => `Nov 22 14:00:00 host app[1]: n=${from + at} line\n`).join('')

describe('older rows', { timeout: 60_000 }, () => {
  let transports: Transport[] = []
  let test: LogTest
  beforeEach(() => {
    test = new LogTest({ backfill: 100 })
  })
  afterEach(async () => {
    await test.close()
    for (const transport of transports.splice(0)) await transport.close()
  })
  const connect = async (): Promise<() => Promise<void>> => {
    const transport = createLocalTransport()
    transports = [...transports, transport]
    const running = await test.open(transport)
    return () => running.close()
  }
  const older = (rows: number): Promise<boolean> =>
    test.feed.olderOf(test.stream('messages')?.number ?? -1)?.(rows, AbortSignal.timeout(20_000)) ??
    Promise.resolve(false)

  it('go on in compressed files after a new connection, although those were rotated once more meanwhile', async () => {
    const path = test.path('messages')
    writeFileSync(`${path}.2`, lines(0, 1_000))
    execFileSync('gzip', [`${path}.2`])
    writeFileSync(`${path}.1`, lines(1_000, 500))
    writeFileSync(path, lines(1_500, 150))
    const disconnect = await connect()
    await until(() => test.last('messages') === 1_649)
    expect(await older(200)).toBe(true)
    expect(await older(500)).toBe(true)
    expect(await older(300)).toBe(true)
    expect(test.numbers('messages')[0]).toBe(700)
    await disconnect()

    renameSync(`${path}.2.gz`, `${path}.3.gz`)
    execFileSync('gzip', [`${path}.1`])
    renameSync(`${path}.1.gz`, `${path}.2.gz`)
    renameSync(path, `${path}.1`)
    writeFileSync(path, lines(1_650, 50))
    await connect()
    await until(
      () => test.last('messages') === 1_699,
      () => `the last is ${test.last('messages')}`,
    )
    expect(await older(400)).toBe(true)
    expect(test.numbers('messages')[0]).toBe(300)
    expect(await older(2_000)).toBe(true)
    expect(await older(10)).toBe(false)
    expect(faults(test.numbers('messages'), 1_700)).toEqual([])
    appendFileSync(path, lines(1_700, 1))
    await until(() => test.last('messages') === 1_700)
  })
})
