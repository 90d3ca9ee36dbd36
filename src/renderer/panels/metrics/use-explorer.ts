import { DiagnosticError } from '@shared/errors'
import { computed, inject, provide, type ComputedRef, type InjectionKey } from 'vue'
import { valueAt, valueNow } from '../../charts/series'
import { useConnection } from '../../stores/connection'
import { useHosts } from '../../stores/hosts'
import { useCatalogues, type Catalogues } from '../../stores/metrics-catalogues'
import { useComparison } from '../../stores/metrics-comparison'
import { useHostFeeds } from '../../stores/metrics-feed'
import { useTime } from '../../stores/time'
import { lineOf, type Line } from './lines'
import { unitTitles } from './units'

/** Lines that share a chart. */
export interface ChartGroup {
  readonly id: string
  readonly title: string
  readonly lines: readonly Line[]
}

/** All that the parts of the Metrics view share while it is on screen. */
export interface Explorer {
  readonly catalogues: Catalogues
  readonly lines: ComputedRef<readonly Line[]>
  /** Lines that show, by chart: one for each unit, or one for each series. */
  readonly groups: ComputedRef<readonly ChartGroup[]>
  /** The value at the shared cursor, else the newest of the range. */
  valueOf(line: Line): number | null
}

const key: InjectionKey<Explorer> = Symbol('metrics explorer')

export function useExplorer(): Explorer {
  const explorer = inject(key)
  if (!explorer) throw new DiagnosticError('internal', 'This panel is not part of a Metrics view.')
  return explorer
}

/** For the components inside of this one. */
export function provideExplorer(): Explorer {
  const explorer = createExplorer()
  provide(key, explorer)
  return explorer
}

export function createExplorer(): Explorer {
  const comparison = useComparison()
  const connection = useConnection()
  const hosts = useHosts()
  const time = useTime()
  const catalogues = useCatalogues(() => comparison.series)
  const feeds = useHostFeeds(() => comparison.series)

  const lines = computed(() => {
    const { series } = comparison
    const manyHosts = series.some(({ host }) => host !== series[0]?.host || host !== hosts.selectedId)
    return series.map((compared) =>
      lineOf({
        compared,
        host: hosts.list ? (hosts.list.find(({ id }) => id === compared.host) ?? null) : undefined,
        known: catalogues.find(compared),
        catalogued: catalogues.has(compared.host),
        feed: feeds.value.get(compared.host) ?? null,
        manyHosts,
        connected: connection.open,
        paused: time.paused,
        to: time.range.to,
      }),
    )
  })

  const groups = computed((): ChartGroup[] => {
    const shown = lines.value.filter((line) => comparison.alone === null || line.key === comparison.alone)
    if (comparison.each) return shown.map((line) => ({ id: line.key, title: line.name, lines: [line] }))
    return [...new Set(shown.map(({ units }) => units))].map((units) => ({
      id: `units ${units}`,
      title: unitTitles[units],
      lines: shown.filter((line) => line.units === units),
    }))
  })

  return {
    catalogues,
    lines,
    groups,
    valueOf: ({ series }) =>
      time.cursor === null ? valueNow(series, time.range.to) : valueAt(series, time.cursor),
  }
}
