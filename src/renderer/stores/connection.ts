import type { EngineInfo } from '@shared/contract'
import { DiagnosticError } from '@shared/errors'
import { defineStore } from 'pinia'
import { computed, onScopeDispose, shallowReadonly, shallowRef, watch } from 'vue'
import { useLink } from '../link/link'

const pollEvery = 5_000
/** An engine that does not answer for this long is taken for gone, even if its socket is open. */
const silence = 15_000

/** The window's connection to the engine, and the engine's own figures. */
export const useConnection = defineStore('connection', () => {
  const link = useLink()
  const engine = shallowRef<EngineInfo | null>(null)
  /** Engine's clock less this window's, milliseconds. */
  const clockOffset = shallowRef(0)
  /** There has been a connection: what shows may be old, but is not nothing. */
  const wasOpen = shallowRef(false)
  /** Why there is no connection; stays while it is tried again. */
  const trouble = shallowRef<DiagnosticError | null>(null)
  /** Since when there is no connection, epoch milliseconds of the engine; null while there is one. */
  const lostAt = shallowRef<number | null>(null)
  let polling = new AbortController()

  async function poll(signal: AbortSignal): Promise<void> {
    const client = link.client.value
    if (!client) return
    try {
      const asked = performance.now()
      const info = await client.call('engine.info', {}, { signal, timeout: silence })
      const trip = performance.now() - asked
      clockOffset.value = info.now + trip / 2 - Date.now()
      engine.value = info
    } catch (error) {
      if (error instanceof DiagnosticError && error.code === 'timeout') link.renew()
    }
    if (!signal.aborted) setTimeout(() => void (signal.aborted || poll(signal)), pollEvery)
  }

  watch(
    link.client,
    (client) => {
      lostAt.value = client ? null : Date.now() + clockOffset.value
      if (client) wasOpen.value = true
      polling.abort()
      polling = new AbortController()
      void poll(polling.signal)
    },
    { immediate: true },
  )
  watch(link.state, (state) => {
    if (state.kind === 'waiting') trouble.value = state.reason
    if (state.kind === 'open') trouble.value = null
  })
  onScopeDispose(() => polling.abort())

  return {
    state: link.state,
    open: computed(() => link.state.value.kind === 'open'),
    engine: shallowReadonly(engine),
    clockOffset: shallowReadonly(clockOffset),
    wasOpen: shallowReadonly(wasOpen),
    trouble: shallowReadonly(trouble),
    lostAt: shallowReadonly(lostAt),
    retry: () => link.retry(),
  }
})
