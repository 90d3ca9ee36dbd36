import type { Clock } from '../../clock'

export interface Schedule {
  readonly clock: Clock
  /** Milliseconds from one tick to the next. */
  readonly interval: number
  /** Milliseconds from the first tick to the second, where that is not `interval`. */
  readonly second?: number
  readonly signal: AbortSignal
}

/**
 * Runs `tick` now and then at fixed times of the monotonic clock, so that it does not drift.
 * Ticks that come due while one still runs are skipped, never queued. Ends when the signal is aborted;
 * rejects with what a tick throws.
 */
export async function runSchedule(schedule: Schedule, tick: () => Promise<void>): Promise<void> {
  const { clock, interval, second = interval, signal } = schedule
  const start = clock.monotonic() + second - interval
  let step = 0
  while (!signal.aborted) {
    await tick()
    // A timer may fire a little early: the step that just ran is never taken again.
    step = Math.max(step, Math.floor((clock.monotonic() - start) / interval)) + 1
    await clock.sleep(start + step * interval - clock.monotonic(), signal)
  }
}
