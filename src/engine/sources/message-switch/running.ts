import { DiagnosticError, isAborted } from '@shared/errors'
import type { MessageBus, RunningSource, SourceContext } from '../source'
import { serviceOf } from './events'
import { openReader } from './probe'
import { watchQueues } from './queue-watcher'
import { TraceFollower } from './trace-follower'

export const messageSwitch: MessageBus = { name: 'message-switch', title: 'message-switch', serviceOf }

/** Milliseconds between two attempts to reach a switch that went away, and how often. */
const retryDelay = 300
const retries = 30

/** Follows the trace on one connection and the queues on another: a request that waits holds those behind it. */
export function openSwitch(context: SourceContext): Promise<RunningSource> {
  const abort = new AbortController()
  const forward = (): void => abort.abort()
  context.signal.addEventListener('abort', forward, { once: true })
  const done = runSwitch(context, abort.signal).finally(() =>
    context.signal.removeEventListener('abort', forward),
  )
  done.catch(() => undefined)
  return Promise.resolve({
    interval: 1_000,
    done,
    async close() {
      abort.abort()
      await done.catch(() => undefined)
    },
  })
}

async function runSwitch({ transport, sink, clock }: SourceContext, signal: AbortSignal): Promise<void> {
  const board = sink.messages(messageSwitch)
  const follower = new TraceFollower(board, clock)
  for (let failures = 0; !isAborted(signal);) {
    const began = clock.monotonic()
    try {
      await readBoth()
    } catch (error) {
      if (isAborted(signal)) return
      // A switch that is restarted is back within seconds.
      if (clock.monotonic() - began > 10_000) failures = 0
      const lost = error instanceof DiagnosticError && ['connection-lost', 'not-found'].includes(error.code)
      if (!lost || ++failures > retries) throw error
      await clock.sleep(retryDelay, signal)
    }
  }

  async function readBoth(): Promise<void> {
    const both = new AbortController()
    const forward = (): void => both.abort()
    signal.addEventListener('abort', forward, { once: true })
    const readers = [await openReader(transport, signal)]
    try {
      readers.push(await openReader(transport, signal))
      const [events, queues] = readers
      if (!events || !queues) return
      const hostNow = (): number => follower.hostNow()
      const running = [
        follower.run(events, both.signal),
        watchQueues(queues, board, { clock, hostNow }, both.signal),
      ]
      await Promise.race(running).finally(() => both.abort())
    } finally {
      both.abort()
      signal.removeEventListener('abort', forward)
      readers.forEach((reader) => reader.close())
    }
  }
}
