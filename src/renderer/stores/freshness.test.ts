import type { HostSummary } from '@shared/model/host'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createTestApp, type TestApp } from '../test-app'
import { hostNamed } from '../test-engine'
import { useDetails } from './details'
import { useFreshness } from './freshness'
import { useHosts } from './hosts'
import { useProblems } from './problems'
import { useUptime } from './uptime'

let app: TestApp
beforeEach(() => {
  vi.useFakeTimers()
  app = createTestApp()
})
afterEach(() => {
  app.close()
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

function stores() {
  const hosts = app.run(useHosts)
  const freshness = app.run(useFreshness)
  const problems = app.run(useProblems)
  const tell = async (...list: Partial<HostSummary>[]) => {
    await vi.waitFor(() => expect(app.engine.wanted('hosts.watch')).toHaveLength(1))
    app.engine.push(
      'hosts.watch',
      list.map((changes, index) => hostNamed('abc'.charAt(index), changes)),
    )
    await vi.waitFor(() => expect(hosts.list).toMatchObject(list))
  }
  const isLive = () => hosts.selected !== null && freshness.isLive(hosts.selected)
  return { hosts, problems, tell, isLive }
}

describe('freshness', () => {
  it('ends when samples stop arriving, though the engine goes on calling the host live', async () => {
    const { problems, tell, isLive } = stores()
    await tell({ lastSampleAt: 1_000 })
    await vi.advanceTimersByTimeAsync(2_000)
    expect([isLive(), problems.verdict, problems.list.length]).toEqual([true, 'No problems', 0])
    await tell({ lastSampleAt: 1_000, cost: { cpu: 0, bytes: 1 } })
    await vi.advanceTimersByTimeAsync(2_500)
    expect(isLive()).toBe(false)
    expect(problems.list).toMatchObject([{ severity: 'amber', title: 'a: sends no samples', since: 1_000 }])
    expect(problems.verdict).not.toBe('No problems')
    await tell({ lastSampleAt: 2_000 })
    await vi.advanceTimersByTimeAsync(1_000)
    expect([isLive(), problems.verdict, problems.list.length]).toEqual([true, 'No problems', 0])
  })

  it('lasts three intervals of a slow host', async () => {
    const { tell, isLive } = stores()
    await tell({ lastSampleAt: 1_000, interval: 5_000 })
    await vi.advanceTimersByTimeAsync(14_000)
    expect(isLive()).toBe(true)
    await vi.advanceTimersByTimeAsync(3_000)
    expect(isLive()).toBe(false)
  })

  it('does not come back with the link alone, only with what the engine tells then', async () => {
    const { problems, tell, isLive } = stores()
    await tell({ lastSampleAt: 1_000 })
    app.cut()
    await vi.waitFor(() => expect(app.link.state.value.kind).toBe('waiting'))
    expect([isLive(), problems.verdict]).toEqual([false, 'Not connected to the engine'])
    app.restore()
    await vi.waitFor(() => expect(app.link.state.value.kind).toBe('open'))
    expect([isLive(), problems.verdict]).toEqual([false, 'Waiting for the engine'])
    await tell({ lastSampleAt: 2_000 })
    expect([isLive(), problems.verdict]).toEqual([true, 'No problems'])
  })
})

describe('the verdict', () => {
  it('is no "No problems" before every host that is wanted is live', async () => {
    const { problems, tell } = stores()
    expect(problems.verdict).toBe('Waiting for the engine')
    await tell({ state: 'connecting' }, { lastSampleAt: 1 })
    expect(problems.verdict).toBe('Waiting for the first samples')
    await tell({ state: 'disconnected' })
    expect(problems.verdict).toBe('Not connected')
    await tell({ state: 'disconnected' }, { lastSampleAt: 1 })
    expect(problems.verdict).toBe('No problems')
  })
})

describe('uptime', () => {
  it('counts only while the host is live', async () => {
    const { tell } = stores()
    const uptime = app.run(useUptime)
    const details = app.run(useDetails)
    await tell({ lastSampleAt: 1 })
    await vi.waitFor(() => expect(app.engine.wanted('host.details')).toHaveLength(1))
    const unknown = { hostname: null, operatingSystem: null, kernel: null, architecture: null, cores: null }
    const rest = { processor: null, memory: null, virtualization: null, timeZone: null }
    const facts = { ...unknown, ...rest, bootedAt: Date.now() - 3_600_000 }
    app.engine.push('host.details', { facts, findings: [], connection: null })
    await vi.waitFor(() => expect(details.facts).not.toBeNull())
    expect(uptime.value).toBeGreaterThanOrEqual(3_590_000)
    await tell({ state: 'reconnecting' })
    expect(uptime.value).toBeNull()
    await tell({ lastSampleAt: 2 })
    expect(uptime.value).not.toBeNull()
    app.cut()
    await vi.waitFor(() => expect(app.link.client.value).toBeNull())
    expect(uptime.value).toBeNull()
  })
})
