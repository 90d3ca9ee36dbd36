import { defineStore } from 'pinia'
import * as v from 'valibot'
import { computed, readonly, ref, shallowRef, watch } from 'vue'

/** Each choice falls back by itself: one bad value does not cost the others. */
const schema = v.object({
  theme: v.fallback(v.picklist(['system', 'dark', 'light']), 'system'),
  density: v.fallback(v.picklist(['compact', 'comfortable']), 'compact'),
  /** Minutes of the last samples that charts show. */
  range: v.fallback(v.picklist([5, 15, 30, 60, 180, 360, 1_440, 4_320, 10_080]), 5),
  hostList: v.fallback(v.boolean(), true),
  processOrder: v.fallback(v.picklist(['cpu', 'memory']), 'cpu'),
})
export type Settings = v.InferOutput<typeof schema>
export type RangeMinutes = Settings['range']

const storageKey = 'xcp-diag.settings'

export function readSettings(text: string | null): Settings {
  let stored: unknown = null
  try {
    stored = text === null ? null : JSON.parse(text)
  } catch {
    // Damaged by hand or by an older version: the defaults hold.
  }
  const parsed = v.safeParse(schema, stored)
  return parsed.success ? parsed.output : v.parse(schema, {})
}

/** What the person chose, remembered in this browser. */
export const useSettings = defineStore('settings', () => {
  const chosen = ref(readSettings(localStorage.getItem(storageKey)))
  const dark = matchMedia('(prefers-color-scheme: dark)')
  const systemDark = shallowRef(dark.matches)
  dark.addEventListener('change', (event) => (systemDark.value = event.matches))

  /** The theme that shows: the choice, or the system's. */
  const shownTheme = computed(() => {
    const { theme } = chosen.value
    return theme === 'system' ? (systemDark.value ? 'dark' : 'light') : theme
  })

  watch(chosen, (settings) => localStorage.setItem(storageKey, JSON.stringify(settings)), { deep: true })

  function choose(changes: Partial<Settings>): void {
    Object.assign(chosen.value, changes)
  }

  /** From what shows to the other; back to following the system where that is the same. */
  function toggleTheme(): void {
    const other = shownTheme.value === 'dark' ? 'light' : 'dark'
    choose({ theme: (other === 'dark') === systemDark.value ? 'system' : other })
  }

  return { chosen: readonly(chosen), shownTheme, choose, toggleTheme }
})
