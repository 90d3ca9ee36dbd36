import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest'
import type { SubscriptionItem } from '@shared/contract'
import type { HostDetails, HostSummary, ProcessTable } from '@shared/model/host'
import type { Catalogue, MetricsUpdate, Ranking } from '@shared/model/metrics'
import { RpcClient } from '@shared/rpc/client'
import { createCarrierPair } from '@shared/rpc/memory-carrier'
import { expectNoLeaks } from '../../tests/support/leaks'
import { createEngine, type Engine } from './engine'

/** The whole engine on this very machine, asked as a window asks it. */
describe('engine', () => {
  const folder = mkdtempSync(join(tmpdir(), 'xcp-diag-engine-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  const engines: Engine[] = []
  afterEach(() => Promise.all(engines.splice(0).map((engine) => engine.close())))

  async function start(): Promise<{ engine: Engine; client: RpcClient }> {
    const engine = await createEngine({ version: '1.2.3', folder })
    engines.push(engine)
    return { engine, client: connect(engine) }
  }

  function connect(engine: Engine): RpcClient {
    const [window, door] = createCarrierPair()
    engine.serve(door)
    return new RpcClient(window)
  }

  it('tells who it is', async () => {
    const { client } = await start()
    const info = await client.call('engine.info', {})
    expect(info).toMatchObject({ version: '1.2.3', pid: process.pid, node: process.version })
    expect(info.memory).toBeGreaterThan(1e6)
  })

  it('has this machine live, with facts, a catalogue, moving numbers and processes', async () => {
    const { client } = await start()
    let hosts: HostSummary[] = []
    client.subscribe('hosts.watch', {}, { next: (item) => (hosts = item) })
    await vi.waitFor(
      () =>
        expect(hosts).toMatchObject([{ id: 'local', address: 'this machine', state: 'live', error: null }]),
      { timeout: 10_000 },
    )

    let details: HostDetails | null = null
    client.subscribe('host.details', { host: 'local' }, { next: (item) => (details = item) })
    await vi.waitFor(() => expect(details?.facts.kernel).toMatch(/\d+\.\d+/))

    const { classes } = await client.call('metrics.catalogue', { host: 'local' })
    expect(classes.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['host', 'cpu', 'network', 'console']),
    )

    const catalogues: Catalogue[] = []
    client.subscribe('catalogue.watch', { host: 'local' }, { next: (item) => catalogues.push(item) })
    await vi.waitFor(() =>
      expect(catalogues.at(-1)?.classes.map(({ name }) => name)).toEqual(classes.map(({ name }) => name)),
    )

    const updates: MetricsUpdate[] = []
    client.subscribe(
      'metrics.watch',
      {
        host: 'local',
        paths: ['/metrics/host/host/cpu', '/metrics/host/host/memory_used'],
        window: 60_000,
        to: null,
        points: 1_000,
      },
      { next: (item) => updates.push(item) },
    )
    const values = (): number[] =>
      updates.flatMap(({ chunks }) => chunks.flatMap((chunk) => [...chunk.values]))
    await vi.waitFor(
      () => expect(values().filter((value) => Number.isFinite(value)).length).toBeGreaterThan(4),
      { timeout: 10_000 },
    )
    expect(updates[0]?.reset).toBe(true)
    expect(updates.slice(1).every(({ reset }) => !reset)).toBe(true)

    let ranking: Ranking | null = null
    client.subscribe(
      'metrics.top',
      { host: 'local', class: 'cpu', metrics: ['usage'], limit: 1 },
      { next: (item) => (ranking = item) },
    )
    await vi.waitFor(() => expect(ranking?.rows[0]?.values[0]).toBeGreaterThanOrEqual(0))

    let processes: ProcessTable | null = null
    client.subscribe(
      'processes.watch',
      { host: 'local', sortBy: 'memory', limit: 5 },
      { next: (item) => (processes = item) },
    )
    await vi.waitFor(() => expect(processes?.rows).toHaveLength(5), { timeout: 10_000 })
  })

  it('refuses what it does not know, with the place', async () => {
    const { client } = await start()
    await expect(client.call('metrics.catalogue', { host: 'nobody' })).rejects.toMatchObject({
      code: 'not-found',
      where: 'nobody',
    })
    const failed = vi.fn()
    client.subscribe(
      'metrics.watch',
      { host: 'local', paths: ['/metrics/x'], window: 60_000, to: null, points: 1_000 },
      { next: vi.fn(), error: failed },
    )
    await vi.waitFor(() =>
      expect(failed).toHaveBeenCalledWith(
        expect.objectContaining({ code: 'bad-request', where: 'params.paths.0' }),
      ),
    )
  })

  it('disconnects and connects again on request, keeping the history', async () => {
    const { client } = await start()
    let host: SubscriptionItem<'hosts.watch'>[number] | undefined
    client.subscribe('hosts.watch', {}, { next: ([first]) => (host = first) })
    await vi.waitFor(() => expect(host?.state).toBe('live'), { timeout: 10_000 })
    await client.call('hosts.disconnect', { host: 'local' })
    await vi.waitFor(() => expect(host?.state).toBe('disconnected'))
    await client.call('hosts.connect', { host: 'local' })
    await vi.waitFor(() => expect(host?.state).toBe('live'), { timeout: 10_000 })
  })

  it('opens and closes 24 times and leaves no descriptor, timer or child', async () => {
    const cycle = async (): Promise<void> => {
      const engine = await createEngine({ version: '0', folder })
      let state = ''
      connect(engine).subscribe('hosts.watch', {}, { next: ([first]) => (state = first?.state ?? '') })
      await vi.waitFor(() => expect(state).toBe('live'), { timeout: 10_000 })
      await engine.close()
    }
    await expectNoLeaks(cycle, 24)
  }, 120_000)
})
