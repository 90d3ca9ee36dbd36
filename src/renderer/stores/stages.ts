import type { ConnectStage, TrialStep } from '@shared/model/connection'
import type { HostSummary } from '@shared/model/host'

/** The way to a host as a list: what is done, what runs, what failed, what is still to come. */

export interface ShownStage {
  readonly stage: ConnectStage
  /** Which of the hosts on the way; null where there is one only. */
  readonly hop: string | null
  readonly state: 'waiting' | 'running' | 'done' | 'failed'
}

const order: readonly ConnectStage[] = [
  'resolve',
  'connect',
  'identity',
  'authenticate',
  'discover',
  'sample',
]

/** Of a trial, which ends with `discover`. Each hop goes through its own stages. */
export function stagesOfTrial(steps: readonly TrialStep[]): ShownStage[] {
  const outcome = steps.at(-1)?.outcome ?? null
  const begun: ShownStage[] = []
  const several = new Set(steps.map(({ hop }) => hop).filter((hop) => hop !== null)).size > 1
  for (const { stage, hop, outcome: ended } of steps) {
    // The transport and the sources each discover: to a person that is one stage.
    if (ended || (hop === null && begun.at(-1)?.stage === stage)) continue
    begun.push({ stage, hop: several ? hop : null, state: 'done' })
  }
  const last = begun.pop()
  if (last) {
    const state = outcome === null ? 'running' : outcome.kind === 'failed' ? 'failed' : 'done'
    begun.push({ ...last, state })
  }
  const following = order.slice(last ? order.indexOf(last.stage) + 1 : 0, -1)
  return [...begun, ...following.map((stage): ShownStage => ({ stage, hop: null, state: 'waiting' }))]
}

/**
 * Of a session, which tells its present stage only; empty where it is not on its way. A host that was lost
 * after it had been live is a problem among the others, and its charts stay where they are.
 */
export function stagesOfSession(
  host: Pick<HostSummary, 'state' | 'stage' | 'hop' | 'lastSampleAt'>,
): ShownStage[] {
  const retrying = host.state === 'reconnecting' && host.lastSampleAt === null
  const failed = host.state === 'failed' || retrying
  if (!failed && host.state !== 'connecting') return []
  const at = order.findIndex((stage) => stage === host.stage)
  return order.map((stage, position) => {
    if (position < at) return { stage, hop: null, state: 'done' }
    if (position > at) return { stage, hop: null, state: 'waiting' }
    return { stage, hop: host.hop, state: failed ? 'failed' : 'running' }
  })
}

/** Whether a stage comes after another. */
export const isLater = (stage: string | null, than: string | null): boolean =>
  order.findIndex((one) => one === stage) > order.findIndex((one) => one === than)
