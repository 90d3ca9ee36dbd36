import type { HostDetails } from '@shared/model/host'
import { defineStore } from 'pinia'
import { computed, shallowRef, watch } from 'vue'
import { useSubscription } from '../link/subscription'
import { useHosts } from './hosts'

/** Facts of the host that is looked at, and what its sources found there. */
export const useDetails = defineStore('details', () => {
  const hosts = useHosts()
  const details = shallowRef<HostDetails | null>(null)
  const { status, error } = useSubscription(
    'host.details',
    () => (hosts.selectedId === null ? null : { host: hosts.selectedId }),
    (told) => (details.value = told),
  )
  watch(
    () => hosts.selectedId,
    () => (details.value = null),
    { flush: 'sync' },
  )

  /** Why something is missing on this host, as its probe told; null where it told nothing. */
  function whyMissing(subject: string): string | null {
    const finding = details.value?.findings.find((one) => !one.available && one.subject === subject)
    return finding?.detail ?? null
  }

  return {
    facts: computed(() => details.value?.facts ?? null),
    findings: computed(() => details.value?.findings ?? null),
    connection: computed(() => details.value?.connection ?? null),
    whyMissing,
    status,
    error,
  }
})
