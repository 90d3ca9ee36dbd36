import type { DiagnosticError } from '@shared/errors'
import type { VaultState } from '@shared/model/connection'
import { defineStore } from 'pinia'
import { computed, shallowReadonly, shallowRef } from 'vue'
import { useSubscription } from '../link/subscription'
import { asDiagnostic, useAsk } from './ask'

/** Where remembered secrets go. */
export const useVault = defineStore('vault', () => {
  const ask = useAsk()
  /** Null until the engine told it. */
  const state = shallowRef<VaultState | null>(null)
  const failure = shallowRef<DiagnosticError | null>(null)
  const busy = shallowRef(false)
  useSubscription(
    'vault.watch',
    () => ({}),
    (told) => (state.value = told),
  )

  async function attempt(work: Promise<unknown>): Promise<boolean> {
    failure.value = null
    busy.value = true
    try {
      await work
      return true
    } catch (error) {
      failure.value = asDiagnostic(error)
      return false
    } finally {
      busy.value = false
    }
  }

  return {
    kind: computed(() => state.value?.kind ?? null),
    protection: computed(() => state.value?.protection ?? null),
    noKeyStore: computed(() => state.value?.noKeyStore ?? null),
    failure: shallowReadonly(failure),
    busy: shallowReadonly(busy),
    /** Makes the vault where there is none. */
    unlock: (passphrase: string) => attempt(ask('vault.unlock', { passphrase })),
    lock: () => attempt(ask('vault.lock', {})),
  }
})
