import { defineStore } from 'pinia'
import * as v from 'valibot'
import { readonly, ref, watch } from 'vue'

const most = 50
const filters = v.pipe(v.array(v.pipe(v.string(), v.maxLength(16_384))), v.maxLength(most))

/** Each choice falls back by itself: one bad value does not cost the others. */
const schema = v.object({
  /** Whose clock times are told by. */
  zone: v.fallback(v.picklist(['local', 'utc', 'host']), 'local'),
  /** Rows that do not match are hidden, or stay and are dimmed. */
  mode: v.fallback(v.picklist(['hide', 'highlight']), 'hide'),
  histogram: v.fallback(v.boolean(), true),
  sources: v.fallback(v.boolean(), true),
  /** Newest first. */
  history: v.fallback(filters, []),
  saved: v.fallback(filters, []),
})
export type RowChoices = v.InferOutput<typeof schema>

const storageKey = 'xcp-diag.logs'

export function readRowChoices(text: string | null): RowChoices {
  let stored: unknown = null
  try {
    stored = text === null ? null : JSON.parse(text)
  } catch {
    // Damaged by hand or by an older version: the defaults hold.
  }
  const parsed = v.safeParse(schema, stored)
  return parsed.success ? parsed.output : v.parse(schema, {})
}

const inFront = (list: readonly string[], text: string): string[] =>
  [text, ...list.filter((other) => other !== text)].slice(0, most)

/** What the person chose for lists of rows, and filters worth keeping; remembered in this browser. */
export const useRowChoices = defineStore('row-choices', () => {
  const chosen = ref(readRowChoices(localStorage.getItem(storageKey)))
  watch(chosen, (choices) => localStorage.setItem(storageKey, JSON.stringify(choices)), { deep: true })

  /** A filter that was used. */
  function used(filter: string): void {
    if (filter !== '') chosen.value.history = inFront(chosen.value.history, filter)
  }

  /** Keeps a filter, or lets it go where it is kept. */
  function toggleSaved(filter: string): void {
    const { saved } = chosen.value
    chosen.value.saved = saved.includes(filter)
      ? saved.filter((other) => other !== filter)
      : inFront(saved, filter)
  }

  return {
    chosen: readonly(chosen),
    choose: (changes: Partial<RowChoices>) => void Object.assign(chosen.value, changes),
    used,
    toggleSaved,
    forgetHistory: () => (chosen.value.history = []),
  }
})
