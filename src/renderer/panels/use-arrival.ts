import { useTime } from '../stores/time'

export interface Arrival {
  /** Tells the sample time of an item that arrived; the same time again is old news. */
  note(sample: number | null): void
  /** Milliseconds since something new arrived; 0 while the time is paused or before the first. */
  behind(): number
}

/** Age by arrival in this window, for tables that bear the host's own clock: that one may be set. */
export function useArrival(): Arrival {
  const time = useTime()
  let last: number | null = null
  let at = Infinity
  return {
    note(sample) {
      if (sample === last) return
      last = sample
      at = performance.now()
    },
    behind: () => (time.paused ? 0 : Math.max(0, time.monotonic - at)),
  }
}
