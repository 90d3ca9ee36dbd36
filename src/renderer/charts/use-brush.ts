import { computed, ref, type ComputedRef } from 'vue'

export interface Brush {
  /** What is being marked, CSS pixels inside the box. */
  readonly selection: ComputedRef<{ left: number; width: number } | null>
  readonly active: () => boolean
  begin(x: number | null): void
  move(x: number | null): void
  /** Ends the marking: its edges, or null for one that marked nothing. */
  end(): { left: number; right: number } | null
}

/** Fewer pixels are a click that trembled, not a range. */
const smallest = 4

/** A range that is marked by pressing and pulling, in CSS pixels. */
export function useBrush(): Brush {
  const start = ref<number | null>(null)
  const now = ref<number | null>(null)
  return {
    selection: computed(() =>
      start.value === null || now.value === null
        ? null
        : { left: Math.min(start.value, now.value), width: Math.abs(start.value - now.value) },
    ),
    active: () => start.value !== null,
    begin: (x) => (start.value = now.value = x),
    move(x) {
      if (start.value !== null) now.value = x
    },
    end() {
      const edges = [start.value, now.value]
      start.value = now.value = null
      const [one, other] = edges
      if (typeof one !== 'number' || typeof other !== 'number' || Math.abs(one - other) < smallest)
        return null
      return { left: Math.min(one, other), right: Math.max(one, other) }
    },
  }
}
