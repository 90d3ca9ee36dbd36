import type { LatencyHeatmap } from '@shared/model/messages'
import { onScopeDispose, shallowReadonly, shallowRef, watch, type ShallowRef } from 'vue'
import { asDiagnostic, useAsk } from '../../stores/ask'
import { useDetails } from '../../stores/details'
import { useTime } from '../../stores/time'

export interface Latencies {
  /** Its axis is the host's clock, as that of all charts. */
  readonly map: Readonly<ShallowRef<LatencyHeatmap | null>>
  readonly error: Readonly<ShallowRef<string | null>>
}

export interface WantedLatency {
  readonly host: string
  readonly bus: string
  readonly service: string
  readonly method: string | null
}

const askEvery = 2_000

/** Whole seconds that the columns begin and end at: latencies are kept by the second of the host's clock. */
export function columnsOf(
  from: number,
  to: number,
  most: number,
): { from: number; to: number; columns: number } {
  const step = Math.max(1, Math.ceil((to - from) / 1_000 / Math.max(1, most))) * 1_000
  const end = Math.ceil(to / step) * step
  const columns = Math.max(1, Math.round((to - from) / step))
  return { from: end - columns * step, to: end, columns }
}

/** Latencies of a service over the time that shows, kept up while it is live. `most`: columns that fit. */
export function useLatency(wanted: () => WantedLatency | null, most: () => number): Latencies {
  const ask = useAsk()
  const details = useDetails()
  const time = useTime()
  const map = shallowRef<LatencyHeatmap | null>(null)
  const error = shallowRef<string | null>(null)
  const closed = new AbortController()
  let turn = 0

  async function refresh(): Promise<void> {
    const one = wanted()
    const asked = ++turn
    if (!one || most() < 4) return
    const offset = details.connection?.clockOffset ?? 0
    const { from, to, columns } = columnsOf(time.range.from, time.range.to, most())
    try {
      const range = { from: from - offset, to: to - offset, columns }
      const told = await ask('messages.latency', { ...one, ...range }, closed.signal)
      if (asked !== turn) return
      map.value = { ...told, from, to }
      error.value = null
    } catch (thrown) {
      const { code, message } = asDiagnostic(thrown)
      if (asked === turn && code !== 'cancelled' && code !== 'connection-lost') error.value = message
    }
  }
  watch(
    () => JSON.stringify(wanted()),
    () => (map.value = null),
  )
  watch(
    () => [JSON.stringify(wanted()), most(), time.paused, time.span, time.paused ? time.range.from : 0],
    () => void refresh(),
    { immediate: true },
  )
  const timer = setInterval(() => {
    if (!time.paused && !document.hidden) void refresh()
  }, askEvery)
  onScopeDispose(() => {
    clearInterval(timer)
    closed.abort()
  })
  return { map: shallowReadonly(map), error: shallowReadonly(error) }
}
