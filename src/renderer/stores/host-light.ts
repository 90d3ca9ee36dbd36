import type { HostSummary } from '@shared/model/host'

/** How a host's state shows; the words of the lights are these, wherever one stands. */
export interface HostLight {
  readonly light: 'red' | 'amber' | 'green' | 'stale' | 'busy' | 'off'
  readonly label: string
}

/**
 * Never green without a connection to the engine (nobody knows then), nor unless `live` says that the host's
 * samples go on arriving.
 */
export function hostLight(host: HostSummary, connected: boolean, live: boolean): HostLight {
  if (!connected) return { light: 'stale', label: 'Unknown' }
  switch (host.state) {
    case 'live':
      return live ? liveLight(host) : { light: 'stale', label: 'Stale' }
    case 'stale':
      return { light: 'stale', label: 'Stale' }
    case 'connecting':
      return { light: 'busy', label: host.stage === null ? 'Connecting' : `Connecting: ${host.stage}` }
    case 'reconnecting':
      return { light: 'amber', label: 'Reconnecting' }
    case 'failed':
      return { light: 'red', label: 'Failed' }
    case 'disconnected':
      return { light: 'off', label: 'Not connected' }
  }
}

/** Green is said only of a host on which nothing is known to be wrong. */
function liveLight({ troubles }: HostSummary): HostLight {
  const worst = troubles.find(({ severity }) => severity === 'red') ?? troubles[0]
  return worst
    ? { light: worst.severity, label: `Trouble: ${worst.title}` }
    : { light: 'green', label: 'Live' }
}
