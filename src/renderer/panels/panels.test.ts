import type { HostDetails } from '@shared/model/host'
import { DiagnosticError } from '@shared/errors'
import type { MetricsUpdate } from '@shared/model/metrics'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { useDetails } from '../stores/details'
import { useHosts } from '../stores/hosts'
import { useTime } from '../stores/time'
import { createTestApp, type TestApp } from '../test-app'
import { hostNamed } from '../test-engine'
import { hostSeries } from './host-series'
import { usePanelState } from './use-panel-state'
import { useProcesses } from './use-processes'
import { useSeriesWindow } from './use-series-window'

let app: TestApp
beforeEach(() => (app = createTestApp()))
afterEach(() => {
  app.close()
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

const definitions = [
  hostSeries('cpu_user', 'user', '--series-1', 'ratio'),
  hostSeries('cpu_steal', 'steal', '--series-2', 'ratio'),
]
const watched = () => app.engine.wanted('metrics.watch')
const becomes = (check: () => void): Promise<void> => vi.waitFor(check, { timeout: 10_000 })

function update(times: number[], values: number[], changes: Partial<MetricsUpdate> = {}): MetricsUpdate {
  const chunk = {
    series: [0, 1],
    interval: 1_000,
    since: times[0] ?? 0,
    times: Float64Array.from(times),
    values: Float32Array.from(values),
    lows: new Float32Array(),
    highs: new Float32Array(),
    seams: [],
  }
  return { reset: false, now: Date.now(), chunks: times.length > 0 ? [chunk] : [], unknown: [], ...changes }
}

async function panel() {
  const view = app.run(() => useSeriesWindow(definitions))
  const state = app.run(() => usePanelState(view, 'CPU'))
  const hosts = app.run(useHosts)
  app.run(useDetails)
  const tell = async (changes: Parameters<typeof hostNamed>[1]) => {
    await becomes(() => expect(app.engine.wanted('hosts.watch')).toHaveLength(1))
    app.engine.push('hosts.watch', [hostNamed('a', changes), hostNamed('b')])
    await becomes(() => expect(hosts.selected).toMatchObject(changes ?? {}))
  }
  await tell({})
  await becomes(() => expect(watched()).toHaveLength(1))
  return { view, state, tell, hosts }
}
const noFacts = {
  hostname: null,
  operatingSystem: null,
  kernel: null,
  architecture: null,
  cores: null,
  processor: null,
  memory: null,
  bootedAt: null,
  virtualization: null,
  timeZone: null,
}
const explain = (finding: HostDetails['findings'][number]) => {
  const details = { facts: noFacts, findings: [finding], connection: null }
  app.engine.push('host.details', details)
}

describe('useSeriesWindow', () => {
  it('asks for its metrics over the shared range, and hands them to the chart', async () => {
    const { view } = await panel()
    expect(watched()[0]).toEqual({
      host: 'a',
      paths: ['/metrics/host/host/cpu_user', '/metrics/host/host/cpu_steal'],
      window: 300_000,
      to: null,
      points: 1_200,
    })
    app.engine.push('metrics.watch', update([1_000, 2_000], [0.5, 0.25, 0, Number.NaN], { reset: true }))
    await becomes(() => expect(view.newest()).toBe(2_000))
    expect(view.series.value.map((one) => one.name)).toEqual(['user', 'steal'])
    expect([...view.series.value[0]!.values]).toEqual([0.5, 0.25])
    expect([view.value(0), view.value(1)]).toEqual([0.25, null])
    expect(app.run(useTime).range.to).toBe(2_000)
  })

  it('tells values at the shared cursor', async () => {
    const { view } = await panel()
    app.engine.push('metrics.watch', update([1_000, 2_000], [0.5, 0.25, 0.125, 0.0625], { reset: true }))
    await becomes(() => expect(view.newest()).toBe(2_000))
    app.run(useTime).point(1_100)
    expect([view.value(0), view.value(1)]).toEqual([0.5, 0.125])
    app.run(useTime).point(500_000)
    expect(view.value(0)).toBeNull()
  })

  it('asks for the range that stands still while paused, and for the live one again after', async () => {
    const { view } = await panel()
    app.engine.push('metrics.watch', update([1_000], [0.5, 0.5], { reset: true }))
    await becomes(() => expect(view.newest()).toBe(1_000))
    app.run(useTime).pause()
    await becomes(() => expect(watched()[0]?.to).toBe(app.run(useTime).range.to))
    expect(view.value(0)).toBe(0.5)
    app.run(useTime).resume()
    await becomes(() => expect(watched()[0]?.to).toBeNull())
  })

  it('says of a fixed range that nothing is known of it', async () => {
    const { view, state } = await panel()
    app.engine.push('metrics.watch', update([1_000], [0.5, 0.5], { reset: true }))
    await becomes(() => expect(view.newest()).toBe(1_000))
    app.run(useTime).zoom({ from: 100, to: 900_000 })
    await becomes(() => expect(watched()[0]?.to).toBe(900_000))
    app.engine.push('metrics.watch', update([], [], { reset: true }))
    await becomes(() =>
      expect(state.value).toEqual({ kind: 'empty', reason: 'Nothing is known of this time.' }),
    )
  })

  it('shows nothing of the host before', async () => {
    const { view, hosts } = await panel()
    app.engine.push('metrics.watch', update([1_000], [0.5, 0.5], { reset: true }))
    await becomes(() => expect(view.newest()).toBe(1_000))
    hosts.select('b')
    await becomes(() => expect(watched()[0]?.host).toBe('b'))
    expect(view.newest()).toBeNull()
    expect(view.value(0)).toBeNull()
  })
})

describe('usePanelState', () => {
  const filled = async () => {
    const made = await panel()
    app.engine.push('metrics.watch', update([1_000, 2_000], [1, 1, 1, 1], { reset: true }))
    await becomes(() => expect(made.state.value.kind).toBe('live'))
    return made
  }

  it('is busy, then live', async () => {
    const { state } = await panel()
    expect(state.value).toEqual({ kind: 'busy' })
    app.engine.push('metrics.watch', update([1_000], [1, 1], { reset: true }))
    await becomes(() => expect(state.value).toEqual({ kind: 'live' }))
  })

  it('is empty with the reason that the probe found', async () => {
    const { state } = await panel()
    app.engine.push('metrics.watch', update([], [], { unknown: [0, 1] }))
    const finding = { source: 'linux', subject: 'CPU', available: false, detail: 'The kernel is too old.' }
    await becomes(() => expect(app.engine.wanted('host.details')).toHaveLength(1))
    explain(finding)
    await becomes(() => expect(state.value).toEqual({ kind: 'empty', reason: 'The kernel is too old.' }))
  })

  const missing = (count: number): MetricsUpdate => {
    const times = Array.from({ length: count }, (_, index) => (index + 1) * 1_000)
    const values = Array.from({ length: 2 * count }, () => Number.NaN)
    return update(times, values, { reset: true })
  }

  it('is empty with the reason that the probe found where samples have no values', async () => {
    const { view, state } = await panel()
    app.engine.push('metrics.watch', missing(1))
    await becomes(() => expect(view.newest()).toBe(1_000))
    expect(state.value).toEqual({ kind: 'busy' })
    await becomes(() => expect(app.engine.wanted('host.details')).toHaveLength(1))
    explain({ source: 'linux', subject: 'CPU', available: false, detail: 'It is hidden.' })
    await becomes(() => expect(state.value).toEqual({ kind: 'empty', reason: 'It is hidden.' }))
    app.engine.push('metrics.watch', update([2_000], [0.5, Number.NaN]))
    await becomes(() => expect(state.value).toEqual({ kind: 'live' }))
  })

  it('is empty with a plain reason where values never come, and nobody said why', async () => {
    const { state } = await panel()
    app.engine.push('metrics.watch', missing(7))
    await becomes(() =>
      expect(state.value).toEqual({ kind: 'empty', reason: 'This host tells nothing of CPU.' }),
    )
  })

  it('is stale, with its age, once the host stops telling', async () => {
    const { state, tell } = await filled()
    await tell({ state: 'stale', lastSampleAt: Date.now() - 90_000 })
    await becomes(() =>
      expect(state.value).toMatchObject({ kind: 'stale', reason: 'The host sends no samples.' }),
    )
    expect(state.value.kind === 'stale' && state.value.age).toMatch(/^(89.s|1.m)$/)
  })

  it('is stale without the engine, and live again with it', async () => {
    const { state } = await filled()
    app.cut()
    await becomes(() =>
      expect(state.value).toMatchObject({ kind: 'stale', reason: 'No connection to the engine.' }),
    )
    app.restore()
    await becomes(() => expect(watched()).toHaveLength(1))
    app.engine.push('metrics.watch', update([3_000], [1, 1], { reset: true }))
    await becomes(() => expect(state.value.kind).toBe('live'))
  })

  it('tells the error when there is nothing else to show, and keeps old data when there is', async () => {
    const { state, tell } = await panel()
    app.engine.fail('metrics.watch', new DiagnosticError('internal', 'The store broke.', { hint: 'Wait.' }))
    const broken = { reason: 'The store broke.', hint: 'Wait.' }
    await becomes(() => expect(state.value).toEqual({ kind: 'error', ...broken }))
    await becomes(() => expect(watched()).toHaveLength(1))
    await tell({ lastSampleAt: 1_000 })
    app.engine.push('metrics.watch', update([1_000], [1, 1], { reset: true }))
    await becomes(() => expect(state.value.kind).toBe('live'))
    app.engine.fail('metrics.watch', new DiagnosticError('internal', 'The store broke.'))
    await becomes(() => expect(state.value).toMatchObject({ kind: 'stale', reason: 'The store broke.' }))
  })

  it('is quiet for a host that was never reached, as the notice above it tells why', async () => {
    const { state, tell } = await panel()
    await tell({ state: 'connecting' })
    await becomes(() => expect(state.value.kind).toBe('busy'))
    for (const now of ['failed', 'reconnecting', 'disconnected'] as const) {
      await tell({ state: now, error: { code: 'unreachable', message: 'No route.', hint: 'Check.' } })
      await becomes(() => expect(state.value.kind).toBe('off'))
      expect(JSON.stringify(state.value)).not.toContain('No route.')
    }
  })

  it('is stale alone where its own samples stop while others go on', async () => {
    const { state } = await filled()
    app.run(useTime).heard(7_000)
    expect(state.value).toMatchObject({ kind: 'stale', age: '5\u00a0s' })
  })
})

describe('useProcesses', () => {
  const table = (time: number) => ({ time, total: 1, running: 1, blocked: 0, rows: [] })

  it('goes by the arrival of its table, not by the host’s clock', async () => {
    vi.useFakeTimers()
    const { tell } = await panel()
    const view = app.run(() => useProcesses(5))
    const state = app.run(() => usePanelState(view, 'processes'))
    let sample = 0
    const wait = async (milliseconds: number) => {
      await tell({ lastSampleAt: ++sample, interval: 60_000 })
      await vi.advanceTimersByTimeAsync(milliseconds)
    }
    const now = Date.now()
    app.run(useTime).heard(now)
    await becomes(() => expect(app.engine.wanted('processes.watch')).toHaveLength(1))
    app.engine.push('processes.watch', table(now - 3_600_000))
    await becomes(() => expect(view.table.value).not.toBeNull())
    await wait(2_000)
    expect(state.value).toEqual({ kind: 'live' })
    await wait(16_000)
    expect(state.value.kind).toBe('stale')
    app.engine.push('processes.watch', table(now - 3_590_000))
    await wait(2_000)
    expect(state.value).toEqual({ kind: 'live' })
  })
})
