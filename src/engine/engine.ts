import { randomUUID } from 'node:crypto'
import { calls, subscriptions, type EngineInfo } from '@shared/contract'
import type { Carrier } from '@shared/rpc/carrier'
import { bindCall, bindSubscription, serveRpc, type Handlers } from '@shared/rpc/server'
import type { DiagnosticError } from '@shared/errors'
import { systemClock, type Clock } from './clock'
import { HostList } from './hosts/host-list'
import { thisMachine } from './hosts/this-machine'
import { watchDetails, watchHosts, watchMetrics, watchProcesses, watchRanking } from './queries'

export interface EngineOptions {
  readonly version: string
  readonly clock?: Clock
  /** Hears of peers that broke the protocol. */
  readonly onRefused?: (error: DiagnosticError) => void
}

export interface Engine {
  /** Answers the contract on this connection until it closes. */
  serve(carrier: Carrier): void
  /** Disconnects all hosts; resolves when nothing of this engine is left on any of them. */
  close(): Promise<void>
}

/** The only door to everything the console knows. Starts with this machine connected. */
export function createEngine(options: EngineOptions): Engine {
  const { clock = systemClock, onRefused } = options
  const hosts = new HostList(clock, Math.random)
  hosts.add(thisMachine()).connect()
  const handlers = bindHandlers(hosts, clock, describeEngine(options.version, clock))
  const open = new Set<Carrier>()
  return {
    serve(carrier) {
      open.add(carrier)
      serveRpc(carrier, handlers, { onRefused, onClosed: () => open.delete(carrier) })
    },
    async close() {
      for (const carrier of open) carrier.close()
      await hosts.close()
    },
  }
}

function describeEngine(version: string, clock: Clock): () => EngineInfo {
  const started = {
    instance: randomUUID(),
    startedAt: clock.now(),
    version,
    pid: process.pid,
    node: process.version,
  }
  return () => ({
    name: 'XCP diagnostic console',
    ...started,
    now: clock.now(),
    memory: process.memoryUsage.rss(),
  })
}

function bindHandlers(hosts: HostList, clock: Clock, info: () => EngineInfo): Handlers {
  return {
    calls: {
      'engine.info': bindCall(calls['engine.info'], info),
      'hosts.connect': bindCall(calls['hosts.connect'], ({ host }) => {
        hosts.get(host).connect()
        return {}
      }),
      'hosts.disconnect': bindCall(calls['hosts.disconnect'], async ({ host }) => {
        await hosts.get(host).disconnect()
        return {}
      }),
      'metrics.catalogue': bindCall(calls['metrics.catalogue'], ({ host }) =>
        hosts.get(host).metrics.catalogue(),
      ),
    },
    subscriptions: {
      'hosts.watch': bindSubscription(subscriptions['hosts.watch'], (_, signal) =>
        watchHosts(hosts, clock, signal),
      ),
      'host.details': bindSubscription(subscriptions['host.details'], ({ host }, signal) =>
        watchDetails(hosts.get(host), clock, signal),
      ),
      'metrics.watch': bindSubscription(subscriptions['metrics.watch'], (params, signal) =>
        watchMetrics(hosts.get(params.host), params, clock, signal),
      ),
      'metrics.top': bindSubscription(subscriptions['metrics.top'], (params, signal) =>
        watchRanking(hosts.get(params.host), params, clock, signal),
      ),
      'processes.watch': bindSubscription(subscriptions['processes.watch'], (params, signal) =>
        watchProcesses(hosts.get(params.host), params, clock, signal),
      ),
    },
  }
}
