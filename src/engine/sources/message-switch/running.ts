import { DiagnosticError, isAborted, type ErrorCode } from '@shared/errors'
import type { MessageBus, RunningSource, SourceContext } from '../source'
import { serviceOf } from './events'
import { openReader } from './probe'
import { watchQueues } from './queue-watcher'
import { runOf } from './switch-run'
import { TraceFollower } from './trace-follower'

export const messageSwitch: MessageBus = { name: 'message-switch', title: 'message-switch', serviceOf }

/** A socket stays behind when its switch ends: until the next one listens it refuses. */
const passing: ReadonlySet<ErrorCode> = new Set(['connection-lost', 'not-found', 'unreachable'])

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
  const run = runOf(board)
  for (let failures = 0; !isAborted(signal);) {
    const began = clock.monotonic()
    try {
      await readBoth()
    } catch (error) {
      if (isAborted(signal)) return
      // A switch that is restarted is back within seconds.
      if (clock.monotonic() - began > 10_000) failures = 0
      if (!(error instanceof DiagnosticError && passing.has(error.code)) || ++failures > retries) throw error
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
      if (board.position !== null) await run.read(queues, clock, signal)
      if (run.isNew) follower.restarted()
      run.taken()
      const hostNow = (): number => follower.hostNow()
      const running = [
        follower.run(events, both.signal),
        watchQueues(queues, board, { clock, hostNow, run }, both.signal),
      ]
      await Promise.race(running).finally(() => both.abort())
    } finally {
      both.abort()
      signal.removeEventListener('abort', forward)
      readers.forEach((reader) => reader.close())
    }
  }
}
