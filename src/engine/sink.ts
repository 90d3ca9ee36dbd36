import type { ProcessTable } from '@shared/model/host'
import type { MetricDescriptor } from '@shared/model/metrics'
import type { HistoricSeries } from './history-sink'
import type { MessageBus, MessageSink } from './message-sink'
import type { RowSink, RowStreamOptions } from './row-sink'

/** The seam between sources, which read, and the stores, which keep: neither knows the other. */

/** Where a source puts what it read. Calls are cheap and never throw for late or odd data. */
export interface SourceSink {
  /** A set of columns that are sampled together and so share one timeline. */
  group(name: string, interval: number): SampleGroup
  /** What the host had noted before; replaces what this source told so before. */
  history(series: readonly HistoricSeries[]): void
  processes(table: ProcessTable): void
  /** A stream of rows: log lines, messages. One of the same kind and name goes on where it was. */
  rows(options: RowStreamOptions): RowSink
  /** A bus of control messages. */
  messages(bus: MessageBus): MessageSink
}

export interface InstanceRef {
  readonly class: string
  readonly id: string
  readonly name: string
}

/**
 * How a raw reading becomes a value:
 * `gauge` as it is; `counter` (cumulative) as increase a second times `scale`;
 * `ratio` (two cumulative readings) as increase of the first by increase of the second times `scale`.
 * `sum` reads nothing: it adds up the values of one metric over the group's instances.
 */
export type Reading =
  | { readonly kind: 'gauge'; readonly scale?: number }
  | {
      readonly kind: 'counter'
      readonly scale?: number
      /** Width at which it wraps; 64 where unsure. */
      readonly bits?: 32 | 64
    }
  | {
      readonly kind: 'ratio'
      readonly scale?: number
      /** The value when the divisor did not move; default null. */
      readonly idle?: 0
    }
  | SumReading

/** Missing values are left out; the sum of nothing is missing. */
export interface SumReading {
  readonly kind: 'sum'
  readonly class: string
  readonly metric: string
  /** Asked again whenever the group's instances change. */
  includes(instance: string): boolean
}

export interface SampleGroup {
  /**
   * Adds a metric of an instance; returns the position of its raw reading in `raw`.
   * A `ratio` has its divisor at the next position.
   */
  add(instance: InstanceRef, metric: MetricDescriptor, reading: Reading): number
  /** The instance is gone: its metrics are null from now on and leave with their history. */
  remove(instance: InstanceRef): void
  /** Raw readings of the next sample, NaN where missing; the source fills it before each commit. */
  readonly raw: Float64Array
  /**
   * Takes what `raw` holds and sets it back to NaN.
   * `time` is the host's wall clock, epoch milliseconds; `monotonic` any clock that never jumps, milliseconds.
   */
  commit(time: number, monotonic: number): void
}
