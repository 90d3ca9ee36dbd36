import type { ConnectionView } from '@shared/model/host'
import type { Catalogue, MetricsUpdate } from '@shared/model/metrics'
import { DiagnosticError } from '@shared/errors'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { useHosts } from '../../stores/hosts'
import { useComparison } from '../../stores/metrics-comparison'
import { useTime } from '../../stores/time'
import { createTestApp, type TestApp } from '../../test-app'
import { hostNamed } from '../../test-engine'
import { useCatalogueState } from './use-catalogue-state'
import { createExplorer, type Explorer } from './use-explorer'

let app: TestApp
let explorer: Explorer
beforeEach(() => {
  app = createTestApp()
  explorer = app.run(createExplorer)
})
afterEach(() => {
  app.close()
  vi.unstubAllGlobals()
})
const becomes = (check: () => void): Promise<void> => vi.waitFor(check, { timeout: 10_000 })

const usage = '/metrics/cpu/0/usage'
const speed = '/metrics/cpu/0/speed'
const catalogue = (revision: number, present = true): Catalogue => ({
  revision,
  classes: [
    {
      name: 'cpu',
      description: 'Cores',
      metrics: [
        { name: 'usage', units: 'ratio', description: 'Busy', type: 'gauge' },
        { name: 'speed', units: 'hertz', description: '', type: 'gauge' },
      ],
      sets: [[0, 1]],
      instances: [{ id: '0', name: 'core 0', source: 'test', present, set: 0 }],
    },
  ],
})
const update = (values: readonly number[], changes: Partial<MetricsUpdate> = {}): MetricsUpdate => ({
  reset: true,
  now: 10_000,
  unknown: [],
  chunks: values.map((value, position) => ({
    series: [position],
    interval: 1_000,
    since: 0,
    times: Float64Array.of(9_000, 10_000),
    values: Float32Array.of(value, value),
    lows: new Float32Array(),
    highs: new Float32Array(),
    seams: [],
  })),
  ...changes,
})
const unknownFacts = { hostname: null, operatingSystem: null, kernel: null, architecture: null, cores: null }
const facts = {
  ...unknownFacts,
  processor: null,
  memory: null,
  bootedAt: null,
  virtualization: null,
  timeZone: null,
}
const words = (): string[] => explorer.lines.value.map(({ state }) => state.word)
const wanted = (): { host: string; paths: string[] }[] =>
  app.engine.wanted('metrics.watch').map(({ host, paths }) => ({ host, paths }))

async function withHosts(...ids: string[]): Promise<void> {
  await becomes(() => expect(app.engine.wanted('hosts.watch')).toHaveLength(1))
  app.engine.push(
    'hosts.watch',
    ids.map((id) => hostNamed(id)),
  )
  await becomes(() => expect(app.run(useHosts).list).toHaveLength(ids.length))
}

describe('what is compared', () => {
  it('is asked for once for each host, and charts are one for each unit, or for each series', async () => {
    await withHosts('a', 'b')
    const comparison = app.run(useComparison)
    comparison.add([
      { host: 'a', path: usage },
      { host: 'b', path: usage },
      { host: 'a', path: speed },
    ])
    await becomes(() =>
      expect(wanted()).toEqual([
        { host: 'a', paths: [usage, speed] },
        { host: 'b', paths: [usage] },
      ]),
    )
    expect(words()).toEqual(['waiting', 'waiting', 'waiting'])
    await becomes(() => expect(app.engine.wanted('catalogue.watch')).toHaveLength(2))
    app.engine.push('catalogue.watch', catalogue(1))
    app.engine.push('metrics.watch', update([0.5, 2e9]))
    await becomes(() => expect(words()).toEqual(['', '', '']))
    const shown = () =>
      explorer.groups.value.map(({ title, lines }) => [title, lines.map(({ name }) => name)])
    expect(shown()).toEqual([
      ['Share', ['a: core 0 usage', 'b: core 0 usage']],
      ['Frequency', ['a: core 0 speed']],
    ])
    comparison.showEach(true)
    expect(explorer.groups.value).toHaveLength(3)
    comparison.isolate(comparison.series[2]?.key ?? '')
    expect(explorer.groups.value.map(({ title }) => title)).toEqual(['a: core 0 speed'])

    comparison.remove(comparison.series[1]?.key ?? '')
    await becomes(() => expect(wanted()).toEqual([{ host: 'a', paths: [usage, speed] }]))
  })

  it('keeps its samples to their series while others come and go', async () => {
    await withHosts('a')
    const comparison = app.run(useComparison)
    comparison.add([
      { host: 'a', path: usage },
      { host: 'a', path: speed },
    ])
    await becomes(() => expect(wanted()).toHaveLength(1))
    app.engine.push('metrics.watch', update([0.5, 2e9]))
    await becomes(() => expect(explorer.lines.value[1]?.series.values[0]).toBe(2e9))
    comparison.remove(comparison.series[0]?.key ?? '')
    // Nothing new has come yet: the old samples are still those of the metric that is left.
    expect(explorer.lines.value[0]?.series.values[0]).toBe(2e9)
    await becomes(() => expect(wanted()).toEqual([{ host: 'a', paths: [speed] }]))
    app.engine.push('metrics.watch', update([3e9]))
    await becomes(() => expect(explorer.lines.value[0]?.series.values[0]).toBe(3e9))
  })

  it('is moved onto the clock of the host that is looked at, and says where that is not known', async () => {
    await withHosts('a', 'b')
    app.run(useComparison).add([{ host: 'b', path: usage }])
    await becomes(() => expect(wanted()).toHaveLength(1))
    app.engine.push('metrics.watch', update([1]))
    await becomes(() => expect(explorer.lines.value[0]?.series.times).toHaveLength(2))
    expect(explorer.lines.value[0]?.shift).toBeNull()
    await becomes(() => expect(app.engine.wanted('host.details')).toHaveLength(2))
    // The test engine tells both hosts the same: their clocks do not differ.
    const connection: ConnectionView = {
      algorithms: [],
      crypto: 'native',
      files: 'sftp',
      clockOffset: 700,
      clockError: 1,
    }
    app.engine.push('host.details', { facts, findings: [], connection })
    await becomes(() => expect(explorer.lines.value[0]?.shift).toBe(0))
    expect([...(explorer.lines.value[0]?.series.times ?? [])]).toEqual([9_000, 10_000])
  })

  it('says what is the matter with a host or a metric that is not there', async () => {
    await withHosts('a')
    const comparison = app.run(useComparison)
    comparison.add([
      { host: 'gone', path: usage },
      { host: 'a', path: usage },
    ])
    expect(words()).toEqual(['no such host', 'waiting'])
    await becomes(() => expect(wanted()).toHaveLength(1))
    await becomes(() => expect(app.engine.wanted('catalogue.watch')).toHaveLength(1))
    app.engine.push('catalogue.watch', { revision: 1, classes: [] })
    app.engine.push('metrics.watch', update([], { unknown: [0] }))
    await becomes(() => expect(words()).toEqual(['no such host', 'unknown']))
    // It comes, and goes again.
    app.engine.push('catalogue.watch', catalogue(2))
    app.engine.push('metrics.watch', update([1]))
    await becomes(() => expect(words()).toEqual(['no such host', '']))
    app.engine.push('catalogue.watch', catalogue(3, false))
    await becomes(() => expect(words()).toEqual(['no such host', 'gone']))
    app.engine.fail('metrics.watch', new DiagnosticError('internal', 'The store is gone.'))
    await becomes(() =>
      expect(explorer.lines.value[1]?.state).toMatchObject({ word: 'error', reason: 'The store is gone.' }),
    )
  })

  it('asks for the fixed range while the time is paused', async () => {
    await withHosts('a')
    const time = app.run(useTime)
    app.run(useComparison).add([{ host: 'a', path: usage }])
    await becomes(() => expect(wanted()).toHaveLength(1))
    time.zoom({ from: 1_000_000, to: 1_060_000 })
    await becomes(() =>
      expect(app.engine.wanted('metrics.watch')).toMatchObject([{ window: 60_000, to: 1_060_000 }]),
    )
  })
})

describe('a catalogue without rows', () => {
  it('says why, and what to do', async () => {
    const state = app.run(() => useCatalogueState(explorer.catalogues, () => 'abc'))
    await becomes(() => expect(app.engine.wanted('hosts.watch')).toHaveLength(1))
    app.engine.push('hosts.watch', [])
    await becomes(() => expect(state.value).toMatchObject({ title: 'No hosts', act: 'add' }))
    app.engine.push('hosts.watch', [hostNamed('a', { state: 'failed' })])
    await becomes(() => expect(state.value).toMatchObject({ title: 'Not connected', act: 'connect' }))
    app.engine.push('hosts.watch', [hostNamed('a')])
    await becomes(() => expect(state.value.title).toBe('Reading …'))
    await becomes(() => expect(app.engine.wanted('catalogue.watch')).toHaveLength(1))
    app.engine.push('catalogue.watch', { revision: 1, classes: [] })
    await becomes(() => expect(state.value.title).toBe('No metrics yet'))
    app.engine.push('catalogue.watch', catalogue(2))
    await becomes(() => expect(state.value).toMatchObject({ title: 'No metric matches', act: 'clear' }))
    app.cut()
    app.engine.push('catalogue.watch', catalogue(3))
    await becomes(() => expect(app.link.state.value.kind).toBe('waiting'))
    expect(explorer.catalogues.shown.value?.revision).toBe(2)
  })
})
