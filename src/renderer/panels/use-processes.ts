import type { ProcessTable } from '@shared/model/host'
import { shallowReadonly, shallowRef, watch, type ShallowRef } from 'vue'
import { useSubscription } from '../link/subscription'
import { useHosts } from '../stores/hosts'
import { useSettings } from '../stores/settings'
import { useTime } from '../stores/time'
import { useArrival } from './use-arrival'
import type { PanelSource } from './use-series-window'

export interface ProcessView extends PanelSource {
  readonly table: Readonly<ShallowRef<ProcessTable | null>>
}

/** The `limit` processes with the most CPU or memory, as the settings choose. */
export function useProcesses(limit: number): ProcessView {
  const hosts = useHosts()
  const settings = useSettings()
  const time = useTime()
  const arrival = useArrival()
  const table = shallowRef<ProcessTable | null>(null)
  watch(
    () => hosts.selectedId,
    () => (table.value = null),
  )
  const { error } = useSubscription(
    'processes.watch',
    () =>
      hosts.selectedId === null || time.paused
        ? null
        : { host: hosts.selectedId, sortBy: settings.chosen.processOrder, limit },
    (update) => {
      arrival.note(update.time)
      table.value = update
    },
  )
  return {
    table: shallowReadonly(table),
    error,
    newest: () => table.value?.time ?? null,
    interval: () => 5_000,
    behind: () => arrival.behind(),
    blankFor: () => null,
    blankRange: () => false,
    absent: () => false,
  }
}
