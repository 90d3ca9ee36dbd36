import type { Ranking } from '@shared/model/metrics'
import { shallowReadonly, shallowRef, watch, type ShallowRef } from 'vue'
import { useSubscription } from '../link/subscription'
import { useHosts } from '../stores/hosts'
import { useTime } from '../stores/time'
import { useArrival } from './use-arrival'
import type { PanelSource } from './use-series-window'

export interface TopView extends PanelSource {
  readonly ranking: Readonly<ShallowRef<Ranking | null>>
}

/** The `limit` busiest instances of a class by metrics[0], with the latest values of all `metrics`. */
export function useTop(className: string, metrics: readonly string[], limit: number): TopView {
  const hosts = useHosts()
  const time = useTime()
  const arrival = useArrival()
  const ranking = shallowRef<Ranking | null>(null)
  watch(
    () => hosts.selectedId,
    () => (ranking.value = null),
  )
  const { error } = useSubscription(
    'metrics.top',
    () =>
      hosts.selectedId === null || time.paused
        ? null
        : { host: hosts.selectedId, class: className, metrics: [...metrics], limit },
    (update) => {
      arrival.note(update.time)
      ranking.value = update
    },
  )
  return {
    ranking: shallowReadonly(ranking),
    error,
    newest: () => ranking.value?.time ?? null,
    // Ranked again with each sample of the fastest group; a slow class keeps its values meanwhile.
    interval: () => 10_000,
    behind: () => arrival.behind(),
    blankFor: () => null,
    blankRange: () => false,
    absent: () => ranking.value !== null && ranking.value.total === 0,
  }
}
