import type { DiagnosticError } from '@shared/errors'
import type { HostId } from '@shared/model/host'
import { computed, shallowRef, type Ref, type ShallowRef } from 'vue'
import { useLink } from '../link/link'
import { useSubscription } from '../link/subscription'
import { useHosts } from './hosts'
import { useEach } from './metrics-each'
import type { SeriesId } from './metrics-link'
import { SeriesWindow, type HeldSamples } from './series-window'
import { useTime } from './time'

/** Points of a line: more than a window has pixels. */
const mostPoints = 1_200

/** Samples of the wanted metrics of one host in the shared range. */
export interface HostFeed {
  readonly error: Readonly<Ref<DiagnosticError | null>>
  /** By the host's own clock; null before the first answer that knows of it. */
  samples(path: string): HeldSamples | null
  /** The host has no such metric (yet). */
  isUnknown(path: string): boolean
  /** Time of its newest sample by the host's own clock; null before the first. */
  newestOf(path: string): number | null
  /** The host's clock less the clock of the host that is looked at, milliseconds; null where it is not known. */
  shift(): number | null
}

export type HostFeeds = Readonly<ShallowRef<ReadonlyMap<HostId, HostFeed>>>

/** The host's clock less the engine's, milliseconds; null until it is measured. */
function useClockOffset(host: HostId, link: ReturnType<typeof useLink>): Readonly<Ref<number | null>> {
  const offset = shallowRef<number | null>(null)
  useSubscription(
    'host.details',
    () => ({ host }),
    // Without a connection it is this machine.
    ({ connection }) => (offset.value = connection ? connection.clockOffset : 0),
    link,
  )
  return offset
}

/** Keeps samples of metrics of any hosts in the range that all views share. */
export function useHostFeeds(wanted: () => readonly SeriesId[]): HostFeeds {
  const link = useLink()
  const hosts = useHosts()
  const time = useTime()
  const listed = computed(() => new Set((hosts.list ?? []).map(({ id }) => id)))
  /** Of a host that is gone there is nothing to ask. */
  const asked = (): HostId[] => wanted().flatMap(({ host }) => (listed.value.has(host) ? [host] : []))
  const offsets = useEach(
    () => [...asked(), ...(hosts.selectedId === null ? [] : [hosts.selectedId])],
    (host) => useClockOffset(host, link),
  )
  const offsetOf = (host: HostId | null): number | null =>
    host === null ? null : (offsets.value.get(host)?.value ?? null)
  function shiftOf(host: HostId): number | null {
    if (host === hosts.selectedId) return 0
    const [own, shown] = [offsetOf(host), offsetOf(hosts.selectedId)]
    return own === null || shown === null ? null : own - shown
  }

  return useEach(asked, (host): HostFeed => {
    const paths = computed(() => wanted().flatMap((one) => (one.host === host ? [one.path] : [])))
    const version = shallowRef(0)
    /** The paths are those that were asked for when it began. */
    let held = { paths: [] as readonly string[], window: new SeriesWindow(0, time.span) }
    const current = (): typeof held => (version.value, held)
    const shift = (): number | null => shiftOf(host)

    const { error } = useSubscription(
      'metrics.watch',
      () => {
        const common = { host, paths: paths.value, points: mostPoints }
        if (paths.value.length === 0) return null
        if (!time.paused) return { ...common, window: time.span, to: null }
        const { from, to } = time.range
        return { ...common, window: Math.max(1_000, to - from), to: to + (shift() ?? 0) }
      },
      (update) => {
        const span = time.paused ? time.range.to - time.range.from : time.span
        if (update.reset) held = { paths: paths.value, window: new SeriesWindow(paths.value.length, span) }
        held.window.apply(update)
        const { newest } = held.window
        if (!time.paused && newest !== null && host === hosts.selectedId) time.heard(newest)
        version.value++
      },
      link,
    )
    return {
      error,
      samples(path) {
        const { paths: known, window } = current()
        const at = known.indexOf(path)
        return at < 0 ? null : window.samples(at)
      },
      isUnknown(path) {
        const { paths: known, window } = current()
        return window.isUnknown(known.indexOf(path))
      },
      newestOf(path) {
        const { paths: known, window } = current()
        return window.newestOf(known.indexOf(path))
      },
      shift,
    }
  })
}
