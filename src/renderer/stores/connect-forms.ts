import type { DiagnosticError } from '@shared/errors'
import type { ConnectForms } from '@shared/model/form'
import { defineStore } from 'pinia'
import { shallowReadonly, shallowRef, watch } from 'vue'
import { useLink } from '../link/link'
import { asDiagnostic, useAsk } from './ask'

/** What there is to fill in for each transport, as the engine describes it. */
export const useConnectForms = defineStore('connect-forms', () => {
  const ask = useAsk()
  const { client } = useLink()
  /** Null until the engine told them. */
  const forms = shallowRef<ConnectForms | null>(null)
  const failure = shallowRef<DiagnosticError | null>(null)

  async function load(): Promise<void> {
    try {
      forms.value = await ask('connect.forms', {})
      failure.value = null
    } catch (error) {
      failure.value = asDiagnostic(error)
    }
  }
  // A new engine may be of another version, with other forms.
  watch(client, (engine) => void (engine && load()), { immediate: true })

  return { forms: shallowReadonly(forms), failure: shallowReadonly(failure) }
})
