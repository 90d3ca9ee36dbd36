import type { HostId, HostSummary } from '@shared/model/host'
import { DiagnosticError } from '@shared/errors'
import { defineStore } from 'pinia'
import { computed, shallowReadonly, shallowRef } from 'vue'
import { useLink } from '../link/link'
import { useSubscription } from '../link/subscription'
import { useRoute } from './route'

const isDown = ({ state }: HostSummary): boolean => state === 'disconnected' || state === 'failed'

/** The hosts the engine knows, and the one that is looked at. */
export const useHosts = defineStore('hosts', () => {
  const { client } = useLink()
  const route = useRoute()
  /** Null until the engine told them for the first time. */
  const list = shallowRef<readonly HostSummary[] | null>(null)
  const failure = shallowRef<DiagnosticError | null>(null)
  const watching = useSubscription(
    'hosts.watch',
    () => ({}),
    (hosts) => (list.value = hosts),
  )

  /** The host of the address; the first one where the address names none or one that is gone. */
  const selected = computed<HostSummary | null>(() => {
    const hosts = list.value ?? []
    return hosts.find((host) => host.id === route.current.host) ?? hosts[0] ?? null
  })
  const selectedId = computed(() => selected.value?.id ?? null)

  function select(host: HostId): void {
    route.go({ host })
  }

  /** The host `step` places further in the list, round the ends. */
  function selectNext(step: number): void {
    const hosts = list.value ?? []
    const at = hosts.findIndex((host) => host.id === selectedId.value)
    const next = hosts[(at + step + hosts.length) % hosts.length]
    if (next) select(next.id)
  }

  async function ask(name: 'hosts.connect' | 'hosts.disconnect', host: HostId): Promise<void> {
    failure.value = null
    if (!client.value) {
      failure.value = new DiagnosticError('connection-lost', 'There is no connection to the engine.', {
        where: `${name} ${host}`,
        hint: 'Nothing was sent: try again once the console is connected.',
      })
      return
    }
    try {
      await client.value.call(name, { host })
    } catch (error) {
      failure.value =
        error instanceof DiagnosticError ? error : new DiagnosticError('internal', String(error))
    }
  }

  /** Connects the selected host where it is not, disconnects it where it is. */
  function toggle(): void {
    const host = selected.value
    if (host) void ask(isDown(host) ? 'hosts.connect' : 'hosts.disconnect', host.id)
  }

  return {
    list: shallowReadonly(list),
    error: watching.error,
    /** `live` once the engine told them on this connection. */
    status: watching.status,
    /** Why the last request to connect or disconnect failed. */
    failure: shallowReadonly(failure),
    dismissFailure: () => (failure.value = null),
    selected,
    selectedId,
    select,
    selectNext,
    connect: (host: HostId) => ask('hosts.connect', host),
    /** The selected host is neither connected nor on the way to it. */
    down: computed(() => selected.value !== null && isDown(selected.value)),
    toggle,
  }
})
