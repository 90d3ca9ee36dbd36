import { defineStore } from 'pinia'
import { computed, onScopeDispose, readonly, shallowReadonly, shallowRef, watch } from 'vue'
import { longestRange } from '@shared/contract'
import { useConnection } from './connection'
import { useHosts } from './hosts'
import { useSettings } from './settings'

export interface TimeRange {
  /** Epoch milliseconds by the clock of the host that is looked at. */
  readonly from: number
  readonly to: number
}

const minute = 60_000
/** Without a new sample for this long the axis moves on by itself, so that the silence shows as a gap. */
const patience = 3_000
const setBack = minute
/** What one zoom step and one pan step do to the range. */
const zoomFactor = 2
const panShare = 0.5
const shortest = 2_000
/** Earlier ranges that one can go back to. */
const mostBack = 50

/**
 * What time every view shows. Live: the last minutes up to the newest sample, so that a host whose clock is
 * off still has its charts full. Paused: a fixed range. And the moment that is pointed at, in all views.
 */
export const useTime = defineStore('time', () => {
  const connection = useConnection()
  const hosts = useHosts()
  const settings = useSettings()
  const frozen = shallowRef<TimeRange | null>(null)
  /** Ranges shown before this one, newest last; null for the live one. */
  const before = shallowRef<readonly (TimeRange | null)[]>([])
  const cursor = shallowRef<number | null>(null)
  const newest = shallowRef<number | null>(null)
  const edge = shallowRef<number | null>(null)
  /** This window's clock, once a second. */
  const tick = shallowRef(Date.now())
  /** The same for ages: this clock is never set. */
  const monotonic = shallowRef(performance.now())
  let heardAt = performance.now()

  const timer = setInterval(() => {
    tick.value = Date.now()
    monotonic.value = performance.now()
    const silent = monotonic.value - heardAt
    if (newest.value !== null && silent > patience)
      edge.value = newest.value + Math.floor(silent / 1_000) * 1_000
  }, 1_000)
  onScopeDispose(() => clearInterval(timer))

  /** Engine's clock. */
  const now = computed(() => tick.value + connection.clockOffset)
  const span = computed(() => settings.chosen.range * minute)
  const range = computed<TimeRange>(() => {
    if (frozen.value) return frozen.value
    const to = edge.value ?? now.value
    return { from: to - span.value, to }
  })

  /**
   * Tells the time of the newest sample that arrived. A slower group's is a little older; one that is much
   * older means that the host's clock was set back.
   */
  function heard(time: number): void {
    const last = newest.value
    if (last !== null && time <= last && time > last - setBack) return
    newest.value = edge.value = time
    heardAt = performance.now()
  }

  // Another host is looked at: its clock is its own.
  function forget(): void {
    newest.value = edge.value = frozen.value = cursor.value = null
    before.value = []
  }
  watch(() => hosts.selectedId, forget, { flush: 'sync' })

  function remember(): void {
    before.value = [...before.value, frozen.value].slice(-mostBack)
  }

  /** Shows a fixed range; the one before can be had back. */
  function zoom(fixed: TimeRange): void {
    remember()
    const length = Math.min(longestRange, Math.max(shortest, fixed.to - fixed.from))
    const middle = (fixed.from + fixed.to) / 2
    const fits = length === fixed.to - fixed.from
    frozen.value = fits ? fixed : { from: middle - length / 2, to: middle + length / 2 }
  }

  /** Around the cursor where it is in the range, else around the middle. */
  function zoomBy(factor: number): void {
    const { from, to } = range.value
    const at =
      cursor.value !== null && cursor.value >= from && cursor.value <= to ? cursor.value : (from + to) / 2
    zoom({ from: at - (at - from) * factor, to: at + (to - at) * factor })
  }

  /** By a share of the range; what lies behind the newest sample is live again. */
  function pan(share: number): void {
    const { from, to } = range.value
    const step = (to - from) * share
    const end = edge.value ?? now.value
    if (frozen.value && step > 0 && to + step >= end) resume()
    else if (step < 0 || frozen.value) zoom({ from: from + step, to: to + step })
  }

  function resume(): void {
    frozen.value = null
    before.value = []
  }

  /** The range that was shown before. */
  function back(): void {
    const last = before.value.at(-1)
    if (last === undefined) return
    before.value = before.value.slice(0, -1)
    frozen.value = last
  }

  const pause = (): void => {
    remember()
    frozen.value = range.value
  }

  return {
    /** Length of the live range, milliseconds. */
    span,
    range,
    tick: readonly(tick),
    monotonic: readonly(monotonic),
    now,
    cursor: readonly(cursor),
    paused: computed(() => frozen.value !== null),
    newest: shallowReadonly(newest),
    heard,
    /** Whether {@link back} leads somewhere. */
    canGoBack: computed(() => before.value.length > 0),
    pause,
    zoom,
    zoomIn: () => zoomBy(1 / zoomFactor),
    zoomOut: () => zoomBy(zoomFactor),
    earlier: () => pan(-panShare),
    later: () => pan(panShare),
    back,
    resume,
    toggle: () => (frozen.value ? resume() : pause()),
    point: (time: number | null) => (cursor.value = time),
  }
})
