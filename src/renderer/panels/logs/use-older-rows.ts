import type { DiagnosticError } from '@shared/errors'
import {
  computed,
  onScopeDispose,
  shallowReactive,
  shallowReadonly,
  shallowRef,
  type ComputedRef,
  type ShallowRef,
} from 'vue'
import { asDiagnostic, useAsk } from '../../stores/ask'
import type { RowsView } from '../../stores/rows-view'

/** Rows asked for of each stream at a time. */
const portion = 2_000

export interface OlderRows {
  /** There may be rows from before the oldest. */
  readonly possible: ComputedRef<boolean>
  /** Streams that are still asked, of how many; null while none is. */
  readonly progress: Readonly<ShallowRef<{ readonly done: number; readonly of: number } | null>>
  readonly error: Readonly<ShallowRef<DiagnosticError | null>>
  fetch(): Promise<void>
  cancel(): void
}

/** Fetches rows from further back, of all streams on show. */
export function useOlderRows(view: RowsView): OlderRows {
  const ask = useAsk()
  const progress = shallowRef<{ done: number; of: number } | null>(null)
  const error = shallowRef<DiagnosticError | null>(null)
  /** Streams that had no more. */
  const exhausted = shallowReactive(new Set<number>())
  let running = new AbortController()
  onScopeDispose(() => running.abort())

  const streams = computed(() =>
    (view.update.value?.streams ?? []).filter(({ number, hasOlder }) => hasOlder && !exhausted.has(number)),
  )

  async function fetchOf(stream: number, signal: AbortSignal): Promise<void> {
    try {
      const { more } = await ask('rows.older', { stream, rows: portion }, signal)
      if (!more) exhausted.add(stream)
    } catch (thrown) {
      if (!signal.aborted) error.value = asDiagnostic(thrown)
    } finally {
      if (progress.value) progress.value = { ...progress.value, done: progress.value.done + 1 }
    }
  }

  async function fetch(): Promise<void> {
    const wanted = streams.value.map(({ number }) => number)
    if (progress.value || wanted.length === 0) return
    running = new AbortController()
    const { signal } = running
    error.value = null
    progress.value = { done: 0, of: wanted.length }
    await Promise.all(wanted.map((stream) => fetchOf(stream, signal)))
    progress.value = null
  }

  return {
    possible: computed(() => streams.value.length > 0),
    progress: shallowReadonly(progress),
    error: shallowReadonly(error),
    fetch,
    cancel: () => running.abort(),
  }
}
