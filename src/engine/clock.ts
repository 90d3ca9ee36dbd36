import { performance } from 'node:perf_hooks'

/** Time as the engine sees it; tests pass their own. */
export interface Clock {
  /** Wall clock, epoch milliseconds; may jump. */
  now(): number
  /** Milliseconds that never jump. */
  monotonic(): number
  /** Resolves after `milliseconds`, or at once when the signal is aborted. Never rejects. */
  sleep(milliseconds: number, signal: AbortSignal): Promise<void>
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  sleep(milliseconds, signal) {
    return new Promise((resolve) => {
      if (signal.aborted) return resolve()
      const finish = (): void => {
        clearTimeout(timer)
        signal.removeEventListener('abort', finish)
        resolve()
      }
      const timer = setTimeout(finish, milliseconds)
      signal.addEventListener('abort', finish, { once: true })
    })
  },
}
