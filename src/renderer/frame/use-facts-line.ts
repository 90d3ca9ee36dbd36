import { formatDuration, formatText } from '@shared/units'
import { computed, type ComputedRef } from 'vue'
import { useDetails } from '../stores/details'
import { useHosts } from '../stores/hosts'
import { useUptime } from '../stores/uptime'

const minute = 60_000

/** The host in one line: system, kernel, cores, memory, uptime; what is not known (now) is left out. */
export function useFactsLine(): ComputedRef<string> {
  const hosts = useHosts()
  const details = useDetails()
  const uptime = useUptime()
  return computed(() => {
    const facts = details.facts
    if (!facts) return hosts.selected?.address ?? ''
    const { cores, memory } = facts
    const up = uptime.value === null ? null : Math.floor(uptime.value / minute) * minute
    return [
      facts.hostname === hosts.selected?.name ? null : facts.hostname,
      facts.operatingSystem,
      facts.kernel,
      cores === null ? null : `${cores} ${cores === 1 ? 'core' : 'cores'}`,
      memory === null ? null : formatText(memory, 'bytes'),
      facts.virtualization,
      up === null ? null : `up ${formatDuration(up)}`,
    ]
      .filter((part) => part !== null && part !== '')
      .join(' · ')
  })
}
