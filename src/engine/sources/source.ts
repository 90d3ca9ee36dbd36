import type { Finding, HostFacts } from '@shared/model/host'
import type { Clock } from '../clock'
import type { SourceSink } from '../sink'
import type { Transport } from '../transports/transport'

export type { InstanceRef, Reading, SampleGroup, SourceSink } from '../sink'
export type * from '../message-sink'
export type {
  FieldReader,
  FieldValue,
  FilePlace,
  Gap,
  LineBatch,
  RowExtent,
  RowFormat,
  RowHead,
  RowSink,
  RowStreamOptions,
} from '../row-sink'

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
  /**
   * It adds to what other sources read and cannot carry a connection: it is probed and opened beside them, and nothing
   * waits for it.
   */
  readonly isSupplement?: true
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
