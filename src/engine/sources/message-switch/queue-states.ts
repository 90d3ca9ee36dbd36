import { setImmediate as nextTurn } from 'node:timers/promises'
import {
  messageKey,
  serviceState,
  type Diagnostics,
  type Entry,
  type Queue,
} from '../../formats/message-switch'
import type { ListenerState, MessageContent, QueueState } from '../source'
import { serviceOf, waitingContent, waitingMessage } from './events'

/** Milliseconds of reading payloads in one go. */
const slice = 6

interface Known {
  readonly time: bigint
  readonly content: MessageContent
}

/**
 * What the diagnostics of a switch say of its queues. Most of what waits was there a second ago, so payloads are read
 * once only; where much of it is new, others get their turn in between.
 */
export class QueueReader {
  #known = new Map<string, Known>()

  /** `now`: the host's clock when the diagnostics were made, epoch milliseconds. */
  async read(diagnostics: Diagnostics, now: number): Promise<QueueState[]> {
    const known = new Map<string, Known>()
    const states: QueueState[] = []
    let end = performance.now() + slice
    for (const queue of [...diagnostics.permanentQueues, ...diagnostics.transientQueues]) {
      const waiting = []
      for (const entry of queue.contents) {
        const content = this.#contentOf(entry)
        known.set(messageKey(entry.id), { time: entry.time, content })
        waiting.push(waitingMessage(entry, content, diagnostics.currentTime, now))
        if (performance.now() < end) continue
        await nextTurn()
        end = performance.now() + slice
      }
      const listener = listenerOf(queue, diagnostics.currentTime, now)
      states.push({ name: queue.name, service: serviceOf(queue.name), listener, waiting })
    }
    this.#known = known
    return states
  }

  #contentOf(entry: Entry): MessageContent {
    const before = this.#known.get(messageKey(entry.id))
    const same = before?.time === entry.time && before.content.size === entry.message.payload.length
    return same ? before.content : waitingContent(entry)
  }
}

function listenerOf(queue: Queue, currentTime: bigint, now: number): ListenerState {
  if (serviceOf(queue.name) === null) return { kind: 'replies' }
  const found = serviceState(queue, currentTime)
  if (found.state !== 'unresponsive') return { kind: found.state }
  return { kind: 'unresponsive', since: now - Number(found.overdue) / 1e6 }
}
