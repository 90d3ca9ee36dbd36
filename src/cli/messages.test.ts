import * as v from 'valibot'
import { beforeEach, describe, expect, it } from 'vitest'
import { startSimulatedHost } from '../simulator/simulated-host'
import { until } from '../../tests/support/poll'
import { lines, useProgram, type Run } from './testing/program'
import { useSimulatedHost } from './testing/simulated'

const program = useProgram()
const { xcpDiag } = program

const queueShape = v.strictObject({
  time: v.number(),
  host: v.string(),
  bus: v.string(),
  queue: v.string(),
  service: v.nullable(v.string()),
  listener: v.looseObject({ kind: v.string() }),
  depth: v.number(),
  oldestAt: v.nullable(v.number()),
  sent: v.number(),
})
const waitingShape = v.looseObject({
  queue: v.string(),
  method: v.nullable(v.string()),
  age: v.number(),
  payload: v.string(),
})
const messageShape = v.looseObject({
  time: v.number(),
  host: v.string(),
  bus: v.nullable(v.string()),
  status: v.optional(v.nullable(v.picklist(['pending', 'answered', 'failed', 'lost']))),
  kind: v.optional(v.string()),
  message: v.optional(v.string()),
  answers: v.optional(v.string()),
  latency: v.optional(v.number()),
  method: v.optional(v.nullable(v.string())),
  size: v.optional(v.number()),
  body: v.optional(v.unknown()),
  gap: v.optional(v.object({ count: v.nullable(v.number()), reason: v.string() })),
})
const readAs = <S extends v.GenericSchema>(shape: S, run: Run): v.InferOutput<S>[] =>
  lines(run).map((line) => v.parse(shape, JSON.parse(line)))

describe('a host whose storage service never started', () => {
  const host = useSimulatedHost((directory) => startSimulatedHost({ directory, scenario: 'deadlock' }))
  beforeEach(() => host.admit(program))

  it('is shown with its queues', async () => {
    const run = xcpDiag('queues', host.target())
    expect(await run.code, run.err()).toBe(0)
    expect(run.out()).toMatch(/^queue +service +listener +waiting +oldest +sent$/m)
    expect(run.out()).toMatch(/^org\.xen\.xapi\.storage +storage +never started +[1-9]\d* +\d+/m)
    expect(run.out()).toMatch(/^org\.xen\.xapi\.networkd +networkd +listening +\d+ /m)
    expect(run.out()).toMatch(/replies to a caller/)
  })

  it('lists the messages that wait and match a filter', async () => {
    const filter = 'queue:org.xen.xapi.storage* kind:request status:pending age:>100ms method:VDI.*'
    const table = xcpDiag('queues', host.target(), '--filter', filter)
    expect(await table.code, table.err()).toBe(0)
    expect(table.out()).toMatch(/^ *\d+ \w+ .*org\.xen\.xapi\.storage +\d+ +request +\S+ +VDI\.attach2/m)
    expect(table.out()).not.toContain('SR.stat')
    const json = xcpDiag('queues', host.target(), '--json', '--filter', 'params.dbg:* -method:VDI.*')
    expect(await json.code, json.err()).toBe(0)
    const found = readAs(waitingShape, json)
    expect(found.map(({ method }) => method)).toContain('SR.stat')
    expect(found.every(({ payload }) => payload.includes('"dbg"'))).toBe(true)
    expect(found.map(({ age }) => age)).toEqual(found.map(({ age }) => age).sort((a, b) => b - a))
    const none = xcpDiag('queues', host.target(), '--json', '--filter', 'method:nothing')
    expect([await none.code, none.out()]).toEqual([0, ''])
  })

  it('is read again and again until it is interrupted', async () => {
    const run = xcpDiag('queues', host.target(), '--follow', '--json')
    const times = (): number[] => [...new Set(readAs(queueShape, run).map(({ time }) => time))]
    await until(() => times().length >= 3, run.err)
    run.child.kill('SIGINT')
    expect(await run.code).toBe(130)
    const rows = readAs(queueShape, run)
    for (const time of times()) {
      const names = rows.filter((row) => row.time === time).map(({ queue }) => queue)
      expect(new Set(names).size).toBe(names.length)
      expect(names).toContain('org.xen.xapi.storage')
    }
    const text = xcpDiag('queues', host.target(), '--follow')
    await until(() => lines(text).filter((line) => line.startsWith('message-switch')).length >= 2, text.err)
    expect(text.out()).not.toContain('\u001b')
  })

  it('shows which calls are pending', async () => {
    const run = xcpDiag(
      'messages',
      host.target(),
      '--json',
      '--filter',
      'kind:request service:storage status:pending',
    )
    expect(await run.code, run.err()).toBe(0)
    const calls = readAs(messageShape, run).filter(({ gap }) => !gap)
    expect(calls.length).toBeGreaterThan(0)
    expect(new Set(calls.map(({ status }) => status))).toEqual(new Set(['pending']))
    expect(calls.map(({ method }) => method)).toContain('VDI.attach2')
  })
})

describe('a host with messages', () => {
  const host = useSimulatedHost((directory) => startSimulatedHost({ directory, messagesPerSecond: 100 }))
  beforeEach(() => host.admit(program))

  it('shows them as a table', async () => {
    const run = xcpDiag('messages', host.target(), '--lines', '50')
    expect(await run.code, run.err()).toBe(0)
    const [header, ...rows] = lines(run)
    expect(header).toMatch(/^time +kind +service +method +from -> to +latency +status +size$/)
    expect(rows.length).toBeGreaterThanOrEqual(50)
    expect(run.out()).toMatch(
      /^\d\d:\d\d:\d\d\.\d{3} {2}response +\S+ +\S+ +\S+ -> \S+ +[\d.]+ [mµ]?s +answered +\d+/m,
    )
  })

  it('follows in JSON: every message once, responses with their latency, payloads as they came', async () => {
    const run = xcpDiag('messages', host.target(), '--json', '--follow', '--lines', '0')
    await until(() => lines(run).length > 400, run.err)
    run.child.kill('SIGINT')
    expect(await run.code).toBe(130)
    const rows = readAs(messageShape, run).filter(({ gap }) => !gap)
    const ids = rows.map(({ message }) => message)
    expect(new Set(ids).size).toBe(ids.length)
    const asked = new Map(rows.map((row) => [row.message, row]))
    const pairs = rows.flatMap((row) => {
      const request = row.kind === 'response' && asked.get(row.answers)
      return request ? [{ request, response: row }] : []
    })
    expect(pairs.length).toBeGreaterThan(100)
    for (const { request, response } of pairs) {
      expect(response.method).toBe(request.method)
      expect(response.latency).toBeGreaterThan(0)
      expect(Math.abs(response.time - request.time - (response.latency ?? NaN))).toBeLessThanOrEqual(2)
    }
    expect(
      rows.every(({ kind, status }) => kind !== 'response' || status === 'answered' || status === 'failed'),
    ).toBe(true)
    const bodies = rows.filter(({ body }) => typeof body === 'object' && body !== null)
    expect(bodies.length).toBeGreaterThan(rows.length / 2)
  })
})

describe('a host with more messages than can be seen', () => {
  const host = useSimulatedHost((directory) => startSimulatedHost({ directory, scenario: 'busy' }))
  beforeEach(() => host.admit(program))

  it('has the missing ones among the others', async () => {
    const run = xcpDiag('messages', host.target(), '--json', '--follow')
    await until(() => run.out().includes('"gap":'), run.err, 30_000)
    run.child.kill('SIGINT')
    await run.code
    const gaps = readAs(messageShape, run).flatMap(({ gap }) => (gap ? [gap] : []))
    expect(gaps.every(({ count }) => count !== null && count > 0)).toBe(true)
    const text = xcpDiag('messages', host.target(), '--follow')
    await until(() => /--- \d+ events missing.*---$/m.test(text.out()), text.err, 30_000)
    text.child.kill('SIGINT')
    expect(await text.code).toBe(130)
  })
})

describe('a machine without a message bus', () => {
  it('says so', async () => {
    for (const command of ['queues', 'messages']) {
      const run = xcpDiag(command, 'local')
      expect(await run.code).toBe(1)
      expect(run.err()).toContain('No message-switch at')
    }
  })
})
