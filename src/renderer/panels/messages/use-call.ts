import type { CallDetails } from '@shared/model/messages'
import { onScopeDispose, shallowReadonly, shallowRef, watch, type ShallowRef } from 'vue'
import { asDiagnostic, useAsk } from '../../stores/ask'

export interface WantedCall {
  readonly host: string
  readonly bus: string
  readonly message: string
}

export interface ShownCall {
  readonly call: Readonly<ShallowRef<CallDetails | null>>
  /** Why there is none. */
  readonly failure: Readonly<ShallowRef<string | null>>
}

const askEvery = 1_000

/** The call that a message belongs to, asked again until it has ended. */
export function useCall(wanted: () => WantedCall | null): ShownCall {
  const ask = useAsk()
  const call = shallowRef<CallDetails | null>(null)
  const failure = shallowRef<string | null>(null)
  const closed = new AbortController()
  let timer: ReturnType<typeof setTimeout> | undefined
  let turn = 0

  async function refresh(): Promise<void> {
    clearTimeout(timer)
    const one = wanted()
    const asked = ++turn
    if (!one) return void (call.value = failure.value = null)
    try {
      const told = await ask('messages.call', { ...one }, closed.signal)
      if (asked !== turn) return
      call.value = told
      failure.value = null
    } catch (thrown) {
      if (asked !== turn || closed.signal.aborted) return
      const { code, message } = asDiagnostic(thrown)
      if (code !== 'connection-lost') failure.value = message
    }
    const over = call.value?.status === 'answered' && call.value.times.answerAcknowledged !== null
    if (!over && failure.value === null) timer = setTimeout(() => void refresh(), askEvery)
  }
  watch(
    () => JSON.stringify(wanted()),
    () => {
      call.value = failure.value = null
      void refresh()
    },
    { immediate: true },
  )
  onScopeDispose(() => {
    clearTimeout(timer)
    closed.abort()
  })
  return { call: shallowReadonly(call), failure: shallowReadonly(failure) }
}
