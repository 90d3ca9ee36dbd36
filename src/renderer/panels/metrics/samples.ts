import type { ChartSeries } from '../../charts/series'
import { lowerBound, seriesLength } from '../../charts/series'
import type { HeldSamples } from '../../stores/series-window'

const none: HeldSamples = {
  times: new Float64Array(),
  values: new Float32Array(),
  lows: null,
  highs: null,
  interval: 1_000,
  seams: [],
}

/** Samples on the clock that is `shift` milliseconds behind their own. */
export function shifted(samples: HeldSamples | null, shift: number): HeldSamples {
  if (!samples || shift === 0) return samples ?? none
  return {
    ...samples,
    times: samples.times.map((time) => time - shift),
    seams: samples.seams.map((seam) => ({ ...seam, from: seam.from - shift })),
  }
}

/** Distance of the newest samples, milliseconds. */
export const intervalOf = ({ seams, interval }: ChartSeries): number => seams?.at(-1)?.interval ?? interval

export interface Statistics {
  /** All null where there is no value. */
  readonly min: number | null
  /** Mean of the points. */
  readonly avg: number | null
  readonly max: number | null
  readonly last: number | null
}

/** Of what lies in the range, its ends included. */
export function statistics(series: ChartSeries, from: number, to: number): Statistics {
  const { times, values, lows, highs } = series
  const length = seriesLength(series)
  let [min, max, sum, count] = [Infinity, -Infinity, 0, 0]
  let last: number | null = null
  for (let at = lowerBound(times, length, from); at < length && (times[at] ?? Infinity) <= to; at++) {
    const value = values[at] ?? NaN
    if (Number.isNaN(value)) continue
    min = Math.min(min, known(lows?.[at], value))
    max = Math.max(max, known(highs?.[at], value))
    sum += value
    count++
    last = value
  }
  return count === 0 ? { min: null, avg: null, max: null, last: null } : { min, avg: sum / count, max, last }
}

const known = (value: number | undefined, otherwise: number): number =>
  value === undefined || Number.isNaN(value) ? otherwise : value
