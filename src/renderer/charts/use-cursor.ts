import { computed, ref, shallowRef, type ComputedRef, type Ref, type ShallowRef } from 'vue'
import { timeAt, xOf, type PlotGeometry } from './geometry'
import { useBrush, type Brush } from './use-brush'

export interface CursorOptions {
  readonly box: Readonly<ShallowRef<HTMLElement | null>>
  readonly geometry: Readonly<ShallowRef<PlotGeometry | null>>
  /** The cursor that all charts share. */
  readonly cursor: () => number | null
  /** Moves a time to a sample. */
  readonly snap: (time: number) => number
  /** Milliseconds between samples. */
  readonly interval: () => number
  readonly hover: (time: number | null) => void
  readonly brush: (range: { from: number; to: number }) => void
}

/** Where the pointer or the keyboard holds the cursor in this chart, in the window's CSS pixels. */
export interface CursorAnchor {
  readonly x: number
  readonly top: number
}

export interface Cursor {
  /** Set while this chart, of all that share the cursor, is the one that is pointed at. */
  readonly anchor: ComputedRef<CursorAnchor | null>
  /** The cursor was moved by the keyboard: its values are to be said. */
  readonly spoken: Readonly<Ref<boolean>>
  readonly selection: Brush['selection']
  readonly listeners: Readonly<Record<string, (event: never) => void>>
  /** Keeps the cursor below a pointer that rests while the chart moves on. */
  follow(): void
}

/** Pointer and keyboard of one chart: hover, marking a range, and moving the cursor by samples. */
export function useCursor(options: CursorOptions): Cursor {
  const { geometry } = options
  const brush = useBrush()
  const rect = shallowRef<DOMRect | null>(null)
  const pointer = ref<number | null>(null)
  const spoken = ref(false)

  function point(time: number | null): void {
    if (time !== options.cursor()) options.hover(time)
  }

  function follow(): void {
    if (pointer.value !== null && geometry.value) point(options.snap(timeAt(geometry.value, pointer.value)))
  }

  /** The pointer's place inside the plot. */
  function locate(event: PointerEvent): number | null {
    const plot = geometry.value
    if (!plot || !options.box.value) return null
    rect.value = options.box.value.getBoundingClientRect()
    return Math.min(plot.left + plot.width, Math.max(plot.left, event.clientX - rect.value.left))
  }

  function move(event: PointerEvent): void {
    spoken.value = false
    pointer.value = locate(event)
    brush.move(pointer.value)
    follow()
  }

  function press(event: PointerEvent): void {
    if (event.button !== 0 || !(event.currentTarget instanceof Element)) return
    brush.begin(locate(event))
    event.currentTarget.setPointerCapture(event.pointerId)
  }

  function release(): void {
    const marked = brush.end()
    const plot = geometry.value
    if (marked && plot) options.brush({ from: timeAt(plot, marked.left), to: timeAt(plot, marked.right) })
  }

  function leave(): void {
    if (brush.active()) return
    pointer.value = null
    spoken.value = false
    point(null)
  }

  function cancel(): void {
    brush.end()
    leave()
  }

  function pressKey(event: KeyboardEvent): void {
    const plot = geometry.value
    if (!plot || event.ctrlKey || event.metaKey || event.altKey) return
    if (event.key === 'Escape') {
      // A key that has nothing to end here belongs to the page.
      if (options.cursor() === null && !brush.active()) return
      cancel()
    } else {
      const time = stepped(event, plot, options)
      if (time === null) return
      rect.value = options.box.value?.getBoundingClientRect() ?? null
      pointer.value = null
      spoken.value = true
      point(time)
    }
    event.preventDefault()
    event.stopPropagation()
  }

  const anchor = computed(() => {
    const time = options.cursor()
    const box = rect.value
    if (time === null || !box || !geometry.value || (pointer.value === null && !spoken.value)) return null
    return { x: box.left + xOf(geometry.value, time), top: box.top }
  })
  const listeners = {
    pointermove: move,
    pointerdown: press,
    pointerup: release,
    pointerleave: leave,
    pointercancel: cancel,
    keydown: pressKey,
    blur: cancel,
  }
  return { anchor, spoken, selection: brush.selection, listeners, follow }
}

const fastSteps = 10

/** The time that a key leads to: a sample (or a pixel, where samples are denser) to the side, or an end. */
function stepped(event: KeyboardEvent, plot: PlotGeometry, options: CursorOptions): number | null {
  const { from, to } = plot
  const hold = (time: number): number => Math.min(to, Math.max(from, options.snap(time)))
  if (event.key === 'Home') return hold(from)
  if (event.key === 'End') return hold(to)
  const direction = event.key === 'ArrowLeft' ? -1 : event.key === 'ArrowRight' ? 1 : 0
  if (direction === 0) return null
  const pixel = (to - from) / plot.width
  const by = Math.max(options.interval() || 0, pixel) * (event.shiftKey ? fastSteps : 1)
  const now = options.cursor()
  return hold(now === null ? to : Math.min(to, Math.max(from, now + direction * by)))
}
