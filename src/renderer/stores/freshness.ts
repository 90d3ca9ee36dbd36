import type { HostId, HostSummary } from '@shared/model/host'
import { defineStore } from 'pinia'
import { watch } from 'vue'
import { useConnection } from './connection'
import { useHosts } from './hosts'
import { isSilence } from './silence'
import { useTime } from './time'

interface Arrival {
  readonly sample: number | null
  /** When this window first heard of that sample, by its monotonic clock. */
  readonly at: number
}

/**
 * Whether a host that the engine calls live still tells samples. Measured by their arrival here: neither a
 * silent link nor a clock that was set can make old news look new.
 */
export const useFreshness = defineStore('freshness', () => {
  const connection = useConnection()
  const hosts = useHosts()
  const time = useTime()
  const arrivals = new Map<HostId, Arrival>()

  watch(
    () => hosts.list,
    (list) => {
      const now = performance.now()
      for (const { id, lastSampleAt } of list ?? []) {
        if (arrivals.get(id)?.sample !== lastSampleAt) arrivals.set(id, { sample: lastSampleAt, at: now })
      }
      const known = new Set(list?.map(({ id }) => id))
      for (const id of arrivals.keys()) if (!known.has(id)) arrivals.delete(id)
    },
    { immediate: true, flush: 'sync' },
  )

  /** The engine calls it live, but its samples stopped arriving. */
  function isSilent(host: HostSummary): boolean {
    const at = arrivals.get(host.id)?.at ?? Infinity
    return host.state === 'live' && isSilence(time.monotonic - at, host.interval)
  }

  /** Live, and known to be so now: told by the engine on this connection, with samples that go on. */
  function isLive(host: HostSummary): boolean {
    return connection.open && hosts.status === 'live' && host.state === 'live' && !isSilent(host)
  }

  return { isSilent, isLive }
})
