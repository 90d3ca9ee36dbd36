import { DiagnosticError, isAborted } from '@shared/errors'
import type { Clock } from '../../clock'
import type { MessageSink } from '../source'
import { QueueReader } from './queue-states'
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
  const queues = new QueueReader()
  while (!isAborted(signal)) {
    const started = clock.monotonic()
    const diagnostics = await run.read(reader, clock, signal)
    if (run.isNew) {
      throw new DiagnosticError('connection-lost', 'message-switch was restarted.', { where: reader.how })
    }
    const now = hostNow()
    const states = await queues.read(diagnostics, now)
    if (isAborted(signal)) return
    sink.queues(states, now)
    const spent = clock.monotonic() - started
    await clock.sleep(Math.max(interval - spent, spent / share), signal)
  }
}
