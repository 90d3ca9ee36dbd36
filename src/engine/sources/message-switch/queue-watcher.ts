import { DiagnosticError, isAborted } from '@shared/errors'
import type { Clock } from '../../clock'
import { serviceState, type Diagnostics, type Queue } from '../../formats/message-switch'
import type { ListenerState, MessageSink, QueueState } from '../source'
import { serviceOf, waitingMessage } from './events'
import type { SwitchReader } from './reader'
import type { SwitchRun } from './switch-run'

const interval = 1_000
/** Reading the queues may take this share of the time, where they hold much. */
const share = 0.1

/** Reads all queues with their contents about once a second, less often where that is costly. */
export async function watchQueues(
  reader: SwitchReader,
  sink: MessageSink,
  { clock, hostNow, run }: { clock: Clock; hostNow: () => number; run: SwitchRun },
  signal: AbortSignal,
): Promise<void> {
  while (!isAborted(signal)) {
    const started = clock.monotonic()
    const diagnostics = await run.read(reader, clock, signal)
    if (run.isNew) {
      throw new DiagnosticError('connection-lost', 'message-switch was restarted.', { where: reader.how })
    }
    const now = hostNow()
    sink.queues(queueStates(diagnostics, now), now)
    const spent = clock.monotonic() - started
    await clock.sleep(Math.max(interval - spent, spent / share), signal)
  }
}

/** `now`: the host's clock when the diagnostics were made, epoch milliseconds. */
export function queueStates(diagnostics: Diagnostics, now: number): QueueState[] {
  const { permanentQueues, transientQueues, currentTime } = diagnostics
  const state = (queue: Queue): QueueState => ({
    name: queue.name,
    service: serviceOf(queue.name),
    listener: listenerOf(queue, currentTime, now),
    waiting: queue.contents.map((entry) => waitingMessage(entry, currentTime, now)),
  })
  return [...permanentQueues, ...transientQueues].map(state)
}

function listenerOf(queue: Queue, currentTime: bigint, now: number): ListenerState {
  if (serviceOf(queue.name) === null) return { kind: 'replies' }
  const found = serviceState(queue, currentTime)
  if (found.state !== 'unresponsive') return { kind: found.state }
  return { kind: 'unresponsive', since: now - Number(found.overdue) / 1e6 }
}
