import { afterEach, beforeEach, expect, it } from 'vitest'
import { faults, LogTest } from '../../../../tests/support/log-test'
import { until } from '../../../../tests/support/poll'
import { createLocalTransport } from '../../transports/local'
import type { Transport } from '../../transports/transport'

let transport: Transport
let test: LogTest
beforeEach(() => {
  transport = createLocalTransport()
  test = new LogTest()
})
afterEach(async () => {
  await test.close()
  await transport.close()
})

it(
  'a writer that rotates files away before they are read leaves a gap, never silence',
  { timeout: 60_000 },
  async () => {
    await test.write('messages', { lines: 10, burst: 10 })
    await test.open(transport)
    await until(() => test.last('messages') === 9)
    await test.write('messages', { lines: 30_000, burst: 500, rotate: 1_000, first: 10 })
    await until(() => test.last('messages') === 30_009)
    expect(test.numbers('messages').length).toBeLessThan(30_000)
    expect(faults(test.numbers('messages'), 30_010)).toEqual([])
    expect(test.stream('messages')?.account.lossUnknown).toBe(true)
  },
)
