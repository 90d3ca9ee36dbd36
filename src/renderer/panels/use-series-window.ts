import type { DiagnosticError } from '@shared/errors'
import type { HostId } from '@shared/model/host'
import { metricPath, type Units } from '@shared/model/metrics'
import { computed, shallowRef, watch, type ComputedRef, type Ref } from 'vue'
import { valueAt, type ChartSeries } from '../charts/series'
import { useSubscription } from '../link/subscription'
import { useHosts } from '../stores/hosts'
import { SeriesWindow } from '../stores/series-window'
import { useTime, type TimeRange } from '../stores/time'

/** One line of a chart: which metric, and how it shows. */
export interface SeriesDefinition {
  readonly class: string
  readonly instance: string
  readonly metric: string
  readonly name: string
  /** Name of a CSS custom property. */
  readonly color: string
  readonly units: Units
}

/** Points of a line: more than a panel has pixels. */
const mostPoints = 1_200

/** What a panel needs to know of its data to tell its state. */
export interface PanelSource {
  readonly error: Readonly<Ref<DiagnosticError | null>>
  /** Time of the newest sample by the host's clock; null before the first. */
  newest(): number | null
  /** Expected distance of samples, milliseconds. */
  interval(): number
  /** How long ago something newer was last heard, milliseconds; 0 while the time is paused. */
  behind(): number
  /** The host has none of it (yet). */
  absent(): boolean
  /** A fixed range shows in which the host told nothing. */
  blankRange(): boolean
  /** Milliseconds for which there were samples, but none with a value; null where one has. */
  blankFor(): number | null
}

export interface SeriesView extends PanelSource {
  readonly definitions: readonly SeriesDefinition[]
  readonly series: ComputedRef<readonly ChartSeries[]>
  /** The value at the shared cursor, else the newest one of what shows; null where it is missing. */
  value(position: number): number | null
  /** The newest value, wherever the cursor is. */
  latest(position: number): number | null
}

export interface SeriesWindowOptions {
  /** The host that is looked at, unless told otherwise. */
  readonly host?: () => HostId | null
  /** Milliseconds up to now, whatever range the views show; theirs, unless told otherwise. */
  readonly span?: () => number
  /** False for series that are sampled out of step with the host's own: they do not move the time axis. */
  readonly leads?: boolean
}

/**
 * Keeps the points of some metrics in the shared range. The arrays are allocated once and written in place; a
 * counter tells the charts that they changed.
 */
export function useSeriesWindow(
  definitions: readonly SeriesDefinition[],
  options: SeriesWindowOptions = {},
): SeriesView {
  const hosts = useHosts()
  const time = useTime()
  const host = options.host ?? (() => hosts.selectedId)
  const span = options.span ?? (() => time.span)
  /** The range of all views that stands still; null while they are live. */
  const fixed = (): TimeRange | null => (options.span === undefined && time.paused ? time.range : null)
  const leads = options.leads ?? true
  const paths = definitions.map(metricPath)
  const version = shallowRef(0)
  let held = new SeriesWindow(definitions.length, span())
  let told = false

  watch(host, () => {
    told = false
    held = new SeriesWindow(definitions.length, span())
    version.value++
  })
  const { error } = useSubscription(
    'metrics.watch',
    () => {
      const id = host()
      if (id === null) return null
      const range = fixed()
      if (!range) return { host: id, paths, window: span(), to: null, points: mostPoints }
      const { from, to } = range
      return { host: id, paths, window: Math.max(1_000, to - from), to, points: mostPoints }
    },
    (update) => {
      told = true
      if (update.reset) held = new SeriesWindow(definitions.length, span())
      held.apply(update)
      if (leads && !time.paused && held.newest !== null && host() === hosts.selectedId)
        time.heard(held.newest)
      version.value++
    },
  )

  /** The window as of the last change. */
  const current = (): SeriesWindow => (version.value, held)
  const series = computed<ChartSeries[]>(() => {
    const samples = current()
    return definitions.map(({ name, color }, position) => ({ name, color, ...samples.samples(position) }))
  })

  return {
    definitions,
    series,
    error,
    newest: () => current().newest,
    interval: () => current().intervalOf(0),
    behind: () => (time.paused ? 0 : time.range.to - (current().newest ?? time.range.to)),
    blankFor: () => current().blankFor(),
    blankRange: () => (version.value, told && fixed() !== null && held.newest === null),
    absent: () => definitions.every((_, position) => current().isUnknown(position)),
    latest: (position) => current().latest(position),
    value(position) {
      const one = series.value[position]
      const moment = options.span === undefined ? (time.cursor ?? fixed()?.to ?? null) : null
      return moment === null || !one ? current().latest(position) : valueAt(one, moment)
    },
  }
}
