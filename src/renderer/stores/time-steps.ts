import { longestRange } from '@shared/contract'
import { computed, shallowRef, type ComputedRef, type Ref } from 'vue'

export interface TimeRange {
  /** Epoch milliseconds by the clock of the host that is looked at. */
  readonly from: number
  readonly to: number
}

/** What one zoom step and one pan step do to the range. */
const zoomFactor = 2
const panShare = 0.5
/** Milliseconds. */
const shortest = 2_000
/** Earlier ranges that one can go back to. */
const mostBack = 50

export interface ShownTime {
  /** The range that stands still; null while what shows is live. */
  readonly frozen: Ref<TimeRange | null>
  readonly range: ComputedRef<TimeRange>
  readonly cursor: Ref<number | null>
  /** Where the live range ends now. */
  readonly end: () => number
}

export interface RangeSteps {
  /** Whether `back` leads somewhere. */
  readonly canGoBack: ComputedRef<boolean>
  /** Shows a fixed range; the one before can be had back. */
  readonly zoom: (fixed: TimeRange) => void
  readonly zoomIn: () => void
  readonly zoomOut: () => void
  readonly earlier: () => void
  readonly later: () => void
  readonly pause: () => void
  readonly resume: () => void
  /** To the range that was shown before. */
  readonly back: () => void
  /** Another host is looked at: its ranges are its own. */
  readonly forget: () => void
}

/** The ways from one range to another, and back. */
export function rangeSteps({ frozen, range, cursor, end }: ShownTime): RangeSteps {
  /** Ranges shown before this one, newest last; null for the live one. */
  const before = shallowRef<readonly (TimeRange | null)[]>([])
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
    if (frozen.value && step > 0 && to + step >= end()) resume()
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
    canGoBack: computed(() => before.value.length > 0),
    zoom,
    zoomIn: () => zoomBy(1 / zoomFactor),
    zoomOut: () => zoomBy(zoomFactor),
    earlier: () => pan(-panShare),
    later: () => pan(panShare),
    pause,
    resume,
    back,
    forget: () => (before.value = []),
  }
}
