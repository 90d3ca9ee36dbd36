import type { Finding } from '@shared/model/host'
import { computed, type ComputedRef } from 'vue'
import { useConnection } from '../../stores/connection'
import { useDetails } from '../../stores/details'
import { useHosts } from '../../stores/hosts'
import type { LogSession } from './use-log-session'

export interface LogState {
  readonly title: string
  readonly text: string
  /** What the probe of the host found and missed. */
  readonly findings: readonly Finding[]
  readonly act: 'connect' | 'add' | 'clear' | 'streams' | 'retry' | null
}

const state = (
  title: string,
  text: string,
  act: LogState['act'] = null,
  findings: readonly Finding[] = [],
): LogState => ({
  title,
  text,
  act,
  findings,
})

/** Why there are no rows to see, and what to do about it; null where there are some. */
export function useLogState({ main, all, logs }: LogSession): ComputedRef<LogState | null> {
  const connection = useConnection()
  const hosts = useHosts()
  const details = useDetails()

  function withoutStreams(): LogState {
    const host = hosts.selected
    if (hosts.list?.length === 0)
      return state('No hosts', 'Connect to a host, and its logs show here.', 'add')
    if (!host || host.state === 'connecting')
      return state('Connecting …', 'Logs follow once the host is reached.')
    if (host.state === 'failed' || host.state === 'disconnected')
      return state(
        'Not connected',
        `${host.name} is not connected, so nothing can be read from it.`,
        'connect',
      )
    const findings = (details.findings ?? []).filter(({ source }) => source === 'logs')
    if (findings.length === 0) return state('No logs yet', `The logs of ${host.name} are being looked for.`)
    return state('No logs', `No log of ${host.name} can be read. This is what was tried:`, null, findings)
  }

  return computed(() => {
    const update = main.update.value
    if (!update && main.error.value) return state('The rows cannot be read', main.error.value.message)
    if (!update) {
      if (!connection.open)
        return state('No connection to the engine', 'The rows come once it is reached again.', 'retry')
      return hosts.list?.length === 0 ? withoutStreams() : state('Reading …', 'The rows are on their way.')
    }
    if (update.end > update.first) return null
    if (logs.shownHosts?.length === 0) return state('No host is chosen', 'Choose one in the list of sources.')
    if (update.streams.length === 0) {
      const others =
        all.update.value?.streams.some(({ host }) => logs.shownHosts?.includes(host) ?? true) ?? false
      return others
        ? state('All streams are switched off', 'Switch one on in the list of sources.', 'streams')
        : withoutStreams()
    }
    if (update.looked < update.rows) return state('Searching …', 'No row has matched so far.')
    if (logs.applied !== '' && !logs.highlighting)
      return state(
        'No row matches',
        `None of ${update.rows.toLocaleString('en')} rows matches “${logs.applied}”. New ones are looked at as they come.`,
        'clear',
      )
    return state('Nothing logged yet', 'The streams are open; rows show here as they come.')
  })
}
