import type { RowBatch, RowStreamInfo, ViewUpdate } from '@shared/model/rows'
import { getActivePinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createSSRApp } from 'vue'
import { renderToString } from 'vue/server-renderer'
import { linkKey } from '../../link/link'
import { useDetails } from '../../stores/details'
import { useHosts } from '../../stores/hosts'
import { useRowChoices } from '../../stores/rows-choices'
import { useLogs } from '../../stores/rows-logs'
import { createTestApp, type TestApp } from '../../test-app'
import { hostNamed } from '../../test-engine'
import LogNothing from './LogNothing.vue'
import { taskIdOf } from './row-text'
import { useFilterWords } from './use-filter-words'
import { createLogSession, type LogSession } from './use-log-session'
import { useLogState } from './use-log-state'

let app: TestApp
let session: LogSession
beforeEach(() => {
  app = createTestApp()
})
afterEach(() => {
  app.close()
  vi.unstubAllGlobals()
})
const becomes = (check: () => void): Promise<void> => vi.waitFor(check, { timeout: 10_000 })

const noRows: RowBatch = {
  from: 0,
  streams: new Uint32Array(0),
  sequences: new Float64Array(0),
  times: new Float64Array(0),
  levels: new Uint8Array(0),
  flags: new Uint8Array(0),
  marks: new Uint8Array(0),
  lengths: new Uint32Array(0),
  ends: new Uint32Array(0),
  text: new Uint8Array(0),
}
const update = (changes: Partial<ViewUpdate> = {}): ViewUpdate => ({
  view: '11111111-1111-4111-8111-111111111111',
  revision: 0,
  first: 0,
  end: 0,
  looked: 0,
  rows: 0,
  used: 0,
  limit: 1,
  streams: [],
  notices: [],
  error: null,
  stopped: null,
  tail: noRows,
  ...changes,
})
const stream: RowStreamInfo = {
  number: 1,
  host: 'a',
  name: '/var/log/messages',
  format: 'rfc3164',
  received: 10,
  fetched: 0,
  dropped: 0,
  lost: 0,
  lossUnknown: false,
  hasOlder: false,
}

/** The shared parts of a logs view, in a page that is rendered as text. */
async function open(): Promise<{
  words: ReturnType<typeof useFilterWords>
  state: ReturnType<typeof useLogState>
}> {
  const parts: { words?: ReturnType<typeof useFilterWords>; state?: ReturnType<typeof useLogState> } = {}
  app.run(useDetails)
  app.run(() => {
    session = createLogSession(taskIdOf, useLogs())
    parts.state = useLogState(session)
    parts.words = useFilterWords(session)
  })
  const { words, state } = parts
  if (!words || !state) throw new Error('not set up')
  await becomes(() => expect(app.engine.wanted('hosts.watch')).toHaveLength(1))
  return { words, state }
}
async function withHost(changes: Parameters<typeof hostNamed>[1] = {}): Promise<void> {
  app.engine.push('hosts.watch', [hostNamed('a', changes), hostNamed('b')])
  await becomes(() => expect(app.run(useHosts).selectedId).toBe('a'))
  await becomes(() => expect(app.engine.wanted('rows.view').length).toBeGreaterThan(1))
}
const asked = () => app.engine.wanted('rows.view').map(({ selection }) => selection)

describe('what the logs view asks for', () => {
  it('is the host that is looked at, then those that were added, without streams that are off', async () => {
    await open()
    await withHost()
    const logs = app.run(useLogs)
    expect(asked().map(({ hosts }) => hosts)).toContainEqual(['a'])
    logs.toggleHost('b')
    await becomes(() => expect(logs.selection).toMatchObject({ hosts: [] }))
    logs.toggleHost('b')
    expect(logs.selection).toMatchObject({ hosts: ['a'] })
    logs.toggleHost('a')
    expect(logs.selection).toBeNull()
    logs.toggleHost('b')
    expect(logs.selection).toMatchObject({ hosts: ['b'] })
    logs.toggleStream(7)
    expect(logs.selection).toMatchObject({ without: [7] })
  })

  it('is the last filter that could be read; what is typed is tried beside it', async () => {
    const { words } = await open()
    await withHost()
    const logs = app.run(useLogs)
    logs.apply('failed')
    await becomes(() => expect(asked().map(({ filter }) => filter)).toContain('failed'))
    logs.draft = 'failed level:>=error'
    await becomes(() => expect(logs.hitSelection).toMatchObject({ filter: 'failed level:>=error' }))
    expect(logs.selection).toMatchObject({ filter: 'failed' })
    logs.draft = 'failed level:>=('
    await becomes(() => expect(words.error.value).not.toBeNull())
    expect(words.said.value).toMatchObject({ tone: 'error' })
    expect(words.said.value?.text).toContain('“failed” goes on')
    expect(logs.apply()).toBe(false)
    expect(logs.selection).toMatchObject({ filter: 'failed' })
  })

  it('marks instead of hiding where the person wants that, and remembers it', async () => {
    await open()
    await withHost()
    const logs = app.run(useLogs)
    logs.apply('failed')
    app.run(useRowChoices).choose({ mode: 'highlight' })
    expect(logs.selection).toMatchObject({ filter: '' })
    expect(logs.marked).toBe('failed')
    await becomes(() => expect(app.storage.get('xcp-diag.logs')).toContain('"mode":"highlight"'))
    expect(app.storage.get('xcp-diag.logs')).toContain('"history":["failed"]')
  })

  it('takes values of rows and ranges of time into the filter', () => {
    const logs = app.run(useLogs)
    logs.applyTerm('process', 'xapi', 'include')
    logs.applyTerm('task', 'VM.start R:1', 'exclude')
    expect(logs.applied).toBe('process=xapi -task="VM.start R:1"')
    logs.apply('a or b')
    logs.limitTime(0, 1_000)
    expect(logs.applied).toBe('(a or b) time:[1970-01-01T00:00:00.000Z to 1970-01-01T00:00:01.000Z]')
    logs.limitTime(1_000, 2_000)
    expect(logs.applied.match(/time:/g)).toHaveLength(1)
  })
})

describe('a logs view without rows', () => {
  it('says why: not connected, no log that can be read, nothing that matches, streams off', async () => {
    const { state } = await open()
    await withHost({ state: 'failed' })
    app.engine.push('rows.view', update())
    await becomes(() => expect(state.value).toMatchObject({ title: 'Not connected', act: 'connect' }))

    app.engine.push('hosts.watch', [hostNamed('a'), hostNamed('b')])
    await becomes(() => expect(state.value).toMatchObject({ title: 'No logs yet' }))
    const detail = 'Permission denied: add the user to the group adm.'
    const finding = { source: 'logs', subject: 'files', available: false, detail }
    const unknown = { hostname: null, operatingSystem: null, kernel: null, architecture: null, cores: null }
    const rest = { processor: null, memory: null, bootedAt: null, virtualization: null, timeZone: null }
    await becomes(() => expect(app.engine.wanted('host.details')).toHaveLength(1))
    app.engine.push('host.details', { facts: { ...unknown, ...rest }, findings: [finding], connection: null })
    await becomes(() => expect(state.value?.findings).toHaveLength(1))
    expect(await shown()).toContain(detail)

    app.run(useLogs).apply('nothing like that')
    await becomes(() => expect(asked().map(({ filter }) => filter)).toContain('nothing like that'))
    app.engine.push('rows.view', update({ streams: [stream], looked: 10, rows: 10 }))
    await becomes(() => expect(state.value).toMatchObject({ title: 'No row matches', act: 'clear' }))
    expect(await shown()).toMatch(/None of 10 rows matches “nothing like that”/)

    app.engine.push('rows.view', update({ streams: [stream], looked: 4, rows: 10 }))
    await becomes(() => expect(state.value?.title).toBe('Searching …'))
    app.engine.push('rows.view', update({ streams: [stream], end: 3, looked: 10, rows: 10 }))
    await becomes(() => expect(state.value).toBeNull())

    async function shown(): Promise<string> {
      const page = createSSRApp(LogNothing, { state: state.value })
      const pinia = app.run(() => getActivePinia())
      if (pinia) page.use(pinia)
      page.provide(linkKey, app.link)
      return (await renderToString(page)).replace(/<[^>]*>/g, '|')
    }
  })

  it('waits for the engine where there is none', async () => {
    const { state } = await open()
    app.cut()
    await becomes(() =>
      expect(state.value).toMatchObject({ title: 'No connection to the engine', act: 'retry' }),
    )
  })
})

it('the filter box counts, and says that a filter was too slow', async () => {
  const { words } = await open()
  await withHost()
  app.run(useLogs).apply('slow')
  await becomes(() => expect(asked().map(({ filter }) => filter)).toContain('slow'))
  app.engine.push('rows.view', update({ streams: [stream], end: 1_204, looked: 5_000, rows: 10_000 }))
  await becomes(() => expect(words.count.value).toBe('1,204 matches 50 % searched'))
  app.engine.push(
    'rows.view',
    update({ streams: [stream], end: 2, looked: 5_000, rows: 10_000, stopped: 'The filter is too slow.' }),
  )
  await becomes(() => expect(words.count.value).toBe('2 matches of 10,000'))
  expect(words.said.value).toEqual({ text: 'The filter is too slow.', tone: 'warning' })
})
