import type { SourceDescriptor } from '../sources/source'
import type { Transport } from '../transports/transport'

/** A host as the console knows it before it is connected: how it is reached and what is read from it. */
export interface HostProfile {
  readonly id: string
  readonly name: string
  /** How it is reached, for people: "this machine", "root@xcp1:22". */
  readonly address: string
  readonly simulated: boolean
  readonly sources: readonly SourceDescriptor[]
  /** Reports its stages (`resolve`, `connect`, `identity`, `authenticate`) as they begin. */
  open(onStage: (stage: string) => void, signal: AbortSignal): Promise<Transport>
}
