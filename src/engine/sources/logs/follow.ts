import { DiagnosticError, isAborted } from '@shared/errors'
import type { Clock } from '../../clock'
import type { Lane } from '../../transports/common/lane'
import type { Activity, FollowedFile } from './followed-file'

/** Milliseconds between two reads of a file: while lines come, without any, and while it is not there. */
const activeInterval = 250
const quietInterval = 1_000
const missingInterval = 2_000
/** After a failure that may pass. */
const failedInterval = 5_000
/** Reads without a line before a file counts as quiet. */
const quietReads = 4

export interface Following {
  readonly clock: Clock
  readonly signal: AbortSignal
  /** How many files are read at the same time. */
  readonly lane: Lane
}

/** Polls one file until the signal; rejects when the connection is lost. */
export async function follow(file: FollowedFile, { clock, signal, lane }: Following): Promise<void> {
  let quiet = 0
  let lost = 0
  try {
    while (!isAborted(signal)) {
      const leave = await lane.enter(signal)
      let outcome: Activity | 'failed' | 'lost'
      try {
        outcome = await file.poll()
      } catch (thrown) {
        if (isAborted(signal)) return
        await file.close()
        outcome = failureOf(thrown)
      } finally {
        leave()
      }
      lost = outcome === 'lost' ? lost + 1 : 0
      if (lost > 2) throw new DiagnosticError('connection-lost', 'The log files can no longer be read.')
      if (outcome === 'busy') continue
      quiet = outcome === 'quiet' ? quiet + 1 : 0
      await sleepInStep(clock, intervalAfter(outcome, quiet), signal)
    }
  } catch (thrown) {
    if (!isAborted(signal)) throw thrown
  } finally {
    await file.close()
  }
}

function intervalAfter(outcome: Activity | 'failed' | 'lost', quiet: number): number {
  if (outcome === 'missing') return missingInterval
  if (outcome === 'failed') return failedInterval
  return quiet >= quietReads ? quietInterval : activeInterval
}

/** All files wake at the same moments, so that their requests go out together. */
function sleepInStep(clock: Clock, interval: number, signal: AbortSignal): Promise<void> {
  const past = clock.monotonic() % activeInterval
  return clock.sleep(Math.max(interval - past, activeInterval / 2), signal)
}

/** A handle may have been given up for another request, or the whole connection: the next attempt tells. */
function failureOf(thrown: unknown): 'failed' | 'lost' {
  if (!(thrown instanceof DiagnosticError) || thrown.code === 'internal') throw thrown
  return thrown.code === 'connection-lost' ? 'lost' : 'failed'
}
