import { computed, type ComputedRef } from 'vue'
import { useDetails } from './details'
import { useFreshness } from './freshness'
import { useHosts } from './hosts'
import { useTime } from './time'

/** How long the host that is looked at has been up, milliseconds; null unless it is live to tell. */
export function useUptime(): ComputedRef<number | null> {
  const details = useDetails()
  const freshness = useFreshness()
  const hosts = useHosts()
  const time = useTime()
  return computed(() => {
    const bootedAt = details.facts?.bootedAt ?? null
    if (bootedAt === null || !hosts.selected || !freshness.isLive(hosts.selected)) return null
    return time.now - bootedAt
  })
}
