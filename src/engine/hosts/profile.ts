import type { ConnectStage } from '@shared/model/connection'
import type { ConnectionView, Finding } from '@shared/model/host'
import type { Notifier } from '../notifier'
import type { SourceDescriptor } from '../sources/source'
import type { Transport } from '../transports/transport'

export interface OpenedHost {
  readonly transport: Transport
  /** Rejects with the reason when the connection is lost; otherwise it stays pending. */
  readonly lost?: Promise<never>
  /** How it is connected, as it stands now; null where there is nothing to tell. */
  connection?(): ConnectionView
  /** What is not as a person would expect of the way to the host, though it is connected. */
  findings?(): readonly Finding[]
  /** Tells when `findings` gives something else. */
  readonly findingsChanged?: Notifier
}

/** A host as the console knows it before it is connected: how it is reached and what is read from it. */
export interface HostProfile {
  readonly id: string
  readonly name: string
  /** How it is reached, for people: "this machine", "root@xcp1:22". */
  readonly address: string
  readonly simulated: boolean
  readonly sources: readonly SourceDescriptor[]
  /** Reports its stages (`resolve`, `connect`, `identity`, `authenticate`) as they begin, and for which host on the way. */
  open(onStage: (stage: ConnectStage, hop: string | null) => void, signal: AbortSignal): Promise<OpenedHost>
}
