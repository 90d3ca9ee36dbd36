import { appendFileSync, writeFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { LogTest } from '../../../../tests/support/log-test'
import { until } from '../../../../tests/support/poll'
import { systemClock } from '../../clock'
import { RowQueries } from '../../row-queries'
import { createLocalTransport } from '../../transports/local'
import type { Transport } from '../../transports/transport'

describe('the format of a log', { timeout: 60_000 }, () => {
  let transport: Transport
  let test: LogTest
  let queries: RowQueries
  beforeEach(() => {
    transport = createLocalTransport()
    test = new LogTest()
    queries = new RowQueries(test.feed, systemClock)
  })
  afterEach(async () => {
    await test.close()
    await transport.close()
  })

  const stream = (name: string): number => test.stream(name)?.number ?? -1
  const fieldsOf = (name: string, sequence: number): Record<string, string> =>
    Object.fromEntries(
      queries
        .details({ stream: stream(name), sequence })
        .fields.map((field): [string, string] => [field.name, field.value]),
    )
  const come = (name: string, rows: number): Promise<void> =>
    until(
      () => test.rows(name).length === rows,
      () => `${rows} rows, not ${test.rows(name).length}`,
    )

  it('is chosen by looking, and can be chosen by a person: also for rows that are there', async () => {
    const start = Date.now() - 1_000_000
    const line = (at: number): string =>
      `${JSON.stringify({ when: 'x', ts: start + at * 1_000, level: 'error', msg: `n=${at}` })}\n`
    writeFileSync(test.path('app.log'), Array.from({ length: 40 }, (_, at) => line(at)).join(''))
    await test.open(transport)
    await come('app.log', 40)
    expect(test.stream('app.log')?.format.name).toBe('json')
    expect(test.rows('app.log')[7]).toMatchObject({ time: start + 7_000, level: 3 })

    await queries.readAs({ stream: stream('app.log'), format: 'plain' })
    expect(test.feed.chosenOf(stream('app.log'))).toBe('plain')
    expect(fieldsOf('app.log', 7)).not.toHaveProperty('msg')
    appendFileSync(test.path('app.log'), line(40))
    await come('app.log', 41)
    expect(fieldsOf('app.log', 40)).not.toHaveProperty('msg')
    const detailsOf = (sequence: number): ReturnType<RowQueries['details']> =>
      queries.details({ stream: stream('app.log'), sequence })
    // Without a time it stands where it came.
    expect(detailsOf(7)).toMatchObject({ flags: 4, time: start + 7_000 })
    expect(detailsOf(40)).toMatchObject({ flags: 4, level: 15 })
    expect(detailsOf(40).timeNote).toMatch(/no time of its own/)

    await queries.readAs({ stream: stream('app.log'), format: null })
    expect(test.feed.chosenOf(stream('app.log'))).toBeNull()
    expect(fieldsOf('app.log', 40)).toMatchObject({ text: '"n=40"', level: '"error"' })
    expect(test.rows('app.log').map(({ time }) => time)).toEqual(
      Array.from({ length: 41 }, (_, at) => start + at * 1_000),
    )
  })

  it('that was chosen holds for the next connection, and for older rows', async () => {
    const lines = Array.from({ length: 3_000 }, (_, at) => `{"severity":"warning","n":"n=${at}"}\n`)
    writeFileSync(test.path('app.log'), lines.join(''))
    const running = await test.open(transport)
    await come('app.log', 1_000)
    await queries.readAs({ stream: stream('app.log'), format: 'plain' })
    await running.close()
    await test.open(transport)
    appendFileSync(test.path('app.log'), '{"severity":"warning","n":"n=3000"}\n')
    await come('app.log', 1_001)
    expect(test.stream('app.log')?.format.name).toBe('plain')
    await queries.older({ stream: stream('app.log'), rows: 500 }, AbortSignal.timeout(20_000))
    expect(test.rows('app.log')).toHaveLength(1_501)
    expect(fieldsOf('app.log', -500)).not.toHaveProperty('n')
    await queries.readAs({ stream: stream('app.log'), format: 'json' })
    expect(fieldsOf('app.log', -500)).toMatchObject({ n: '"n=1500"' })
    expect(test.rows('app.log').every(({ level }) => level === 4)).toBe(true)
  })

  it('of messages and of the journal cannot be chosen, which is said', async () => {
    const { number } = test.store.open(
      { host: 'h', kind: 'messages', name: 'bus' },
      {
        name: 'message',
        multiline: false,
        escapes: true,
        head: () => undefined,
        field: () => () => undefined,
        fields: () => ({}),
      },
    )
    await expect(queries.readAs({ stream: number, format: 'json' })).rejects.toMatchObject({
      code: 'not-supported',
      where: 'bus',
    })
  })

  it('tells what of its time a line does not say itself', async () => {
    const date = new Date(Date.now() - 3_600_000)
    const [, month = '', day = ''] = /^\w+ (\w+) (\d+)/.exec(date.toString()) ?? []
    const stamp = `${month} ${String(Number(day)).padStart(2)} ${date.toTimeString().slice(0, 8)}`
    writeFileSync(
      test.path('user.log'),
      [
        `${stamp} host app: n=0`,
        `${date.toISOString()} host app: n=1`,
        `${new Date(date.getTime() - 600_000).toISOString()} host app: n=2`,
      ].join('\n') + '\n',
    )
    writeFileSync(test.path('alternatives.log'), 'run with --install n=0\nlink updated n=1\n')
    await test.open(transport)
    await come('user.log', 3)
    await come('alternatives.log', 2)
    const noteOf = (name: string, sequence: number): [number, string | null] => {
      const { flags, timeNote } = queries.details({ stream: stream(name), sequence })
      return [flags, timeNote]
    }
    expect(noteOf('user.log', 0)).toEqual([
      0,
      expect.stringMatching(/names no year: .* names no zone: it is read in the host’s, \S+\.$/),
    ])
    expect(noteOf('user.log', 1)).toEqual([0, null])
    expect(noteOf('user.log', 2)).toEqual([
      4,
      expect.stringMatching(/^Its own time is not between those of the rows around it/),
    ])
    expect(noteOf('alternatives.log', 1)).toEqual([4, expect.stringMatching(/no time of its own/)])
  })

  it('JSON tells integers with all their digits', async () => {
    const big = '{"id":12345678901234567890,"list":[{"n":-9007199254740993}],"small":1.5,"msg":"n=0"}\n'
    writeFileSync(test.path('app.log'), big.repeat(20))
    await test.open(transport)
    await come('app.log', 20)
    expect(fieldsOf('app.log', 3)).toMatchObject({
      id: '12345678901234567890',
      list: '[{"n":-9007199254740993}]',
      small: '1.5',
    })
  })
})
