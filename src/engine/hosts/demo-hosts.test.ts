import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { HostSummary } from '@shared/model/host'
import type { BusSummary } from '@shared/model/messages'
import { RpcClient } from '@shared/rpc/client'
import { createCarrierPair } from '@shared/rpc/memory-carrier'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { startSimulatedHost, type SimulatedHost } from '../../simulator/simulated-host'
import { createEngine, type Engine } from '../engine'
import type { StartDemo } from './demo-hosts'

/** Demo hosts of a whole engine; the simulator runs in this process. */
describe('demo hosts', () => {
  const ends: (() => unknown)[] = []
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end()
  })

  async function start(
    startDemo?: StartDemo,
  ): Promise<{ client: RpcClient; engine: Engine; hosts: () => HostSummary[] }> {
    const folder = mkdtempSync(join(tmpdir(), 'xcp-demo-'))
    ends.push(() => rmSync(folder, { recursive: true, force: true }))
    const engine = await createEngine({
      version: '1',
      folder,
      connect: 'nothing',
      ...(startDemo ? { startDemo } : {}),
    })
    ends.push(() => engine.close())
    const [window, door] = createCarrierPair()
    engine.serve(door)
    const client = new RpcClient(window)
    let list: HostSummary[] = []
    client.subscribe('hosts.watch', {}, { next: (item) => (list = item) })
    return { client, engine, hosts: () => list.filter(({ id }) => id !== 'local') }
  }

  /** As a shell gives it; `change` can spoil what it tells. */
  function simulator(
    change: (ssh: SimulatedHost['endpoints']['ssh']) => SimulatedHost['endpoints']['ssh'] = (ssh) => ssh,
  ) {
    const running = new Set<SimulatedHost>()
    const startDemo: StartDemo = async (scenario) => {
      const directory = mkdtempSync(join(tmpdir(), 'xcp-sim-'))
      const host = await startSimulatedHost({ directory, scenario })
      running.add(host)
      const close = async (): Promise<void> => {
        running.delete(host)
        await host.close()
        rmSync(directory, { recursive: true, force: true })
      }
      return { ssh: change(host.endpoints.ssh), close }
    }
    return { running, startDemo }
  }

  it('are offered only where they can be started', async () => {
    const { client } = await start()
    expect(await client.call('demo.offer', {})).toEqual({ scenarios: [] })
    await expect(client.call('demo.start', { scenario: 'healthy' })).rejects.toThrow(
      'cannot start a demo host',
    )
  })

  it('start without a question, say that they are simulated, have a bus, and go without a trace', async () => {
    const home = process.env['HOME'] ?? ''
    const knownHosts = (): string | null => {
      try {
        return readFileSync(join(home, '.ssh/known_hosts'), 'utf8')
      } catch {
        return null
      }
    }
    const known = knownHosts()
    const { running, startDemo } = simulator()
    const { client, hosts } = await start(startDemo)
    const { scenarios } = await client.call('demo.offer', {})
    expect(scenarios.map(({ name }) => name)).toEqual([
      'healthy',
      'busy',
      'deadlock',
      'slow',
      'errors',
      'stopped',
    ])
    const prompts: unknown[] = []
    client.subscribe('prompts.watch', {}, { next: (list) => prompts.push(...list) })

    const { host } = await client.call('demo.start', { scenario: 'deadlock' })
    await vi.waitFor(
      () =>
        expect(hosts()).toMatchObject([
          { id: host, name: 'Demo (deadlock)', simulated: true, state: 'live' },
        ]),
      { timeout: 20_000 },
    )
    let buses: BusSummary[] = []
    client.subscribe('messages.watch', { host }, { next: (item) => (buses = item) })
    await vi.waitFor(() => expect(buses[0]?.services.map(({ name }) => name)).toContain('storage'), {
      timeout: 20_000,
    })
    expect(prompts).toEqual([])
    expect(knownHosts()).toBe(known)
    let saved: unknown
    client.subscribe('saved.watch', {}, { next: (item) => (saved = item.hosts) })
    await vi.waitFor(() => expect(saved).toEqual([]))

    await client.call('demo.stop', { host })
    await vi.waitFor(() => expect(hosts()).toEqual([]))
    expect(running.size).toBe(0)
    await expect(client.call('demo.stop', { host })).rejects.toThrow('There is no demo host')
    await expect(client.call('demo.stop', { host: 'local' })).rejects.toThrow('There is no demo host')
  })

  it('are three at most, and end with the engine', async () => {
    const { running, startDemo } = simulator()
    const { client, engine } = await start(startDemo)
    const all = await Promise.allSettled(
      Array.from({ length: 4 }, () => client.call('demo.start', { scenario: 'healthy' })),
    )
    expect(all.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled', 'rejected'])
    expect(running.size).toBe(3)
    await engine.close()
    expect(running.size).toBe(0)
  })

  it('are nobody else who answers at their port', async () => {
    const { startDemo } = simulator((ssh) => ({
      ...ssh,
      hostKey: 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA==',
    }))
    const { client, hosts } = await start(startDemo)
    await client.call('demo.start', { scenario: 'healthy' })
    await vi.waitFor(() => expect(hosts()[0]?.error?.message).toContain('Another program answers'), {
      timeout: 20_000,
    })
    expect(hosts()[0]?.state).toBe('failed')
  })
})
