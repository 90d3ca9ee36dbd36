import { defineStore } from 'pinia'
import { computed, shallowRef, watch } from 'vue'
import { useConnection } from './connection'
import { useHosts } from './hosts'
import { useSavedHosts } from './saved-hosts'
import { isLater, stagesOfSession } from './stages'

/** How far a host got before it failed as it does. */
interface Failure {
  readonly host: string
  readonly error: string
  readonly stage: string | null
  readonly hop: string | null
}

/** The way to the host that is looked at, while it is under way or failed: told once, and nowhere else. */
export const useNotice = defineStore('notice', () => {
  const connection = useConnection()
  const hosts = useHosts()
  const saved = useSavedHosts()

  /** As it is kept; null for a host that is not. */
  const kept = computed(() => (hosts.selectedId === null ? null : saved.find(hosts.selectedId)))
  /** While it is tried again its stage runs through those that are passed: none of them has failed. */
  const failure = shallowRef<Failure | null>(null)
  watch(
    () => hosts.selected,
    (host) => {
      if (!host?.error) return void (failure.value = null)
      const error = JSON.stringify(host.error)
      const known = failure.value
      const same = known?.host === host.id && known.error === error
      if (same && !isLater(host.stage, known.stage)) return
      failure.value = { host: host.id, error, stage: host.stage, hop: host.hop }
    },
    { immediate: true, flush: 'sync' },
  )
  const stages = computed(() => {
    const host = hosts.selected
    if (!host || !kept.value || !connection.open) return []
    const { stage, hop } = (host.state === 'reconnecting' ? failure.value : null) ?? host
    return stagesOfSession({ ...host, stage, hop })
  })
  /** The host whose failure the notice tells; null where it tells none. */
  const failed = computed(() => {
    const host = hosts.selected
    return host && stages.value.length > 0 && host.state !== 'connecting' ? host : null
  })
  return { kept, stages, failed }
})
