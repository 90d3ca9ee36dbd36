import { computed, type ComputedRef } from 'vue'
import { useConnection } from '../../stores/connection'
import { useDetails } from '../../stores/details'
import { useHosts } from '../../stores/hosts'
import type { MessageBuses } from '../../stores/messages'
import type { LogState } from '../logs/use-log-state'

const state = (title: string, text: string, rest: Partial<LogState> = {}): LogState => ({
  title,
  text,
  act: null,
  findings: [],
  ...rest,
})

/** Why there is no bus to look at, and what to do about it; null where there is one. */
export function useMessageState({ list, bus, error }: MessageBuses): ComputedRef<LogState | null> {
  const connection = useConnection()
  const details = useDetails()
  const hosts = useHosts()

  return computed(() => {
    if (bus.value) return null
    if (hosts.list?.length === 0)
      return state('No hosts', 'Connect to an XCP host, and its control messages show here.', { act: 'add' })
    if (!connection.open)
      return state('No connection to the engine', 'The messages come once it is reached again.', {
        act: 'retry',
      })
    const host = hosts.selected
    if (!host || host.state === 'connecting' || host.state === 'reconnecting')
      return state('Connecting …', 'Control messages follow once the host is reached.')
    if (host.state === 'failed' || host.state === 'disconnected')
      return state('Not connected', `${host.name} is not connected, so nothing can be read from it.`, {
        act: 'connect',
      })
    if (error.value) return state('The messages cannot be read', error.value.message)
    const findings = (details.findings ?? []).filter(({ source }) => source === 'message-switch')
    if (findings.length > 0 && findings.every(({ available }) => !available))
      return state('No control messages', `${host.name} has no bus of control messages that can be read:`, {
        findings,
      })
    if (list.value === null || findings.length === 0)
      return state('Looking …', `The message bus of ${host.name} is being looked for.`)
    return state('Opening the bus …', 'Its first messages are on their way.', { findings })
  })
}
