import type { HostSummary } from '@shared/model/host'

/** Worst first. `unknown`: there is no engine to ask. */
export const lights = ['red', 'amber', 'unknown', 'green', 'off'] as const
export type Light = (typeof lights)[number]

export interface WorstState {
  readonly light: Light
  /** Hosts that need somebody. */
  readonly count: number
  /** For people: the light is never told by its colour alone. */
  readonly text: string
}

const lightOfState: Readonly<Record<HostSummary['state'], Light>> = {
  failed: 'red',
  stale: 'amber',
  reconnecting: 'amber',
  connecting: 'off',
  live: 'green',
  disconnected: 'off',
}

/** A host that answers may have services that do not. */
function lightOf({ state, troubles }: HostSummary): Light {
  if (state !== 'live' || troubles.length === 0) return lightOfState[state]
  return troubles.some(({ severity }) => severity === 'red') ? 'red' : 'amber'
}

/** The worst of all hosts; null hosts: the engine is away, so nothing is known and nothing is green. */
export function worstState(hosts: readonly HostSummary[] | null): WorstState {
  if (hosts === null) return { light: 'unknown', count: 0, text: 'Unknown: the engine is being started' }
  const found = new Set(hosts.map(lightOf))
  const light = lights.find((one) => found.has(one)) ?? 'off'
  const count = hosts.filter((host) => lightOf(host) === 'red' || lightOf(host) === 'amber').length
  const live = hosts.filter(({ state }) => state === 'live').length
  const words = { red: 'Red', amber: 'Amber', unknown: 'Unknown', green: 'Green', off: 'Nothing connected' }
  const told = light === 'off' ? '' : count > 0 ? `: ${count} of ${hosts.length} hosts` : `: ${live} live`
  return { light, count, text: `${words[light]}${told}` }
}

/** What a person should hear of: hosts that failed or were lost since `before`. */
export function lostSince(
  before: readonly HostSummary[] | null,
  now: readonly HostSummary[],
): readonly HostSummary[] {
  if (before === null) return []
  return now.filter(({ id, state }) => {
    const known = before.find((host) => host.id === id)
    const wasWell = known?.state === 'live'
    return wasWell && (state === 'failed' || state === 'reconnecting')
  })
}

const unprintable = /[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Zl}\p{Zp}]/gu

/** Names come from elsewhere: one line, no control or direction characters, not long. */
export const plainText = (text: string, most = 120): string =>
  text.replaceAll(unprintable, '\ufffd').slice(0, most)
