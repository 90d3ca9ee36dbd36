import { formatAge } from '@shared/units'
import type { HostSummary } from '@shared/model/host'
import { computed, type ComputedRef } from 'vue'
import { useConnection } from '../stores/connection'
import { useDetails } from '../stores/details'
import { useFreshness } from '../stores/freshness'
import { useHosts } from '../stores/hosts'
import { isSilence } from '../stores/silence'
import { useTime } from '../stores/time'
import type { PanelState } from '../ui/shown'
import type { PanelSource } from './use-series-window'

const reasons = {
  connecting: 'The host is being connected.',
  stale: 'The host sends no samples.',
  reconnecting: 'The connection to the host is lost.',
  failed: 'The host cannot be reached.',
  disconnected: 'The host is not connected.',
} as const

/** The first samples of a rate have no value; more of them without one, and the host does not tell it. */
const blankIntervals = 5

/** A panel without data of a host that sends none. Why it does not is told once, above all panels. */
const withoutData = (state: keyof typeof reasons): PanelState =>
  state === 'connecting' ? { kind: 'busy' } : { kind: 'off', reason: reasons[state] }

/** Nothing has arrived, or samples without a single value: why, as far as anybody told. */
function withoutValues(
  host: HostSummary | null,
  source: PanelSource,
  subject: string,
  details: ReturnType<typeof useDetails>,
): PanelState {
  if (host && host.state !== 'live' && host.state !== 'stale') return withoutData(host.state)
  const error = source.error.value
  if (error) return { kind: 'error', reason: error.message, hint: error.hint ?? null }
  const missing = details.whyMissing(subject)
  if (missing !== null) return { kind: 'empty', reason: missing }
  const blank = source.blankFor()
  const untold = blank !== null && blank > blankIntervals * source.interval()
  if (!untold && !(source.absent() && details.findings)) return { kind: 'busy' }
  return { kind: 'empty', reason: `This host tells nothing of ${subject}.` }
}

/**
 * What a panel can honestly show of its data, in this order: old data before an error message, a reason
 * before an empty chart. `subject` is what the host's probe calls it when it is missing.
 */
export function usePanelState(source: PanelSource, subject: string): ComputedRef<PanelState> {
  const connection = useConnection()
  const hosts = useHosts()
  const details = useDetails()
  const freshness = useFreshness()
  const time = useTime()

  return computed<PanelState>(() => {
    const host = hosts.selected
    const newest = source.newest()
    const error = source.error.value
    const stale = (reason: string): PanelState => {
      const last = host?.lastSampleAt ?? null
      return { kind: 'stale', age: last === null ? null : formatAge(time.now - last), reason }
    }
    if (source.blankRange()) return { kind: 'empty', reason: 'Nothing is known of this time.' }
    if (newest === null || source.blankFor() !== null) return withoutValues(host, source, subject, details)
    if (!connection.open) return stale('No connection to the engine.')
    if (host && host.state !== 'live') return stale(reasons[host.state])
    if (error) return stale(error.message)
    if (host && freshness.isSilent(host)) return stale(reasons.stale)
    const behind = source.behind()
    if (isSilence(behind, source.interval())) {
      return { kind: 'stale', age: formatAge(behind), reason: 'These samples stopped; others go on.' }
    }
    return { kind: 'live' }
  })
}
