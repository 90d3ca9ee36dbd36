import type { HostSummary } from '@shared/model/host'
import { parseMetricPath, type Units } from '@shared/model/metrics'
import { formatAge } from '@shared/units'
import { intervalOf, shifted } from './samples'
import type { ChartSeries } from '../../charts/series'
import type { KnownMetric } from '../../stores/metrics-catalogues'
import type { ComparedSeries } from '../../stores/metrics-comparison'
import type { HostFeed } from '../../stores/metrics-feed'
import { isSilence } from '../../stores/silence'

/** Colours there are: `--series-1` and on. */
const colors = 8

/** What can be said of a compared series; a word for everything but `live`. */
export interface LineState {
  readonly kind: 'live' | 'busy' | 'stale' | 'empty' | 'unknown' | 'gone' | 'off' | 'error'
  /** Short, beside the name. */
  readonly word: string
  readonly reason: string
}

/** A compared series as the board shows it. */
export interface Line {
  readonly key: string
  readonly compared: ComparedSeries
  /** Name of a CSS custom property. */
  readonly color: string
  /** How often its colour was given before: 0 for the first eight. */
  readonly again: number
  /** Instance and metric, and the host where several are compared. */
  readonly name: string
  readonly host: string
  readonly units: Units
  readonly description: string
  readonly state: LineState
  /** By the clock of the host that is looked at. */
  readonly series: ChartSeries
  /** Milliseconds that its times were moved by; null where the clocks' difference is not known. */
  readonly shift: number | null
}

export interface LineFacts {
  readonly compared: ComparedSeries
  /** Null for a host that is not there; undefined while the hosts are not told. */
  readonly host: HostSummary | null | undefined
  readonly known: KnownMetric | null
  readonly catalogued: boolean
  readonly feed: HostFeed | null
  readonly manyHosts: boolean
  /** There is a connection to the engine. */
  readonly connected: boolean
  readonly paused: boolean
  /** End of the range. */
  readonly to: number
}

const state = (kind: LineState['kind'], word = '', reason = ''): LineState => ({ kind, word, reason })

const down = {
  connecting: state('busy', 'connecting', 'The host is being connected.'),
  reconnecting: state(
    'stale',
    'reconnecting',
    'The connection to the host is lost; these are its last samples.',
  ),
  disconnected: state('off', 'not connected', 'The host is not connected.'),
  failed: state('off', 'not reached', 'The host cannot be reached.'),
} as const

export function lineOf(facts: LineFacts): Line {
  const { compared, feed, known } = facts
  const shift = feed?.shift() ?? null
  const color = `--series-${(compared.slot % colors) + 1}`
  const name = nameOf(facts)
  const series = { name, color, ...shifted(feed?.samples(compared.path) ?? null, shift ?? 0) }
  return {
    key: compared.key,
    compared,
    color,
    again: Math.floor(compared.slot / colors),
    name,
    host: hostName(facts),
    units: known?.metric.units ?? '',
    description: known?.metric.description ?? '',
    state: stateOf(facts, series),
    series,
    shift,
  }
}

const hostName = ({ host, compared }: LineFacts): string => host?.name ?? compared.host

function nameOf(facts: LineFacts): string {
  const address = parseMetricPath(facts.compared.path)
  const metric = address?.metric ?? facts.compared.path
  const instance = facts.known?.instance.name ?? address?.instance ?? ''
  // The host itself has no name beside that of the host.
  const own = address?.instance === address?.class ? metric : `${instance} ${metric}`
  return facts.manyHosts ? `${hostName(facts)}: ${own}` : own
}

function stateOf(facts: LineFacts, series: ChartSeries): LineState {
  const { host, known, connected } = facts
  if (host === null)
    return state(
      'unknown',
      'no such host',
      'This console has no host of that id: add it, or remove the series.',
    )
  if (!host || !connected) return state('stale', 'no connection', 'No connection to the engine.')
  const blank = series.values.every(Number.isNaN)
  if (host.state !== 'live' && host.state !== 'stale') {
    const told = down[host.state]
    return blank ? told : { ...told, kind: 'stale' }
  }
  const waiting = untold(facts, host.name)
  if (waiting) return waiting
  if (known && !known.instance.present)
    return state('gone', 'gone', 'The host does not have this instance any more; its history is left.')
  if (blank) return state('empty', 'no values', 'There is no value in the range that shows.')
  return staleness(facts, series)
}

/** Why there is no answer for a series of a host that is connected; null where there is one. */
function untold({ feed, compared, catalogued, known }: LineFacts, host: string): LineState | null {
  const error = feed?.error.value
  if (error) return state('error', 'error', error.message)
  if (catalogued && !known && feed?.isUnknown(compared.path) === true)
    return state('unknown', 'unknown', `${host} has no such metric now. It shows once there is one.`)
  return (feed?.samples(compared.path) ?? null) === null
    ? state('busy', 'waiting', 'Its samples are on their way.')
    : null
}

/** Samples that stopped, of a host that is connected. */
function staleness({ host, feed, compared, paused, to }: LineFacts, series: ChartSeries): LineState {
  if (host?.state === 'stale') return state('stale', 'stale', 'The host sends no samples.')
  const newest = feed?.newestOf(compared.path) ?? null
  if (paused || newest === null) return state('live')
  const behind = to - (newest - (feed?.shift() ?? 0))
  if (!isSilence(behind, intervalOf(series))) return state('live')
  return state('stale', `stale ${formatAge(behind)}`, 'These samples stopped; others go on.')
}
