import { performance } from 'node:perf_hooks'

/** Time as a switch sees it. */
export interface SwitchClock {
  /** Since the switch started. */
  nanoseconds(): bigint
  /** Since the epoch, to the microsecond. */
  unixSeconds(): number
  /** Calls once; the result calls it off. For ever is Infinity or NaN. */
  after(seconds: number, run: () => void): () => void
}

export function startClock(): SwitchClock {
  const start = process.hrtime.bigint()
  const epoch = performance.timeOrigin
  return {
    nanoseconds: () => process.hrtime.bigint() - start,
    unixSeconds: () => Math.round((epoch + performance.now()) * 1e3) / 1e6,
    after(seconds, run) {
      if (!Number.isFinite(seconds)) return () => undefined
      const timer = setTimeout(run, Math.min(Math.max(seconds, 0) * 1000, 0x7fff_ffff))
      // The socket keeps the program alive, not who waits on it.
      timer.unref()
      return () => clearTimeout(timer)
    },
  }
}
