import type { BusSummary, QueueSummary, ServiceSummary } from '@shared/model/messages'
import { getActivePinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createSSRApp, type Component } from 'vue'
import { renderToString } from 'vue/server-renderer'
import { linkKey } from '../../link/link'
import { useDetails } from '../../stores/details'
import { useHosts } from '../../stores/hosts'
import { useMessageBuses, useMessageChoices, type MessageBuses } from '../../stores/messages'
import { createTestApp, type TestApp } from '../../test-app'
import { hostNamed } from '../../test-engine'
import QueueList from '../queues/QueueList.vue'
import WaitingList from '../queues/WaitingList.vue'
import PayloadView from './PayloadView.vue'
import ServiceTable from './ServiceTable.vue'
import { columnsOf, useLatency } from './use-latency'
import { useMessageState } from './use-message-state'
import { usePayload } from './use-payload'

/** Parts of the views as the text they show, on the real stores and link. */
let app: TestApp
const answers: Record<string, (params: unknown) => unknown> = {}
beforeEach(() => {
  for (const name of Object.keys(answers)) Reflect.deleteProperty(answers, name)
  app = createTestApp('', {
    'rows.details': (params) => answers['rows.details']?.(params),
    'messages.payload': (params) => answers['messages.payload']?.(params),
    'messages.latency': (params) => answers['messages.latency']?.(params),
  })
})
afterEach(() => {
  app.close()
  vi.unstubAllGlobals()
})
const becomes = (check: () => void): Promise<void> => vi.waitFor(check, { timeout: 10_000 })

async function html(component: Component, props: Record<string, unknown>): Promise<string> {
  const page = createSSRApp(component, props)
  const pinia = app.run(() => getActivePinia())
  if (pinia) page.use(pinia)
  page.provide(linkKey, app.link)
  return renderToString(page)
}
const textOf = (page: string): string =>
  page
    .replace(/<!--.*?-->/g, '')
    .replace(/<[^>]*>/g, '|')
    .replace(/\|[|\s]*/g, '|')
    .replaceAll('\u00a0', ' ')

const queue = (name: string, changes: Partial<QueueSummary> = {}): QueueSummary => ({
  name,
  service: null,
  listener: { kind: 'listening' },
  depth: 0,
  oldestAt: null,
  sent: 0,
  ...changes,
})
const service = (name: string, changes: Partial<ServiceSummary> = {}): ServiceSummary => ({
  name,
  listener: { kind: 'listening' },
  requests: 10,
  responses: 10,
  errors: 0,
  pending: 0,
  oldestPendingAt: null,
  latency: { count: 10, p50: 0.01, p90: 0.02, p99: 0.03, max: 0.04 },
  ...changes,
})
const bus = (changes: Partial<BusSummary> = {}): BusSummary => ({
  name: 'message-switch',
  title: 'message-switch',
  time: 1,
  queues: [
    queue('org.xen.xapi.storage', {
      depth: 2,
      oldestAt: Date.now() - 90_000,
      listener: { kind: 'never-started' },
    }),
  ],
  services: [service('storage')],
  coverage: { seen: 97, missed: 3, share: 0.97 },
  ...changes,
})

async function watching(): Promise<{ buses: MessageBuses; state: ReturnType<typeof useMessageState> }> {
  app.run(useDetails)
  const parts = app.run(() => {
    const buses = useMessageBuses()
    return { buses, state: useMessageState(buses) }
  })
  await becomes(() => expect(app.engine.wanted('hosts.watch')).toHaveLength(1))
  app.engine.push('hosts.watch', [hostNamed('a', {}), hostNamed('b', {})])
  await becomes(() => expect(app.run(useHosts).selectedId).toBe('a'))
  await becomes(() => expect(app.engine.wanted('messages.watch')).toEqual([{ host: 'a' }]))
  return parts
}

describe('the buses of a host', () => {
  it('have rates once they were told twice, and are forgotten with the host', async () => {
    const { buses } = await watching()
    app.engine.push('messages.watch', [bus()])
    await becomes(() => expect(buses.bus.value?.name).toBe('message-switch'))
    expect(buses.queues.value[0]?.rate).toBeNull()
    app.engine.push('messages.watch', [bus({ queues: [queue('org.xen.xapi.storage', { sent: 1_000 })] })])
    await becomes(() => expect(buses.queues.value[0]?.rate).toBeGreaterThan(0))
    app.run(useMessageChoices).queue = 'org.xen.xapi.storage'
    app.run(useHosts).select('b')
    expect(buses.bus.value).toBeNull()
    await becomes(() => expect(app.run(useMessageChoices).queue).toBeNull())
  })

  it('are said to be missing with what was tried', async () => {
    const { state } = await watching()
    expect(state.value?.title).toBe('Looking …')
    const none = {
      hostname: null,
      operatingSystem: null,
      kernel: null,
      architecture: null,
      cores: null,
      processor: null,
    }
    const facts = { ...none, memory: null, bootedAt: null, virtualization: null, timeZone: null }
    const finding = {
      source: 'message-switch',
      subject: 'control messages',
      available: false,
      detail: 'No socket.',
    }
    app.engine.push('host.details', { facts, findings: [finding], connection: null })
    await becomes(() =>
      expect(state.value).toMatchObject({ title: 'No control messages', findings: [finding] }),
    )
    app.engine.push('hosts.watch', [hostNamed('a', { state: 'disconnected' })])
    await becomes(() => expect(state.value).toMatchObject({ title: 'Not connected', act: 'connect' }))
    app.cut()
    await becomes(() => expect(state.value).toMatchObject({ act: 'retry' }))
  })
})

describe('lists', () => {
  it('tell who listens by word, and how long the oldest waits', async () => {
    const queues = [
      queue('org.xen.xapi.storage', {
        depth: 2,
        oldestAt: Date.now() - 90_000,
        listener: { kind: 'never-started' },
      }),
      queue('xapi:1', { listener: { kind: 'replies' } }),
      queue('xapi:2', { listener: { kind: 'replies' }, depth: 1, oldestAt: Date.now() - 90_000 }),
    ].map((one) => ({ ...one, rate: 1.25 }))
    const page = textOf(await html(QueueList, { queues, shown: null }))
    expect(page).toMatch(/storage\|never started\|depth \|2\|1\.[23]\|.*■ 1 m/)
    expect(page).toContain('xapi:2')
    expect(page).not.toContain('xapi:1')
    expect(page).toContain('Empty reply queues (1)')
    app.run(useMessageChoices).emptyReplies = true
    expect(textOf(await html(QueueList, { queues, shown: null }))).toContain('xapi:1')
  })

  it('say of figures that they are a sample', async () => {
    const services = [
      {
        ...service('storage', { pending: 3, oldestPendingAt: Date.now() - 7_000 }),
        requestRate: 3,
        errorRate: 0,
      },
    ]
    const part = textOf(await html(ServiceTable, { services, shown: null, share: 0.042 }))
    expect(part).toContain('Figures of the 4.2 % of events that were seen.')
    expect(part).toMatch(/▲ 3\|7 s/)
    expect(textOf(await html(ServiceTable, { services, shown: null, share: 1 }))).not.toContain('Figures')
  })

  it('show names of hosts as text', async () => {
    const waiting = {
      message: 'q:1',
      id: '1',
      kind: 'request' as const,
      time: Date.now(),
      from: '<b>x</b>',
      method: '<img src=x onerror=alert(1)>\u202e',
      task: null,
      ok: null,
      size: 1,
      text: '',
    }
    const page = await html(WaitingList, { messages: [waiting], shown: null, kept: null, judged: true })
    expect(page).not.toMatch(/<img|<b>/)
    expect(page).toContain('&lt;img src=x onerror=alert(1)&gt;⟨RLO⟩')
  })
})

describe('a payload', () => {
  const view = async (text: string, json = true): Promise<string> =>
    textOf(await html(PayloadView, { payload: { text, json, size: text.length, cut: false, note: null } }))

  it('is a tree with all digits, and text where it cannot be one', async () => {
    expect(await view('{"__proto__":{"a":18446744073709551617}}')).toMatch(/__proto__.*18446744073709551617/)
    const deep = await view('['.repeat(5_000) + ']'.repeat(5_000))
    expect(deep).toContain('more than 256 levels deep')
    expect(deep).toContain('[[[[')
    expect(await view('<methodCall/>', false)).toContain('This is no JSON')
    expect(await view(`"${'x'.repeat(17 * 2 ** 20)}"`)).toContain('larger than 16 MiB')
  })

  it('is the row’s, the whole one where the row’s was cut, and the cut one where that is gone', async () => {
    const head = '{"time":1,"level":6,"message":"q:1","kind":"request","id":"1","size":999,"truncated":'
    const row = (cut: boolean): unknown => {
      const text = `${head}${String(cut)},"body":{"a":"begin…"}}`
      return {
        host: 'a',
        stream: 'message-switch',
        format: 'message',
        time: 1,
        timeNote: null,
        level: 6,
        flags: 0,
        length: text.length,
        text,
        fields: [],
      }
    }
    const wanted = { host: 'a', bus: 'message-switch', message: 'q:1', row: { stream: 1, sequence: 1 } }
    answers['rows.details'] = () => row(false)
    const whole = app.run(() => usePayload(() => wanted))
    await becomes(() => expect(whole.value).toMatchObject({ text: '{"a":"begin…"}', cut: false, size: 999 }))
    expect(app.engine.called.map(({ name }) => name)).not.toContain('messages.payload')

    answers['rows.details'] = () => row(true)
    answers['messages.payload'] = () => ({ text: '{"a":"all of it"}', json: true, truncated: false })
    const fetched = app.run(() => usePayload(() => wanted))
    await becomes(() => expect(fetched.value).toMatchObject({ text: '{"a":"all of it"}', cut: false }))

    answers['messages.payload'] = () => {
      throw new Error('gone')
    }
    const rest = app.run(() => usePayload(() => wanted))
    await becomes(() => expect(rest.value).toMatchObject({ text: '{"a":"begin…"}', cut: true }))
  })
})

describe('latencies by time', () => {
  it('are asked for by whole seconds of the host’s clock', () => {
    expect(columnsOf(10_400, 70_400, 1_000)).toEqual({ from: 11_000, to: 71_000, columns: 60 })
    const few = columnsOf(0, 1_800_000, 200)
    expect((few.to - few.from) / few.columns / 1_000).toBe(9)
    expect(few.columns).toBeLessThanOrEqual(200)
  })

  it('are kept on the axis of the host, whatever its clock says', async () => {
    await watching()
    const asked: unknown[] = []
    answers['messages.latency'] = (params) => {
      asked.push(params)
      const empty = { counts: new Uint32Array(3), p50: new Float32Array(1), p99: new Float32Array(1) }
      const figures = { count: 0, p50: null, p90: null, p99: null, max: null }
      return { from: 0, to: 1, columns: 1, bounds: [1, 2], ...empty, figures, methods: ['m'], share: 1 }
    }
    const none = {
      hostname: null,
      operatingSystem: null,
      kernel: null,
      architecture: null,
      cores: null,
      processor: null,
    }
    const facts = { ...none, memory: null, bootedAt: null, virtualization: null, timeZone: null }
    const connection = {
      algorithms: [],
      crypto: 'native' as const,
      files: 'sftp' as const,
      clockOffset: 3_600_000,
      clockError: 1,
    }
    app.engine.push('host.details', { facts, findings: [], connection })
    await becomes(() => expect(app.run(useDetails).connection?.clockOffset).toBe(3_600_000))
    vi.stubGlobal('document', { hidden: false })
    const wanted = { host: 'a', bus: 'message-switch', service: 's', method: null }
    const { map } = app.run(() =>
      useLatency(
        () => wanted,
        () => 100,
      ),
    )
    await becomes(() => expect(map.value).not.toBeNull())
    const [first] = asked
    expect(first).toMatchObject({ service: 's', from: (map.value?.from ?? 0) - 3_600_000 })
    expect((map.value?.to ?? 0) % 1_000).toBe(0)
  })
})
