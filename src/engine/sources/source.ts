import type { Finding, HostFacts, ProcessTable } from '@shared/model/host'
import type { MetricDescriptor } from '@shared/model/metrics'
import type { Clock } from '../clock'
import type { Transport } from '../transports/transport'

/**
 * What to read from a host. A new kind of source is one folder that exports a SourceDescriptor,
 * and one line in `registry.ts`.
 */
export interface SourceDescriptor {
  /** `linux`, `message-switch`, `rrdd`, ... */
  readonly kind: string
  readonly title: string
  /** Classes whose instances this source may publish, with their descriptions. */
  readonly classes: Readonly<Record<string, string>>
  /** Looks what is there without changing anything on the host; never throws for a thing that is missing. */
  probe(context: ProbeContext): Promise<ProbeResult>
  /** Starts reading. Rejects only where nothing at all can be read. */
  open(context: SourceContext): Promise<RunningSource>
}

export interface ProbeContext {
  readonly transport: Transport
  readonly signal: AbortSignal
}

export interface ProbeResult {
  /** False when this host has nothing for this source; `findings` say why. */
  readonly usable: boolean
  readonly findings: readonly Finding[]
  /** What the probe learnt of the host on the way. */
  readonly facts: Partial<HostFacts>
}

export interface SourceContext extends ProbeContext {
  readonly clock: Clock
  readonly sink: SourceSink
}

export interface RunningSource {
  /** Sampling interval of the fastest group, milliseconds. */
  readonly interval: number
  /** Settles when the source ended by itself (rejects with the reason) or after `close`. */
  readonly done: Promise<void>
  close(): Promise<void>
}

/** Where a source puts what it read. Calls are cheap and never throw for late or odd data. */
export interface SourceSink {
  /** A set of columns that are sampled together and so share one timeline. */
  group(name: string, interval: number): SampleGroup
  processes(table: ProcessTable): void
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
 */
export type Reading =
  | { readonly kind: 'gauge'; readonly scale?: number }
  | {
      readonly kind: 'counter'
      readonly scale?: number
      /** Width at which it wraps; 64 where unsure. */ readonly bits?: 32 | 64
    }
  | {
      readonly kind: 'ratio'
      readonly scale?: number
      /** The value when the divisor did not move; default null. */ readonly idle?: 0
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
