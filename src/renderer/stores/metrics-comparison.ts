import { defineStore } from 'pinia'
import { computed, readonly, shallowReadonly, shallowRef } from 'vue'
import { distinct, mostSeries, seriesKey, type SeriesId } from './metrics-link'

/** A series that is compared. */
export interface ComparedSeries extends SeriesId {
  readonly key: string
  /** Decides its colour; it keeps it whatever comes and goes beside it. */
  readonly slot: number
}

function withSlots(series: readonly SeriesId[], before: readonly ComparedSeries[]): ComparedSeries[] {
  const known = new Map(before.map((one) => [one.key, one]))
  const kept = series.flatMap((one) => known.get(seriesKey(one)) ?? [])
  const taken = new Set(kept.map(({ slot }) => slot))
  let slot = 0
  return series.map((one) => {
    const key = seriesKey(one)
    const own = known.get(key)
    if (own) return own
    while (taken.has(slot)) slot++
    taken.add(slot)
    return { ...one, key, slot }
  })
}

/** The metrics that are compared, of any hosts; they stay while other views show. */
export const useComparison = defineStore('metrics-comparison', () => {
  const series = shallowRef<readonly ComparedSeries[]>([])
  const each = shallowRef(false)
  const alone = shallowRef<string | null>(null)
  /** Series that were asked for and did not fit, since the last change that did. */
  const refused = shallowRef(0)
  const keys = computed(() => new Set(series.value.map(({ key }) => key)))

  function set(wanted: readonly SeriesId[]): void {
    const fitting = distinct(wanted)
    refused.value = new Set(wanted.map(seriesKey)).size - fitting.length
    series.value = withSlots(fitting, series.value)
    if (alone.value !== null && !keys.value.has(alone.value)) alone.value = null
  }

  const add = (wanted: readonly SeriesId[]): void => set([...series.value, ...wanted])
  const remove = (key: string): void => set(series.value.filter((one) => one.key !== key))

  return {
    series: shallowReadonly(series),
    keys,
    /** A chart for each series instead of one for each unit. */
    each: readonly(each),
    /** The key of the only one that shows; null where all do. */
    alone: readonly(alone),
    refused: readonly(refused),
    full: computed(() => series.value.length >= mostSeries),
    set,
    add,
    remove,
    toggle(id: SeriesId): void {
      const key = seriesKey(id)
      if (keys.value.has(key)) remove(key)
      else add([id])
    },
    clear: () => set([]),
    isolate: (key: string) => (alone.value = alone.value === key ? null : key),
    showEach: (wanted: boolean) => (each.value = wanted),
  }
})
