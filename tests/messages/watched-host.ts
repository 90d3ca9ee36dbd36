import { readFile } from 'node:fs/promises'
import { systemClock } from '@engine/clock'
import { HostMessages } from '@engine/hosts/messages'
import type { MessageBoard } from '@engine/messages/message-board'
import { RowFeed } from '@engine/row-feed'
import { SeriesBudget } from '@engine/series/budget'
import { MetricStore } from '@engine/series/metric-store'
import { messageSwitchSource } from '@engine/sources/message-switch'
import type { RunningSource, SourceSink } from '@engine/sources/source'
import { RowStore } from '@engine/streams/row-store'
import { connectSsh, type SshTransport } from '@engine/transports/ssh'
import type { SimulatedHost } from '../../src/simulator/simulated-host'
import { until } from '../support/poll'
import { startTcpProxy } from '../support/tcp-proxy'

/** What the console keeps of one simulated host, with a real SSH connection to it. */
export interface WatchedHost {
  readonly board: MessageBoard
  readonly messages: HostMessages
  readonly feed: RowFeed
  readonly source: RunningSource
  readonly transport: SshTransport
  readonly close: () => Promise<void>
}

export interface WatchOptions {
  /** Goes on with what an earlier connection has kept. */
  readonly kept?: Pick<WatchedHost, 'messages' | 'feed'>
  /** Milliseconds of the network, there and back. */
  readonly roundTrip?: number
}

export async function watchHost(
  { endpoints: { ssh } }: Pick<SimulatedHost, 'endpoints'>,
  { kept, roundTrip = 0 }: WatchOptions = {},
): Promise<WatchedHost> {
  const proxy = roundTrip > 0 ? await startTcpProxy({ host: ssh.host, port: ssh.port }) : null
  const transport = await connectSsh(
    { user: ssh.user, host: ssh.host, port: proxy?.port ?? ssh.port },
    {
      authentication: { methods: [{ kind: 'key', label: 'id', text: await readFile(ssh.key, 'utf8') }] },
      verifyIdentity: () => Promise.resolve({ accepted: true }),
    },
  )
  if (proxy) proxy.delay = roundTrip / 2
  const feed = kept?.feed ?? new RowFeed(new RowStore(2 ** 27), systemClock)
  const messages = kept?.messages ?? new HostMessages(systemClock, () => 0)
  const metrics = new MetricStore(new SeriesBudget(2 ** 24), () => undefined)
  const sink: SourceSink = {
    group: (name, interval) => metrics.group('message-switch', name, interval),
    history: () => undefined,
    processes: () => undefined,
    rows: (options) => feed.sink('h', options, () => 0),
    messages: (bus) => messages.open(bus, sink),
  }
  const context = { transport, sink, clock: systemClock, signal: new AbortController().signal }
  const { usable, findings } = await messageSwitchSource.probe(context)
  if (!usable) throw new Error(`no switch: ${JSON.stringify(findings)}`)
  const source = await messageSwitchSource.open(context)
  await until(() => [...messages.boards].length === 1)
  return {
    board: messages.board('message-switch'),
    messages,
    feed,
    source,
    transport,
    async close() {
      await source.close()
      await transport.close()
      await proxy?.close()
    },
  }
}

/** Events of the switch that the console knows of, seen or declared. */
export const accounted = ({ coverage }: MessageBoard): number => coverage.seen + coverage.missed

/** Events that the switch had before the console looked: the same at all times, or some were lost without a word. */
export const before = (board: MessageBoard): number => (board.rates.events?.events ?? 0) - accounted(board)
