import type { HostSummary } from '@shared/model/host'
import { RpcClient } from '@shared/rpc/client'
import { createFrameCarrier, type FramePort } from '@shared/rpc/frame-carrier'

/** The shell's own connection to the engine: hosts and their states, and nothing else. */
export class HostWatch {
  readonly #changed: (hosts: readonly HostSummary[] | null) => void
  #client: RpcClient | undefined

  constructor(changed: (hosts: readonly HostSummary[] | null) => void) {
    this.#changed = changed
  }

  /** A new engine is ready. */
  connect(port: FramePort): void {
    this.disconnect()
    const client = new RpcClient(createFrameCarrier(port, { most: Infinity }))
    this.#client = client
    const lost = (): void => {
      if (this.#client === client) this.#changed(null)
    }
    client.subscribe('hosts.watch', {}, { next: (hosts) => this.#changed(hosts), error: lost, end: lost })
  }

  disconnect(): void {
    const client = this.#client
    this.#client = undefined
    client?.close()
    if (client) this.#changed(null)
  }
}
