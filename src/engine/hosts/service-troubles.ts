import type { HostTrouble } from '@shared/model/host'
import type { QueueState } from '../message-sink'

/** What a board of messages knows of the queues of its bus. */
interface KnownQueues {
  readonly queueStates: { readonly states: readonly QueueState[] }
}

/** More of them say the same. */
const mostTroubles = 20

/**
 * Services of a host that do not take their messages: those that never started while messages wait for them, and those
 * that stopped asking. `shift` is added to the host's times to have ours, milliseconds.
 */
export function serviceTroubles(boards: Iterable<KnownQueues>, shift: number): HostTrouble[] {
  const found: HostTrouble[] = []
  for (const board of boards) {
    for (const state of board.queueStates.states) {
      const trouble = troubleOf(state, shift)
      if (trouble) found.push(trouble)
    }
  }
  return found.sort((a, b) => (a.since ?? 0) - (b.since ?? 0)).slice(0, mostTroubles)
}

function troubleOf({ service, name, listener, waiting }: QueueState, shift: number): HostTrouble | null {
  if (service === null) return null
  const oldest = waiting.at(-1)
  const count = waiting.length === 1 ? '1 message waits' : `${waiting.length} messages wait`
  if (listener.kind === 'never-started' && oldest) {
    const blocked = oldest.content.method === null ? '' : `, the oldest is ${oldest.content.method}`
    return {
      severity: 'red',
      since: oldest.time + shift,
      title: `${service} never started`,
      detail: `${count} in ${name}${blocked}: whoever sent it is blocked.`,
      view: 'queues',
    }
  }
  if (listener.kind === 'unresponsive') {
    return {
      severity: 'red',
      since: listener.since + shift,
      title: `${service} is unresponsive`,
      detail: `It should have asked for messages: crashed or stuck. ${count} in ${name}.`,
      view: 'queues',
    }
  }
  return null
}
