import { longestRange } from '@shared/contract'
import { hostId, type HostId } from '@shared/model/host'
import { metricPath, metricPathText, parseMetricPath } from '@shared/model/metrics'
import * as v from 'valibot'
import type { TimeRange } from './time'

/** A metric of a host. */
export interface SeriesId {
  readonly host: HostId
  /** `/metrics/<class>/<instance>/<metric>`. */
  readonly path: string
}

/** The same text for the same series, whatever it was made from. */
export const seriesKey = ({ host, path }: SeriesId): string => `${host}\n${path}`

/** More lines than these nobody tells apart, and their link would be too long for a chat. */
export const mostSeries = 32

/** What the address tells of the Metrics view. */
export interface MetricsLink {
  readonly series: readonly SeriesId[]
  /** A chart for each series instead of one for each unit. */
  readonly each: boolean
  /** By the clock of the host that is looked at; null for what is live. */
  readonly range: TimeRange | null
}

const longestLink = 65_536
const shortestRange = 1_000
/** The last moment that a Date can have, milliseconds. */
const endOfTime = 8.64e15

/** With its segments encoded in one way; null for what is no series. */
export function readSeries(host: string, path: string): SeriesId | null {
  if (!v.is(hostId, host) || !v.is(metricPathText, path)) return null
  const address = parseMetricPath(path)
  return address && { host, path: metricPath(address) }
}

/** Each once, and no more than can be shown. */
export function distinct(series: readonly SeriesId[]): SeriesId[] {
  return [...new Map(series.map((one) => [seriesKey(one), one])).values()].slice(0, mostSeries)
}

/** `m=<host>/metrics/...` for each series, `by=series`, `from` and `to`; empty where there is nothing to tell. */
export function formatMetricsLink({ series, each, range }: MetricsLink): string {
  const query = new URLSearchParams()
  // A host's id may hold slashes: encoded once more, it ends at the first one.
  for (const { host, path } of series) query.append('m', encodeURIComponent(host) + path)
  if (each) query.set('by', 'series')
  if (range) {
    query.set('from', String(Math.round(range.from)))
    query.set('to', String(Math.round(range.to)))
  }
  return query.toString().replaceAll('%2F', '/')
}

/** Anybody may have written it: what is no series or no range is left out. */
export function parseMetricsLink(text: string): MetricsLink {
  const query = new URLSearchParams(text.length > longestLink ? '' : text)
  const series = query.getAll('m').flatMap((one) => readLinked(one) ?? [])
  return {
    series: distinct(series),
    each: query.get('by') === 'series',
    range: readRange(query.get('from'), query.get('to')),
  }
}

function readLinked(text: string): SeriesId | null {
  const at = text.indexOf('/')
  if (at <= 0) return null
  try {
    return readSeries(decodeURIComponent(text.slice(0, at)), text.slice(at))
  } catch {
    return null
  }
}

function readRange(first: string | null, last: string | null): TimeRange | null {
  if (first === null || last === null || !/^\d{1,16}$/.test(first) || !/^\d{1,16}$/.test(last)) return null
  const [from, to] = [Number(first), Number(last)]
  if (to > endOfTime || to - from < shortestRange || to - from > longestRange) return null
  return { from, to }
}
