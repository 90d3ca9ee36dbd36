import { setImmediate as nextTurn } from 'node:timers/promises'
import type { HostDetails, HostSummary, ProcessRow, ProcessTable } from '@shared/model/host'
import type { Catalogue, MetricsUpdate, Ranking } from '@shared/model/metrics'
import type { SubscriptionParams } from '@shared/contract'
import type { Clock } from './clock'
import type { HostList } from './hosts/host-list'
import type { HostSession } from './hosts/session'
import type { Notifier } from './notifier'
import { SeriesWatch } from './series/watch'

/**
 * What the windows subscribe to, as generators. Each makes its item when it is asked for one, so a slow
 * window gets fewer and newer items, never a queue of old ones.
 */

/** Least milliseconds between two items of a state that changes all the time. */
const stateInterval = 100
/** The same for one that is large and changes by bursts, as when a source is opened. */
const catalogueInterval = 1_000

/** The state now, and again after each change, at most ten times a second unless told otherwise. */
export async function* latest<T>(
  clock: Clock,
  signal: AbortSignal,
  changes: Notifier,
  read: () => T,
  interval = stateInterval,
): AsyncGenerator<T, void, void> {
  while (!signal.aborted) {
    const seen = changes.version
    yield read()
    await clock.sleep(interval, signal)
    await changes.changed(seen, signal)
  }
}

export function watchHosts(
  hosts: HostList,
  clock: Clock,
  signal: AbortSignal,
): AsyncGenerator<HostSummary[], void, void> {
  return latest(clock, signal, hosts.changes, () => hosts.summaries())
}

export function watchDetails(
  host: HostSession,
  clock: Clock,
  signal: AbortSignal,
): AsyncGenerator<HostDetails, void, void> {
  return latest(clock, signal, host.discovery, () => host.details())
}

export function watchCatalogue(
  host: HostSession,
  clock: Clock,
  signal: AbortSignal,
): AsyncGenerator<Catalogue, void, void> {
  const { metrics } = host
  return latest(clock, signal, metrics.catalogueChanges, () => metrics.catalogue(), catalogueInterval)
}

export function watchRanking(
  host: HostSession,
  params: SubscriptionParams<'metrics.top'>,
  clock: Clock,
  signal: AbortSignal,
): AsyncGenerator<Ranking, void, void> {
  return latest(clock, signal, host.metrics.samples, () =>
    host.metrics.ranking(params.class, params.metrics, params.limit),
  )
}

export async function* watchMetrics(
  host: HostSession,
  params: SubscriptionParams<'metrics.watch'>,
  clock: Clock,
  signal: AbortSignal,
): AsyncGenerator<MetricsUpdate, void, void> {
  const watch = new SeriesWatch(host.metrics, params.paths, params)
  while (!signal.aborted) {
    const seen = host.metrics.samples.version
    const update = watch.update(clock.now())
    if (update) yield update
    if (watch.isBehind) await nextTurn()
    else await host.metrics.samples.changed(seen, signal)
  }
}

export function watchProcesses(
  host: HostSession,
  params: SubscriptionParams<'processes.watch'>,
  clock: Clock,
  signal: AbortSignal,
): AsyncGenerator<ProcessTable, void, void> {
  return latest(clock, signal, host.processUpdates, () =>
    busiest(host.processes, params.sortBy, params.limit),
  )
}

function busiest(table: ProcessTable | null, sortBy: 'cpu' | 'memory', limit: number): ProcessTable {
  if (!table) return { time: null, total: 0, running: 0, blocked: 0, rows: [] }
  const weight = (row: ProcessRow): number => row[sortBy] ?? -1
  const rows = [...table.rows].sort((a, b) => weight(b) - weight(a) || a.pid - b.pid).slice(0, limit)
  return { ...table, rows }
}
