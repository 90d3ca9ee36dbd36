import { computed, shallowReadonly, shallowRef, type ComputedRef, type ShallowRef } from 'vue'
import { useLogs } from '../../stores/rows-logs'
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
export function useLogCursor(main: RowsView, hits: RowsView, window: RowWindow): LogCursor {
  const logs = useLogs()
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
    const update = hits.update.value
    if (!from || !update) return
    const at = await hits.locate(from)
    if (at === null) return
    const [there] = (await hits.read(at, 1)) ?? []
    const next = step < 0 ? at - 1 : sameRow(there ?? null, from) ? at + 1 : at
    const [hit] = (await hits.read(next, 1)) ?? []
    // Beyond the last one the nearest would be read: that is no other hit.
    if (hit?.position === next) await goTo(hit)
  }

  async function goToBookmark(step: 1 | -1): Promise<void> {
    const marks = logs.bookmarks
    const time = row.value?.time ?? (step > 0 ? -Infinity : Infinity)
    const at = marks.findIndex((mark) => sameRow(mark, row.value))
    const next =
      at >= 0
        ? marks[(at + step + marks.length) % marks.length]
        : step > 0
          ? (marks.find((mark) => mark.time >= time) ?? marks[0])
          : (marks.findLast((mark) => mark.time <= time) ?? marks.at(-1))
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
