import type { DiagnosticError, WireError } from '@shared/errors'
import type { SavedHost } from '@shared/model/saved-host'
import { defineStore } from 'pinia'
import { onScopeDispose, shallowReadonly, shallowRef } from 'vue'
import { useSubscription } from '../link/subscription'
import { asDiagnostic, useAsk } from './ask'

/** Long enough to notice, whatever a person looks at meanwhile. */
const undoFor = 60_000

/** The hosts that the person keeps, with what ails the settings file they are in. */
export const useSavedHosts = defineStore('saved-hosts', () => {
  const ask = useAsk()
  /** Null until the engine told them. */
  const list = shallowRef<readonly SavedHost[] | null>(null)
  const warnings = shallowRef<readonly WireError[]>([])
  const failure = shallowRef<DiagnosticError | null>(null)
  /** The one that was removed last, for as long as that can be undone. */
  const removed = shallowRef<SavedHost | null>(null)
  let timer: ReturnType<typeof setTimeout> | undefined
  const watching = useSubscription(
    'saved.watch',
    () => ({}),
    (told) => {
      list.value = told.hosts
      warnings.value = told.warnings
    },
  )
  onScopeDispose(() => clearTimeout(timer))

  /** Whether it was done; what went wrong is in `failure`. */
  async function attempt(work: Promise<unknown>): Promise<boolean> {
    failure.value = null
    try {
      await work
      return true
    } catch (error) {
      failure.value = asDiagnostic(error)
      return false
    }
  }

  const save = (host: SavedHost): Promise<boolean> => attempt(ask('saved.save', { host }))

  async function remove(host: SavedHost): Promise<void> {
    if (!(await attempt(ask('saved.remove', { id: host.id })))) return
    removed.value = host
    clearTimeout(timer)
    timer = setTimeout(() => (removed.value = null), undoFor)
  }

  async function undoRemove(): Promise<void> {
    const host = removed.value
    if (host && (await save(host))) forgetRemoved()
  }

  function forgetRemoved(): void {
    clearTimeout(timer)
    removed.value = null
    failure.value = null
  }

  return {
    list: shallowReadonly(list),
    warnings: shallowReadonly(warnings),
    error: watching.error,
    failure: shallowReadonly(failure),
    removed: shallowReadonly(removed),
    find: (id: string): SavedHost | null => list.value?.find((host) => host.id === id) ?? null,
    save,
    remove,
    undoRemove,
    /** Takes the offer of an undo away. */
    forgetRemoved,
  }
})
