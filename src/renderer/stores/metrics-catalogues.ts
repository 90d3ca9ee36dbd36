import type { DiagnosticError } from '@shared/errors'
import type { HostId } from '@shared/model/host'
import {
  metricsOf,
  parseMetricPath,
  type Catalogue,
  type InstanceEntry,
  type MetricDescriptor,
} from '@shared/model/metrics'
import { computed, shallowRef, type ComputedRef, type Ref } from 'vue'
import { useLink } from '../link/link'
import { useSubscription } from '../link/subscription'
import { useHosts } from './hosts'
import { useEach } from './metrics-each'
import { seriesKey, type SeriesId } from './metrics-link'
import { arranged } from './metrics-tree'

/** What a catalogue says of a metric. */
export interface KnownMetric {
  readonly class: string
  readonly instance: InstanceEntry
  readonly metric: MetricDescriptor
}

export interface Catalogues {
  /** Of the host that is looked at; null until it was told. */
  readonly shown: ComputedRef<Catalogue | null>
  readonly error: ComputedRef<DiagnosticError | null>
  /** Null where its host's catalogue does not have it, or was not told yet. */
  find(id: SeriesId): KnownMetric | null
  /** The catalogue of a host was told. */
  has(host: HostId): boolean
}

interface Followed {
  readonly catalogue: Readonly<Ref<Catalogue | null>>
  readonly error: Readonly<Ref<DiagnosticError | null>>
  readonly known: Map<string, KnownMetric | null>
}

/** The catalogues of the host that is looked at and of those that are compared, as they change. */
export function useCatalogues(compared: () => readonly SeriesId[]): Catalogues {
  const link = useLink()
  const hosts = useHosts()
  const listed = computed(() => new Set((hosts.list ?? []).map(({ id }) => id)))
  const followed = useEach(
    () =>
      [
        ...(hosts.selectedId === null ? [] : [hosts.selectedId]),
        ...compared().map(({ host }) => host),
      ].filter((host) => listed.value.has(host)),
    (host): Followed => {
      const catalogue = shallowRef<Catalogue | null>(null)
      const known = new Map<string, KnownMetric | null>()
      const { error } = useSubscription(
        'catalogue.watch',
        () => ({ host }),
        (told) => {
          known.clear()
          catalogue.value = arranged(told)
        },
        link,
      )
      return { catalogue, error, known }
    },
  )
  const shown = computed(() => (hosts.selectedId === null ? undefined : followed.value.get(hosts.selectedId)))

  return {
    shown: computed(() => shown.value?.catalogue.value ?? null),
    error: computed(() => shown.value?.error.value ?? null),
    has: (host) => (followed.value.get(host)?.catalogue.value ?? null) !== null,
    find(id) {
      const one = followed.value.get(id.host)
      const catalogue = one?.catalogue.value
      if (!catalogue) return null
      const key = seriesKey(id)
      const before = one.known.get(key)
      if (before !== undefined) return before
      const found = lookUp(catalogue, id.path)
      one.known.set(key, found)
      return found
    },
  }
}

function lookUp(catalogue: Catalogue, path: string): KnownMetric | null {
  const address = parseMetricPath(path)
  const entry = catalogue.classes.find(({ name }) => name === address?.class)
  const instance = entry?.instances.find(({ id }) => id === address?.instance)
  if (!entry || !instance) return null
  const metric = metricsOf(entry, instance).find(({ name }) => name === address?.metric)
  return metric ? { class: entry.name, instance, metric } : null
}
