import { computed, shallowReadonly, shallowRef, type ComputedRef, type ShallowRef } from 'vue'
import type { Bookmark, RowsStore } from '../../stores/rows-logs'
import { sameRow, type RowKey, type ShownRow } from '../../stores/rows-decode'
import type { RowsView } from '../../stores/rows-view'
import type { RowWindow } from '../../stores/rows-window'

export interface LogCursor {
  /** The row that is worked with. */
  readonly row: Readonly<ShallowRef<ShownRow | null>>
  /** Positions that are selected, both inclusive; null without a selection. */
  readonly range: ComputedRef<{ readonly from: number; readonly to: number } | null>
  select(row: ShownRow, extend?: boolean): void
  clear(): void
  moveBy(rows: number, extend?: boolean): Promise<void>
  moveTo(position: number, place?: 'nearest' | 'third', extend?: boolean): Promise<void>
  goTo(row: RowKey): Promise<void>
  goToTime(time: number): Promise<void>
  /** To the next (1) or previous (-1) row that matches what is marked. */
  goToHit(step: 1 | -1): Promise<void>
  goToBookmark(step: 1 | -1): Promise<void>
}

/** The row that keys and clicks work with, and the way from it to others. */
export function useLogCursor(main: RowsView, hits: RowsView, window: RowWindow, logs: RowsStore): LogCursor {
  const row = shallowRef<ShownRow | null>(null)
  /** The other end of the selection, by the row that it is. */
  const start = shallowRef<ShownRow | null>(null)

  /** Rows move while others come between them: what was read last is right. */
  const now = (one: ShownRow): number =>
    window.rows.value.find((other) => sameRow(other, one))?.position ?? one.position
  const range = computed(() => {
    if (!row.value) return null
    const ends = [now(row.value), now(start.value ?? row.value)]
    return { from: Math.min(...ends), to: Math.max(...ends) }
  })

  function select(next: ShownRow, extend = false): void {
    if (extend) start.value ??= row.value
    else start.value = null
    row.value = next
    if (window.follow.value) window.setFollow(false)
    window.hold(next)
  }

  async function moveTo(
    position: number,
    place: 'nearest' | 'third' = 'nearest',
    extend = false,
  ): Promise<void> {
    const update = main.update.value
    if (!update || update.end <= update.first) return
    const at = Math.max(update.first, Math.min(update.end - 1, position))
    const known = window.rows.value.find((one) => one.position === at)
    const next = known ?? (await main.read(at, 1))?.[0]
    if (!next) return
    window.reveal(next.position, place)
    select(next, extend)
  }

  /** Where the row is now; the first on screen where there is none. */
  async function place(): Promise<number> {
    const held = row.value
    if (!held) return Math.ceil(window.top.value) - 1
    return (
      window.rows.value.find((one) => sameRow(one, held))?.position ??
      (await main.locate(held)) ??
      held.position
    )
  }

  async function goTo(key: RowKey): Promise<void> {
    const position = await main.locate(key)
    if (position !== null) await moveTo(position, onScreen(position) ? 'nearest' : 'third')
  }
  const onScreen = (position: number): boolean =>
    position >= window.top.value && position + 1 <= window.top.value + window.capacity.value

  async function goToHit(step: 1 | -1): Promise<void> {
    if (logs.marked === null) return moveBy(step)
    const from = row.value ?? window.rows.value.find(({ position }) => position >= window.top.value)
    const hit = from ? await nextHit(hits, from, step) : null
    if (hit) await goTo(hit)
  }

  async function goToBookmark(step: 1 | -1): Promise<void> {
    const next = nextBookmark(logs.bookmarks, row.value, step)
    if (next) await goTo(next)
  }

  async function goToTime(time: number): Promise<void> {
    const position = await main.locateTime(time)
    if (position !== null) await moveTo(position, 'third')
  }

  async function moveBy(rows: number, extend = false): Promise<void> {
    await moveTo((await place()) + rows, 'nearest', extend)
  }

  return {
    row: shallowReadonly(row),
    range,
    select,
    clear: () => {
      row.value = start.value = null
      window.hold(null)
    },
    moveBy,
    moveTo,
    goTo,
    goToTime,
    goToHit,
    goToBookmark,
  }
}

/** The row of `hits` after (1) or before (-1) a row, which need not be one of them. */
async function nextHit(hits: RowsView, from: RowKey, step: 1 | -1): Promise<ShownRow | null> {
  const at = await hits.locate(from)
  if (at === null) return null
  const [there] = (await hits.read(at, 1)) ?? []
  const next = step < 0 ? at - 1 : sameRow(there ?? null, from) ? at + 1 : at
  const [hit] = (await hits.read(next, 1)) ?? []
  // Beyond the last one the nearest would be read: that is no other hit.
  return hit?.position === next ? hit : null
}

/** Round the ends; from a row that is none, by its time. */
function nextBookmark(marks: readonly Bookmark[], from: ShownRow | null, step: 1 | -1): Bookmark | undefined {
  const at = marks.findIndex((mark) => sameRow(mark, from))
  if (at >= 0) return marks[(at + step + marks.length) % marks.length]
  const time = from?.time ?? -step * Infinity
  return step > 0
    ? (marks.find((mark) => mark.time >= time) ?? marks[0])
    : (marks.findLast((mark) => mark.time <= time) ?? marks.at(-1))
}
