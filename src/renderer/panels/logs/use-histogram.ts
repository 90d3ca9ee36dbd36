import type { RowHistogram } from '@shared/model/rows'
import { onScopeDispose, shallowReadonly, shallowRef, watch, type ShallowRef } from 'vue'
import { useAsk } from '../../stores/ask'
import type { RowsView } from '../../stores/rows-view'

/** Least milliseconds between two counts, and how many times the time that one takes. */
const leastPause = 1_000
const pauseFactor = 4

/**
 * Rows by time and severity, kept up while the view changes: of `fixed` (epoch milliseconds of our clock), or of all that
 * the view shows where that is null.
 */
export function useHistogram(
  view: RowsView,
  bins: () => number,
  fixed: () => { readonly from: number; readonly to: number } | null = () => null,
): Readonly<ShallowRef<RowHistogram | null>> {
  const ask = useAsk()
  const histogram = shallowRef<RowHistogram | null>(null)
  const closed = new AbortController()
  let timer: ReturnType<typeof setTimeout> | undefined
  let running = false
  let wanted = false
  let counted = ''
  onScopeDispose(() => {
    clearTimeout(timer)
    closed.abort()
  })

  async function extent(first: number, end: number): Promise<{ from: number; to: number } | null> {
    const ends = await Promise.all([
      view.read(first, 1, { maxBytes: 0 }),
      view.read(end - 1, 1, { maxBytes: 0 }),
    ])
    const [from, to] = ends.map((rows) => rows?.[0]?.time ?? NaN)
    if (from === undefined || to === undefined || Number.isNaN(from) || Number.isNaN(to)) return null
    return { from, to: Math.max(to + 1, from + 1_000) }
  }

  async function count(): Promise<void> {
    const update = view.update.value
    if (!update) return
    const { view: id, first, end } = update
    const wantedRange = fixed()
    const state = `${id} ${first} ${end} ${bins()} ${wantedRange?.from} ${wantedRange?.to}`
    if (state === counted) return
    counted = state
    if (end <= first) return void (histogram.value = null)
    const range = wantedRange ?? (await extent(first, end))
    if (!range || bins() < 1) return
    histogram.value = await ask('rows.histogram', { view: id, ...range, bins: bins() }, closed.signal)
  }

  async function run(): Promise<void> {
    if (running) return void (wanted = true)
    running = true
    wanted = false
    const begun = performance.now()
    try {
      await count()
    } catch {
      // Another view took its place, or the engine went: the next update asks again.
      counted = ''
    }
    if (closed.signal.aborted) return
    timer = setTimeout(
      () => {
        running = false
        if (wanted) void run()
      },
      Math.max(leastPause, pauseFactor * (performance.now() - begun)),
    )
  }

  watch([view.update, bins, fixed], () => void run(), { immediate: true })
  return shallowReadonly(histogram)
}
