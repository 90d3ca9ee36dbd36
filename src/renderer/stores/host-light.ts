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
      return live ? { light: 'green', label: 'Live' } : { light: 'stale', label: 'Stale' }
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
