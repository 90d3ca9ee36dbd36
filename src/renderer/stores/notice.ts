import { defineStore } from 'pinia'
import { computed } from 'vue'
import { useConnection } from './connection'
import { useHosts } from './hosts'
import { useSavedHosts } from './saved-hosts'
import { stagesOfSession } from './stages'

/** The way to the host that is looked at, while it is under way or failed: told once, and nowhere else. */
export const useNotice = defineStore('notice', () => {
  const connection = useConnection()
  const hosts = useHosts()
  const saved = useSavedHosts()

  /** As it is kept; null for a host that is not. */
  const kept = computed(() => (hosts.selectedId === null ? null : saved.find(hosts.selectedId)))
  const stages = computed(() =>
    hosts.selected && kept.value && connection.open ? stagesOfSession(hosts.selected) : [],
  )
  /** The host whose failure the notice tells; null where it tells none. */
  const failed = computed(() => {
    const host = hosts.selected
    return host && stages.value.length > 0 && host.state !== 'connecting' ? host : null
  })
  return { kept, stages, failed }
})
