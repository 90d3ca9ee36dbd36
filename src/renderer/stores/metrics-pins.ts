import { defineStore } from 'pinia'
import * as v from 'valibot'
import { onScopeDispose, readonly, shallowReadonly, shallowRef, watch } from 'vue'
import { distinct, mostSeries, readSeries, type SeriesId } from './metrics-link'

const most = 100
const longestName = 80
/** As for hosts: long enough to notice. */
const undoFor = 60_000

const series = v.pipe(
  v.object({ host: v.string(), path: v.string() }),
  v.rawTransform(({ dataset, addIssue, NEVER }) => {
    const read = readSeries(dataset.value.host, dataset.value.path)
    if (read) return read
    addIssue({ message: 'expected a metric of a host' })
    return NEVER
  }),
)
const pin = v.object({
  name: v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(longestName)),
  each: v.boolean(),
  series: v.pipe(v.array(series), v.minLength(1), v.maxLength(mostSeries)),
})
/** A comparison that was kept under a name; names are unique. */
export type PinnedSet = v.InferOutput<typeof pin>

const storageKey = 'xcp-diag.metrics'

/** One bad set does not cost the others. */
export function readPins(text: string | null): PinnedSet[] {
  let stored: unknown = null
  try {
    stored = text === null ? null : JSON.parse(text)
  } catch {
    // Damaged by hand or by an older version: there are none.
  }
  const list = v.safeParse(v.object({ pins: v.array(v.unknown()) }), stored)
  const pins = list.success ? list.output.pins : []
  const read = pins.slice(0, most).flatMap((one) => {
    const parsed = v.safeParse(pin, one)
    return parsed.success ? [parsed.output] : []
  })
  return [...new Map(read.map((one) => [one.name, one])).values()]
}

/** Sets of metrics that the person looks at again and again; remembered in this browser. */
export const usePins = defineStore('metrics-pins', () => {
  const list = shallowRef<readonly PinnedSet[]>(readPins(localStorage.getItem(storageKey)))
  /** The one that was removed last and where it was, for as long as that can be undone. */
  const removed = shallowRef<{ readonly pin: PinnedSet; readonly at: number } | null>(null)
  let timer: ReturnType<typeof setTimeout> | undefined
  watch(list, (pins) => localStorage.setItem(storageKey, JSON.stringify({ pins })), { flush: 'sync' })
  onScopeDispose(() => clearTimeout(timer))

  /** A name as it can be kept. */
  const clean = (name: string): string => name.trim().slice(0, longestName).trim()

  /** Keeps a comparison, in place of the one with that name where there is one; false for no name or too many. */
  function save(
    wanted: string,
    what: { readonly series: readonly SeriesId[]; readonly each: boolean },
  ): boolean {
    const name = clean(wanted)
    const at = list.value.findIndex((one) => one.name === name)
    if (name === '' || what.series.length === 0 || (at < 0 && list.value.length >= most)) return false
    const kept = {
      name,
      each: what.each,
      series: distinct(what.series).map(({ host, path }) => ({ host, path })),
    }
    list.value = at < 0 ? [...list.value, kept] : list.value.with(at, kept)
    return true
  }

  /** False where the new name is none, or another's. */
  function rename(from: string, to: string): boolean {
    const name = clean(to)
    if (name === from) return true
    if (name === '' || list.value.some((one) => one.name === name)) return false
    list.value = list.value.map((one) => (one.name === from ? { ...one, name } : one))
    return true
  }

  function remove(name: string): void {
    const at = list.value.findIndex((one) => one.name === name)
    const gone = list.value[at]
    if (!gone) return
    list.value = list.value.filter((one) => one !== gone)
    removed.value = { pin: gone, at }
    clearTimeout(timer)
    timer = setTimeout(forgetRemoved, undoFor)
  }

  function forgetRemoved(): void {
    clearTimeout(timer)
    removed.value = null
  }

  function undoRemove(): void {
    const undone = removed.value
    if (!undone) return
    const others = list.value.filter(({ name }) => name !== undone.pin.name)
    list.value = others.toSpliced(undone.at, 0, undone.pin)
    forgetRemoved()
  }

  return {
    list: shallowReadonly(list),
    removed: readonly(removed),
    longestName,
    has: (name: string): boolean => list.value.some((one) => one.name === clean(name)),
    save,
    rename,
    remove,
    undoRemove,
    forgetRemoved,
  }
})
