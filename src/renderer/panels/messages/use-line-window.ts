import { computed, onBeforeUnmount, onMounted, shallowRef, type ComputedRef, type ShallowRef } from 'vue'

export interface LineWindow {
  /** Lines to draw, with some beyond the edges. */
  readonly first: ComputedRef<number>
  readonly count: ComputedRef<number>
  /** Lines that a page key moves by. */
  readonly page: ComputedRef<number>
  /** To be called as the box scrolls. */
  readonly follow: () => void
  /** Scrolls as little as brings a line onto the screen. */
  readonly reveal: (line: number) => void
}

const overscan = 6

/** The lines of equal height that are on screen in a box that scrolls by itself: for thousands of them. */
export function useLineWindow(box: Readonly<ShallowRef<HTMLElement | null>>, lineHeight: number): LineWindow {
  const height = shallowRef(0)
  const scrolled = shallowRef(0)
  const observer =
    typeof ResizeObserver === 'undefined'
      ? null
      : new ResizeObserver(([entry]) => (height.value = entry?.contentRect.height ?? 0))
  onMounted(() => {
    if (box.value) observer?.observe(box.value)
  })
  onBeforeUnmount(() => observer?.disconnect())
  return {
    first: computed(() => Math.max(0, Math.floor(scrolled.value / lineHeight) - overscan)),
    count: computed(() => Math.ceil(height.value / lineHeight) + 2 * overscan),
    page: computed(() => Math.max(1, Math.floor(height.value / lineHeight) - 1)),
    follow: () => (scrolled.value = box.value?.scrollTop ?? 0),
    reveal(line) {
      if (!box.value) return
      const top = line * lineHeight
      const { scrollTop, clientHeight } = box.value
      if (top < scrollTop) box.value.scrollTop = top
      else if (top + lineHeight > scrollTop + clientHeight)
        box.value.scrollTop = top + lineHeight - clientHeight
    },
  }
}
