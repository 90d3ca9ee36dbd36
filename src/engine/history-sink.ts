import type { MetricAddress } from '@shared/model/metrics'

/** What a host had noted of one metric before we connected. */
export interface HistoricSeries {
  readonly address: MetricAddress
  /** Milliseconds that each point covers; it ends at its time. */
  readonly interval: number
  /** Epoch milliseconds of the host's clock, ascending. */
  readonly times: Float64Array
  /** Means over the interval in the base unit of the metric; NaN where missing. */
  readonly values: Float32Array
  /** Least and greatest where the host had noted them. */
  readonly lows?: Float32Array | undefined
  readonly highs?: Float32Array | undefined
}
