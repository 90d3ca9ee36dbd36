import type { ViewUpdate } from '@shared/model/rows'
import {
  computed,
  onScopeDispose,
  shallowReadonly,
  shallowRef,
  watch,
  type ComputedRef,
  type ShallowRef,
} from 'vue'
import { decodeRows, sameRow, type RowKey, type ShownRow } from './rows-decode'
import type { RowsView } from './rows-view'

/** Rows read beyond the edges of the screen, so that a turn of the wheel finds them there. */
const overscan = 12

interface Anchor extends RowKey {
  readonly position: number
}

/** The part of a view that is on screen. */
export interface RowWindow {
  /** Position of the first row on screen, with its fraction that is scrolled out. */
  readonly top: Readonly<ShallowRef<number>>
  /** Rows that fit, with fractions. */
  readonly capacity: Readonly<ShallowRef<number>>
  /** Consecutive rows in and around the screen. */
  readonly rows: Readonly<ShallowRef<readonly ShownRow[]>>
  readonly follow: Readonly<ShallowRef<boolean>>
  /** Rows that came since it does not follow. */
  readonly unseen: ComputedRef<number>
  resize(capacity: number): void
  scrollTo(top: number): void
  setFollow(on: boolean): void
  /** Keeps this row where it is on screen while others come and go. */
  hold(row: (RowKey & { readonly position: number }) | null): void
  /** Brings a position onto the screen, moving as little as possible, or to a third of its height. */
  reveal(position: number, place?: 'nearest' | 'third'): void
  /** To be called with each update. */
  heard(update: ViewUpdate): void
  /** Reads again what is on screen. */
  refresh(): void
}

/** `mark` is a further filter: rows tell whether they match it. */
export function useRowWindow(view: () => RowsView, mark: () => string | null): RowWindow {
  const top = shallowRef(0)
  const capacity = shallowRef(1)
  const rows = shallowRef<readonly ShownRow[]>([])
  const follow = shallowRef(true)
  const bounds = shallowRef({ first: 0, end: 0 })
  /** End of the view when it was last followed. */
  const seenEnd = shallowRef(0)
  let anchor: Anchor | null = null
  let viewId: string | null = null
  /** The view is another one: the anchor has to be found before anything is read. */
  let lost = false
  let busy = false
  let again = false
  let closed = false
  onScopeDispose(() => (closed = true))

  const lowest = (): number => Math.max(bounds.value.first, bounds.value.end - capacity.value)
  const clamp = (wanted: number): number => Math.max(bounds.value.first, Math.min(wanted, lowest()))

  function shift(by: number): void {
    if (by === 0) return
    top.value += by
    if (anchor) anchor = { ...anchor, position: anchor.position + by }
  }

  /** Moves with the anchor; true where it moved. */
  async function findAnchor(): Promise<boolean> {
    if (!anchor || follow.value) return false
    const wanted = anchor
    const position = await view().locate(wanted)
    if (anchor !== wanted || position === null) return false
    shift(position - wanted.position)
    return position !== wanted.position
  }

  async function load(): Promise<void> {
    if (lost && !follow.value) {
      await findAnchor()
      top.value = clamp(top.value)
    }
    lost = false
    const from = Math.floor(top.value) - overscan
    const read = await view().read(from, Math.ceil(capacity.value) + 2 * overscan, { mark: mark() })
    if (read === null || closed) return
    const there = anchor && read.find(({ position }) => position === anchor?.position)
    if (anchor && !follow.value && !sameRow(there ?? null, anchor) && (await findAnchor())) {
      again = true
      return
    }
    rows.value = read
    anchor ??= read.find(({ position }) => position >= top.value) ?? null
  }

  async function refresh(): Promise<void> {
    again = true
    if (busy) return
    busy = true
    try {
      while (again && !closed) {
        again = false
        await load()
      }
    } catch {
      // The view's own subscription tells what is the matter; the next update tries again.
    } finally {
      busy = false
    }
  }

  function toEnd(update: ViewUpdate): void {
    seenEnd.value = update.end
    top.value = lowest()
    if (mark() === null && update.tail.from <= Math.max(update.first, Math.floor(top.value))) {
      rows.value = decodeRows(update.tail)
    } else void refresh()
  }

  function heard(update: ViewUpdate): void {
    const other = update.view !== viewId
    lost ||= other && viewId !== null
    if (other) seenEnd.value = update.end
    viewId = update.view
    bounds.value = { first: update.first, end: update.end }
    if (follow.value) return toEnd(update)
    if (!lost) top.value = clamp(top.value)
    void refresh()
  }

  function setFollow(on: boolean): void {
    follow.value = on
    const update = view().update.value
    seenEnd.value = bounds.value.end
    if (!on) return
    anchor = null
    if (update) toEnd(update)
  }

  function scrollTo(wanted: number): void {
    follow.value = false
    anchor = null
    seenEnd.value = Math.max(seenEnd.value, Math.min(bounds.value.end, Math.ceil(wanted + capacity.value)))
    top.value = clamp(wanted)
    void refresh()
  }

  function resize(fit: number): void {
    if (fit === capacity.value) return
    capacity.value = fit
    const update = view().update.value
    if (follow.value && update) toEnd(update)
    else {
      top.value = clamp(top.value)
      void refresh()
    }
  }

  function reveal(position: number, place: 'nearest' | 'third' = 'nearest'): void {
    const fits = Math.max(1, Math.floor(capacity.value))
    if (place === 'third') scrollTo(position - Math.floor(fits / 3))
    else if (position < top.value) scrollTo(position)
    else if (position + 1 > top.value + capacity.value) scrollTo(position + 1 - capacity.value)
  }

  watch(mark, () => void refresh())

  return {
    top: shallowReadonly(top),
    capacity: shallowReadonly(capacity),
    rows: shallowReadonly(rows),
    follow: shallowReadonly(follow),
    unseen: computed(() => (follow.value ? 0 : Math.max(0, bounds.value.end - seenEnd.value))),
    resize,
    scrollTo,
    setFollow,
    hold: (row) => (anchor = row),
    reveal,
    heard,
    refresh: () => void refresh(),
  }
}
