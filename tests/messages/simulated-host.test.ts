import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { bucketOf } from '@engine/messages/latency-buckets'
import {
  startSimulatedHost,
  type SimulatedHost,
  type SimulatedHostOptions,
} from '../../src/simulator/simulated-host'
import { until } from '../support/poll'
import { before, watchHost, type WatchOptions, type WatchedHost } from './watched-host'

/** The source against the simulated switch, over a real SSH connection, held against what really happened. */

let directory: string
const ends: (() => Promise<unknown>)[] = []
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'xcp-messages-'))
})
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
  await rm(directory, { recursive: true })
})

async function start(options: Partial<SimulatedHostOptions> = {}): Promise<SimulatedHost> {
  const host = await startSimulatedHost({ directory, ...options })
  ends.push(() => host.close())
  return host
}

async function watch(host: SimulatedHost, options?: WatchOptions): Promise<WatchedHost> {
  const watched = await watchHost(host, options)
  ends.push(() => watched.close())
  return watched
}

describe('control messages of a simulated host', () => {
  it('are seen or declared lost to the last one, and paired with their latencies', async () => {
    const host = await start()
    const { board } = await watch(host)
    await until(() => board.coverage.seen > 900, undefined, 40_000)
    const first = Number(host.truth.snapshot().nextEventId)
    // What was before the connection is not the console's: only the ring of the switch at that time.
    await until(() => (board.rates.events?.events ?? 0) >= first, undefined, 20_000)
    const unseen = before(board)
    await until(() => board.coverage.seen > 1_500, undefined, 40_000)
    expect(before(board)).toBe(unseen)
    expect(board.coverage.share).toBeGreaterThan(0.7)
    const truth = host.truth.latencies('org.xen.xapi.networkd')
    const figures = board.latencies.find('networkd', null)?.figures(0, Infinity)
    expect(figures?.count).toBeGreaterThan(10)
    expect(bucketOf(figures?.max ?? NaN)).toBeLessThanOrEqual(bucketOf(Math.max(...truth)))
    const queues = board.queueStates.states.filter(({ service }) => service !== null)
    expect(queues.map(({ listener }) => listener.kind)).toEqual(queues.map(() => 'listening'))
    expect(queues.map(({ service }) => service)).toContain('storage')
  })

  it('at 2,000 messages a second are accounted for exactly, though most leave the ring unseen', async () => {
    const host = await start({ scenario: 'busy' })
    const { board, feed } = await watch(host)
    await until(() => board.coverage.seen > 2_000, undefined, 40_000)
    const unseen = before(board)
    await until(() => board.coverage.missed > 3_000, undefined, 40_000)
    expect(before(board)).toBe(unseen)
    const [stream] = [...feed.store.streams]
    expect(stream?.account.lost).toBe(board.coverage.missed)
  })

  it('show a service that never started, and what waits for it', async () => {
    const host = await start({ scenario: 'deadlock' })
    const { board } = await watch(host)
    const storage = (): string =>
      JSON.stringify(
        board.queueStates.states
          .find(({ service }) => service === 'storage')
          ?.waiting.map(({ content }) => content.method) ?? [],
      )
    await until(() => storage().includes('VDI.attach2'), storage, 30_000)
    const state = board.queueStates.states.find(({ service }) => service === 'storage')
    expect(state?.listener).toEqual({ kind: 'never-started' })
    const age = Date.now() - (state?.waiting.at(-1)?.time ?? 0)
    expect(age).toBeGreaterThan(0)
    expect(age).toBeLessThan(60_000)
    const pending = (): string => [...board.calls.pending].map(({ method }) => method).join()
    await until(() => pending().includes('VDI.attach2'), pending, 20_000)
  })

  it('go on after the switch was restarted, which is declared', async () => {
    const host = await start()
    const { board, feed } = await watch(host)
    await until(() => board.coverage.seen > 100, undefined, 20_000)
    await host.stopSwitch()
    await host.startSwitch()
    const seen = board.coverage.seen
    await until(() => board.coverage.seen > seen + 50, undefined, 30_000)
    expect(board.coverage.share).toBeNull()
    const [stream] = [...feed.store.streams]
    expect(stream?.account.lossUnknown).toBe(true)
  })

  it('say after a lost connection how many were missed meanwhile', async () => {
    const host = await start()
    const { board, close, feed, messages } = await watch(host)
    await until(() => board.coverage.seen > 100, undefined, 20_000)
    const unseen = before(board)
    await close()
    const left = Number(board.position)
    await until(() => Number(host.truth.snapshot().nextEventId) > left + 200, undefined, 30_000)
    await watch(host, { kept: { messages, feed } })
    const seen = board.coverage.seen
    await until(() => board.coverage.seen > seen + 50, undefined, 20_000)
    expect(board.coverage.missed).toBeGreaterThan(100)
    expect(before(board)).toBe(unseen)
  })
})

describe('what is lost on the way', () => {
  const cases = [10, 500, 2_000].flatMap((rate) => [0, 50, 300].map((roundTrip) => ({ rate, roundTrip })))

  it.each(cases)(
    'is declared to the last event: $rate messages/s, $roundTrip ms there and back',
    async ({ rate, roundTrip }) => {
      const host = await start({ messagesPerSecond: rate, scenario: rate === 2_000 ? 'busy' : 'healthy' })
      const { board, source, feed } = await watch(host, { roundTrip })
      await until(() => board.coverage.seen > 0, undefined, 20_000)
      const unseen = before(board)
      const events = (): number => board.rates.events?.events ?? 0
      const from = events()
      await until(
        () => events() > from + Math.min(4 * rate, 2_000),
        () => `${events() - from} events`,
        60_000,
      )
      await source.close()
      expect(before(board)).toBe(unseen)
      // By the simulator's own count: nothing that the console knows of is beyond it.
      expect(BigInt(board.position ?? 0)).toBeLessThanOrEqual(BigInt(host.truth.snapshot().nextEventId))
      expect(board.position).toBe(String(events()))
      const [stream] = [...feed.store.streams]
      expect(stream?.account.lost).toBe(board.coverage.missed)
      // Every latency that was measured is one that happened.
      for (const service of board.latencies.services()) {
        const truth = host.truth.latencies(`org.xen.xapi.${service}`).map(bucketOf)
        const figures = board.latencies.find(service, null)?.figures(0, Infinity)
        expect(truth).toContain(bucketOf(figures?.max ?? NaN))
      }
    },
  )

  it('is little at 40 messages a second, and then the quantiles are the true ones', async () => {
    const host = await start({ messagesPerSecond: 40 })
    const { board, source } = await watch(host)
    await until(
      () => (board.latencies.find('xenops.classic', null)?.figures(0, Infinity).count ?? 0) > 60,
      undefined,
      60_000,
    )
    await source.close()
    expect(board.coverage.share).toBeGreaterThan(0.7)
    const figures = board.latencies.find('xenops.classic', null)?.figures(0, Infinity)
    const truth = host.truth.latencies('org.xen.xapi.xenops.classic').sort((a, b) => a - b)
    const at = (share: number): number => bucketOf(truth[Math.ceil(share * truth.length) - 1] ?? NaN)
    // Calls of which an event was lost are missing, and those answered before the console looked or after it closed.
    expect(Math.abs(bucketOf(figures?.p50 ?? NaN) - at(0.5))).toBeLessThanOrEqual(1)
    expect(Math.abs(bucketOf(figures?.p90 ?? NaN) - at(0.9))).toBeLessThanOrEqual(2)
  })
})
