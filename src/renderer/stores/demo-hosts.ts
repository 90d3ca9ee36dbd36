import type { CallResult } from '@shared/contract'
import type { DiagnosticError } from '@shared/errors'
import type { ScenarioName } from '@shared/model/demo'
import { defineStore } from 'pinia'
import { shallowReadonly, shallowRef, watch } from 'vue'
import { useLink } from '../link/link'
import { asDiagnostic, useAsk } from './ask'
import { useHosts } from './hosts'
import { useRoute } from './route'

/** Simulated hosts that the console starts itself, where it can. */
export const useDemoHosts = defineStore('demo-hosts', () => {
  const ask = useAsk()
  const { client } = useLink()
  const hosts = useHosts()
  const route = useRoute()
  /** Empty where none can be started, and until the engine told. */
  const scenarios = shallowRef<CallResult<'demo.offer'>['scenarios']>([])
  const failure = shallowRef<DiagnosticError | null>(null)
  /** One is being started or removed. */
  const busy = shallowRef(false)

  watch(
    client,
    async (engine) => {
      if (!engine) return
      try {
        scenarios.value = (await ask('demo.offer', {})).scenarios
      } catch {
        // There is none to be had: nothing is offered.
        scenarios.value = []
      }
    },
    { immediate: true },
  )

  /** Whether it was done; what went wrong is in `failure`. */
  async function attempt(work: () => Promise<void>): Promise<boolean> {
    failure.value = null
    busy.value = true
    try {
      await work()
      return true
    } catch (error) {
      failure.value = asDiagnostic(error)
      return false
    } finally {
      busy.value = false
    }
  }

  /** Starts one, and shows it. */
  const start = (scenario: ScenarioName): Promise<boolean> =>
    attempt(async () => {
      const { host } = await ask('demo.start', { scenario })
      route.go({ view: 'overview', host })
    })

  /** Ends one; the page goes on to another host. */
  const stop = (host: string): Promise<boolean> =>
    attempt(async () => {
      await ask('demo.stop', { host })
      const other = hosts.list?.find(({ id }) => id !== host)
      if (route.current.host === host && other) route.go({ host: other.id })
    })

  return {
    scenarios: shallowReadonly(scenarios),
    failure: shallowReadonly(failure),
    busy: shallowReadonly(busy),
    start,
    stop,
  }
})
