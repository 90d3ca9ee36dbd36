import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { systemClock } from '@engine/clock'
import { HostMessages } from '@engine/hosts/messages'
import { bucketOf } from '@engine/messages/latency-buckets'
import type { MessageBoard } from '@engine/messages/message-board'
import { RowFeed } from '@engine/row-feed'
import { messageSwitchSource } from '@engine/sources/message-switch'
import type { RunningSource, SourceSink } from '@engine/sources/source'
import { RowStore } from '@engine/streams/row-store'
import { MetricStore } from '@engine/series/metric-store'
import { SeriesBudget } from '@engine/series/column'
import { connectSsh, type SshTransport } from '@engine/transports/ssh'
import {
  startSimulatedHost,
  type SimulatedHost,
  type SimulatedHostOptions,
} from '../../src/simulator/simulated-host'
import { until } from '../support/poll'

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

async function connectTo({ endpoints: { ssh } }: SimulatedHost): Promise<SshTransport> {
  const text = await readFile(ssh.key, 'utf8')
  const transport = await connectSsh(
    { user: ssh.user, host: ssh.host, port: ssh.port },
    {
      authentication: { methods: [{ kind: 'key', label: 'id', text }] },
      verifyIdentity: () => Promise.resolve({ accepted: true }),
    },
  )
  ends.push(() => transport.close())
  return transport
}

interface Watched {
  readonly board: MessageBoard
  readonly feed: RowFeed
  readonly source: RunningSource
  readonly transport: SshTransport
}

async function watch(
  host: SimulatedHost,
  kept?: { messages: HostMessages; feed: RowFeed },
): Promise<Watched & { messages: HostMessages }> {
  const transport = await connectTo(host)
  const feed = kept?.feed ?? new RowFeed(new RowStore(2 ** 27), systemClock)
  const messages = kept?.messages ?? new HostMessages(systemClock, () => 0)
  const metrics = new MetricStore(new SeriesBudget(2 ** 24), () => undefined)
  const sink: SourceSink = {
    group: (name, interval) => metrics.group('message-switch', name, interval),
    processes: () => undefined,
    rows: (options) => feed.sink('h', options, () => 0),
    messages: (bus) => messages.open(bus, sink),
  }
  const context = { transport, sink, clock: systemClock, signal: new AbortController().signal }
  expect(await messageSwitchSource.probe(context)).toMatchObject({ usable: true })
  const source = await messageSwitchSource.open(context)
  ends.push(() => source.close())
  await until(() => [...messages.boards].length === 1)
  return { board: messages.board('message-switch'), feed, source, transport, messages }
}

/** Events of the switch that the console knows of, seen or declared. */
const accounted = ({ coverage }: MessageBoard): number => coverage.seen + coverage.missed

describe('control messages of a simulated host', () => {
  it('are seen or declared lost to the last one, and paired with their latencies', async () => {
    const host = await start()
    const { board } = await watch(host)
    await until(() => board.coverage.seen > 900, undefined, 40_000)
    const first = Number(host.truth.snapshot().nextEventId)
    // What was before the connection is not the console's: only the ring of the switch at that time.
    await until(() => (board.rates.events?.events ?? 0) >= first, undefined, 20_000)
    const total = board.rates.events?.events ?? 0
    const before = total - accounted(board)
    await until(() => board.coverage.seen > 1_500, undefined, 40_000)
    expect((board.rates.events?.events ?? 0) - accounted(board)).toBe(before)
    expect(board.coverage.share).toBeGreaterThan(0.9)
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
    const before = (board.rates.events?.events ?? 0) - accounted(board)
    await until(() => board.coverage.missed > 3_000, undefined, 40_000)
    expect((board.rates.events?.events ?? 0) - accounted(board)).toBe(before)
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
    const { board, source, transport, feed, messages } = await watch(host)
    await until(() => board.coverage.seen > 100, undefined, 20_000)
    const before = (board.rates.events?.events ?? 0) - accounted(board)
    await source.close()
    await transport.close()
    const left = Number(board.position)
    await until(() => Number(host.truth.snapshot().nextEventId) > left + 200, undefined, 30_000)
    await watch(host, { messages, feed })
    const seen = board.coverage.seen
    await until(() => board.coverage.seen > seen + 50, undefined, 20_000)
    expect(board.coverage.missed).toBeGreaterThan(100)
    expect((board.rates.events?.events ?? 0) - accounted(board)).toBe(before)
  })
})
