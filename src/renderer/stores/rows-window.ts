import type { ViewUpdate } from '@shared/model/rows'
import { computed, onScopeDispose, shallowReadonly, shallowRef, watch } from 'vue'
import { decodeRows, sameRow, type RowKey, type ShownRow } from './rows-decode'
import type { RowsView } from './rows-view'

/** Rows read beyond the edges of the screen, so that a turn of the wheel finds them there. */
const overscan = 12

interface Anchor extends RowKey {
  readonly position: number
}

/**
 * The part of a view that is on screen: follows the end, or stands still at the row that is read while others
 * come and go. Positions may move with any update; a row is known by its stream and number.
 */
export class RowWindow {
  readonly #top = shallowRef(0)
  readonly #capacity = shallowRef(1)
  readonly #rows = shallowRef<readonly ShownRow[]>([])
  readonly #follow = shallowRef(true)
  readonly #bounds = shallowRef({ first: 0, end: 0 })
  /** End of the view as far as it was on screen. */
  readonly #seenEnd = shallowRef(0)
  readonly #view: RowsView
  readonly #mark: () => string | null
  #anchor: Anchor | null = null
  /** Rows between the upper edge of the screen and the anchor. */
  #offset = 0
  #viewId: string | null = null
  /** The view is another one: the anchor has to be found before anything is read. */
  #lost = false
  /** Goes up when rows come with an update. */
  #turn = 0
  #busy = false
  #again = false
  #closed = false

  /** Position of the first row on screen, with its fraction that is scrolled out. */
  readonly top = shallowReadonly(this.#top)
  /** Rows that fit, with fractions. */
  readonly capacity = shallowReadonly(this.#capacity)
  /** Consecutive rows in and around the screen. */
  readonly rows = shallowReadonly(this.#rows)
  readonly follow = shallowReadonly(this.#follow)
  /** Rows that came since it does not follow. */
  readonly unseen = computed(() =>
    this.#follow.value ? 0 : Math.max(0, this.#bounds.value.end - this.#seenEnd.value),
  )

  /** `mark` is a further filter: rows tell whether they match it. */
  constructor(view: RowsView, mark: () => string | null) {
    this.#view = view
    this.#mark = mark
  }

  close(): void {
    this.#closed = true
  }

  /** To be called with each update of the view. */
  heard(update: ViewUpdate): void {
    const other = update.view !== this.#viewId
    this.#lost ||= other && this.#viewId !== null
    if (other) this.#seenEnd.value = update.end
    this.#viewId = update.view
    this.#bounds.value = { first: update.first, end: update.end }
    if (this.#follow.value) return this.#toEnd(update)
    if (!this.#lost) this.#top.value = this.#clamp(this.#top.value)
    this.refresh()
  }

  setFollow(on: boolean): void {
    this.#follow.value = on
    this.#seenEnd.value = this.#bounds.value.end
    const update = this.#view.update.value
    this.#anchor = null
    if (!on) return this.refresh()
    if (update) this.#toEnd(update)
  }

  scrollTo(wanted: number): void {
    this.#follow.value = false
    this.#anchor = null
    this.#top.value = this.#clamp(wanted)
    const seen = Math.min(this.#bounds.value.end, Math.ceil(this.#top.value + this.#capacity.value))
    this.#seenEnd.value = Math.max(this.#seenEnd.value, seen)
    this.refresh()
  }

  resize(capacity: number): void {
    if (capacity === this.#capacity.value) return
    this.#capacity.value = capacity
    const update = this.#view.update.value
    if (this.#follow.value && update) return this.#toEnd(update)
    this.#top.value = this.#clamp(this.#top.value)
    this.refresh()
  }

  /** Brings a position onto the screen, moving as little as possible, or to a third of its height. */
  reveal(position: number, place: 'nearest' | 'third' = 'nearest'): void {
    const [top, fits] = [this.#top.value, this.#capacity.value]
    if (place === 'third') this.scrollTo(position - Math.floor(fits / 3))
    else if (position < top) this.scrollTo(position)
    else if (position + 1 > top + fits) this.scrollTo(position + 1 - fits)
  }

  /** Keeps this row where it is on screen while others come and go. */
  hold(row: Anchor | null): void {
    this.#anchor = row
    if (row) this.#offset = row.position - this.#top.value
  }

  /** Reads again what is on screen. */
  refresh(): void {
    this.#again = true
    if (!this.#busy) void this.#run()
  }

  async #run(): Promise<void> {
    this.#busy = true
    try {
      while (this.#again && !this.#closed) {
        this.#again = false
        await this.#load()
      }
    } catch {
      // The view's own subscription tells what is the matter; the next update tries again.
    } finally {
      this.#busy = false
    }
  }

  async #load(): Promise<void> {
    if (this.#lost && !this.#follow.value) {
      await this.#findAnchor()
      this.#top.value = this.#clamp(this.#top.value)
    }
    this.#lost = false
    const from = Math.floor(this.#top.value) - overscan
    const count = Math.ceil(this.#capacity.value) + 2 * overscan
    const turn = this.#turn
    const read = await this.#view.read(from, count, { mark: this.#mark() })
    // What an update brought meanwhile is newer.
    if (read === null || this.#closed || turn !== this.#turn) return
    const anchor = this.#anchor
    const there = read.find(({ position }) => position === anchor?.position) ?? null
    if (anchor && !this.#follow.value && !sameRow(there, anchor) && (await this.#findAnchor())) {
      this.#again = true
      return
    }
    this.#rows.value = read
    if (this.#follow.value) return
    this.#anchor ??= read.find(({ position }) => position >= this.#top.value) ?? null
    if (this.#anchor) this.#offset = this.#anchor.position - this.#top.value
  }

  /** Moves with the anchor; true where it moved. */
  async #findAnchor(): Promise<boolean> {
    const wanted = this.#anchor
    if (!wanted || this.#follow.value) return false
    const position = await this.#view.locate(wanted)
    if (this.#anchor !== wanted || position === wanted.position) return false
    // It is not kept any more: the first that is on screen takes its place.
    this.#anchor = position === null ? null : { ...wanted, position }
    if (position !== null) this.#top.value = this.#clamp(position - this.#offset)
    return position !== null
  }

  #toEnd(update: ViewUpdate): void {
    this.#seenEnd.value = update.end
    this.#top.value = this.#lowest()
    const covered = update.tail.from <= Math.max(update.first, Math.floor(this.#top.value))
    if (this.#mark() !== null || !covered) return this.refresh()
    this.#turn++
    this.#rows.value = decodeRows(update.tail)
  }

  #lowest(): number {
    const { first, end } = this.#bounds.value
    return Math.max(first, end - this.#capacity.value)
  }

  #clamp(wanted: number): number {
    return Math.max(this.#bounds.value.first, Math.min(wanted, this.#lowest()))
  }
}

/** The window of a view for as long as the component lives. */
export function useRowWindow(view: RowsView, mark: () => string | null): RowWindow {
  const window = new RowWindow(view, mark)
  watch(mark, () => window.refresh())
  onScopeDispose(() => window.close())
  return window
}
