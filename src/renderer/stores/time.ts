import { defineStore } from 'pinia'
import { computed, onScopeDispose, readonly, shallowReadonly, shallowRef, watch } from 'vue'
import { useConnection } from './connection'
import { useHosts } from './hosts'
import { useSettings } from './settings'
import { rangeSteps, type TimeRange } from './time-steps'

export type { TimeRange } from './time-steps'

const minute = 60_000
/** Without a new sample for this long the axis moves on by itself, so that the silence shows as a gap. */
const patience = 3_000
const setBack = minute

/**
 * What time every view shows. Live: the last minutes up to the newest sample, so that a host whose clock is
 * off still has its charts full. Paused: a fixed range. And the moment that is pointed at, in all views.
 */
export const useTime = defineStore('time', () => {
  const connection = useConnection()
  const hosts = useHosts()
  const settings = useSettings()
  const frozen = shallowRef<TimeRange | null>(null)
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

  const steps = rangeSteps({ frozen, range, cursor, end: () => edge.value ?? now.value })

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
    steps.forget()
  }
  watch(() => hosts.selectedId, forget, { flush: 'sync' })

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
    canGoBack: steps.canGoBack,
    pause: steps.pause,
    zoom: steps.zoom,
    zoomIn: steps.zoomIn,
    zoomOut: steps.zoomOut,
    earlier: steps.earlier,
    later: steps.later,
    back: steps.back,
    resume: steps.resume,
    toggle: () => (frozen.value ? steps.resume() : steps.pause()),
    point: (time: number | null) => (cursor.value = time),
  }
})
