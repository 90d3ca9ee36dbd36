import type { HostId } from '@shared/model/host'
import { onScopeDispose, shallowRef, watch } from 'vue'
import { useSubscription } from '../../link/subscription'
import { SeriesWindow } from '../../stores/series-window'

/** Scrolling passes rows that nobody reads: only what stays is asked for. */
const settle = 150
/** Any will do: the newest sample is in it, whenever that was. */
const window = 1_000
const most = 256

/** The newest values of some metrics; by path, null where it is missing or not there yet. */
export function useLiveValues(
  host: () => HostId | null,
  wanted: () => readonly string[],
): (path: string) => number | null {
  const paths = shallowRef<readonly string[]>([])
  const values = shallowRef<ReadonlyMap<string, number | null>>(new Map())
  let held = new SeriesWindow(0, window)
  let timer: ReturnType<typeof setTimeout> | undefined
  onScopeDispose(() => clearTimeout(timer))
  watch(
    () => wanted().join('\n'),
    () => {
      clearTimeout(timer)
      timer = setTimeout(() => (paths.value = wanted().slice(0, most)), settle)
    },
    { immediate: true },
  )
  watch(host, () => (values.value = new Map()))

  useSubscription(
    'metrics.watch',
    () => {
      const id = host()
      if (id === null || paths.value.length === 0) return null
      return { host: id, paths: [...paths.value], window, to: null, points: 16 }
    },
    (update) => {
      if (update.reset) held = new SeriesWindow(paths.value.length, window)
      held.apply(update)
      values.value = new Map(paths.value.map((path, at) => [path, held.latest(at)]))
    },
  )
  return (path) => values.value.get(path) ?? null
}
