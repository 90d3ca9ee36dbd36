import type { MetricChunk } from '@shared/model/metrics'
import type { Slice } from './slice'

/** Points of some series of one group, as a window is told them. */
export interface LiveSeries {
  readonly slice: Slice
  readonly series: readonly number[]
  readonly interval: number
  readonly since: number
}

const none = new Float32Array(0)

export function chunkOf({ slice, series, interval, since }: LiveSeries): MetricChunk {
  const { times, values, lows, highs } = slice
  const isPlain = lows === values
  return {
    series: [...series],
    interval,
    since,
    times,
    values,
    lows: isPlain ? none : lows,
    highs: isPlain ? none : highs,
    seams: [],
  }
}
