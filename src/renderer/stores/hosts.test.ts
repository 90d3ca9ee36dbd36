import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { DiagnosticError } from '@shared/errors'
import { hostNamed } from '../test-engine'
import { createTestApp, type TestApp } from '../test-app'
import { hostLight } from './host-light'
import { useHosts } from './hosts'
import { useProblems } from './problems'

let app: TestApp
beforeEach(() => (app = createTestApp('#/overview?host=b')))
afterEach(() => {
  app.close()
  vi.unstubAllGlobals()
})
const told = (...hosts: Parameters<typeof hostNamed>[]) =>
  vi.waitFor(() => {
    expect(app.engine.wanted('hosts.watch')).toHaveLength(1)
    app.engine.push(
      'hosts.watch',
      hosts.map((host) => hostNamed(...host)),
    )
  })

describe('hosts', () => {
  it('are those the engine tells; the address chooses one, and the keys go round', async () => {
    const hosts = app.run(useHosts)
    expect(hosts.list).toBeNull()
    await told(['a'], ['b'], ['c'])
    await vi.waitFor(() => expect(hosts.selectedId).toBe('b'))
    hosts.selectNext(1)
    expect(hosts.selectedId).toBe('c')
    hosts.selectNext(1)
    expect(hosts.selectedId).toBe('a')
    hosts.selectNext(-1)
    expect(hosts.selectedId).toBe('c')
    expect(location.hash).toBe('#/overview?host=c')
  })

  it('stay shown while the engine is away, and follow it when it is back', async () => {
    const hosts = app.run(useHosts)
    await told(['a'])
    await vi.waitFor(() => expect(hosts.list).toHaveLength(1))
    app.cut()
    await vi.waitFor(() => expect(app.link.state.value.kind).toBe('waiting'))
    expect(hosts.list).toHaveLength(1)
    app.restore()
    await told(['a'], ['d'])
    await vi.waitFor(() => expect(hosts.list).toHaveLength(2))
  })

  it('say so where a request finds no connection, until that is dismissed', async () => {
    const hosts = app.run(useHosts)
    const problems = app.run(useProblems)
    await told(['a'])
    app.cut()
    await vi.waitFor(() => expect(app.link.client.value).toBeNull())
    await hosts.connect('a')
    expect(hosts.failure?.code).toBe('connection-lost')
    const request = problems.list.find(({ key }) => key === 'request')
    expect(request?.title).toBe('The last request failed')
    request?.dismiss?.()
    expect(problems.list.map(({ key }) => key)).toEqual(['engine'])
  })

  it('ask the engine to connect', async () => {
    const hosts = app.run(useHosts)
    await told(['a'])
    await hosts.connect('a')
    expect(app.engine.called).toEqual([{ name: 'hosts.connect', params: { host: 'a' } }])
  })
})

describe('problems', () => {
  it('are none while all is well or only switched off', async () => {
    const problems = app.run(useProblems)
    await told(['a'], ['b', { state: 'disconnected' }], ['c', { state: 'connecting' }])
    await vi.waitFor(() => expect(app.run(useHosts).list).toHaveLength(3))
    expect(problems.list).toEqual([])
  })

  it('are failed, lost and silent hosts, worst and oldest first, with cause and hint', async () => {
    const problems = app.run(useProblems)
    const cause = { code: 'unreachable', message: 'No route.', hint: 'Check the cable.' } as const
    const error = { code: 'connection-lost', message: 'Could not connect.', where: 'd:22', cause } as const
    await told(
      ['a', { state: 'stale', since: 5 }],
      ['b', { state: 'reconnecting', stage: 'resolve', since: 3 }],
      ['c', { state: 'failed', since: 9 }],
      ['d', { state: 'failed', since: 4, stage: 'connect', error }],
    )
    await vi.waitFor(() => expect(problems.list).toHaveLength(4))
    expect(problems.list.map((problem) => `${problem.severity} ${problem.title}`)).toEqual([
      'red d: cannot be reached at "connect"',
      'red c: cannot be reached',
      'amber b: lost, reconnecting at "resolve"',
      'amber a: sends no samples',
    ])
    expect(problems.list[0]).toMatchObject({
      detail: 'Could not connect. No route. (d:22)',
      hint: 'Check the cable.',
      since: 4,
    })
  })

  it('are what is wrong on a host that answers, which then is not green', async () => {
    const problems = app.run(useProblems)
    const trouble = {
      severity: 'red',
      since: 7,
      title: 'storage never started',
      detail: 'x',
      view: 'queues',
    } as const
    await told(['a', { lastSampleAt: Date.now(), troubles: [trouble] }])
    await vi.waitFor(() => expect(problems.list).toHaveLength(1))
    expect(problems.list[0]).toMatchObject({
      severity: 'red',
      since: 7,
      title: 'a: storage never started',
      host: 'a',
      view: 'queues',
    })
    expect(hostLight(hostNamed('a', { troubles: [trouble] }), true, true)).toEqual({
      light: 'red',
      label: 'Trouble: storage never started',
    })
  })

  it('are the lost engine and a failing list of hosts too', async () => {
    const problems = app.run(useProblems)
    await told(['a'])
    app.engine.fail('hosts.watch', new DiagnosticError('internal', 'The list broke.'))
    await vi.waitFor(() => expect(problems.list).toMatchObject([{ key: 'hosts', detail: 'The list broke.' }]))
    app.cut()
    await vi.waitFor(() => expect(problems.list[0]).toMatchObject({ key: 'engine', severity: 'amber' }))
    expect(problems.list[0]!.since).not.toBeNull()
  })
})

describe('lights', () => {
  it('are green for a live host only, and never without the engine', () => {
    const states = ['disconnected', 'connecting', 'live', 'stale', 'reconnecting', 'failed'] as const
    const lights = states.map((state) => hostLight(hostNamed('a', { state }), true, true).light)
    expect(lights).toEqual(['off', 'busy', 'green', 'stale', 'amber', 'red'])
    for (const state of states) expect(hostLight(hostNamed('a', { state }), false, true).light).toBe('stale')
    expect(hostLight(hostNamed('a'), true, false)).toEqual({ light: 'stale', label: 'Stale' })
  })
})
