import { toWireError } from '@shared/errors'
import type { Transport } from '../transports/transport'

/** What a simulated host puts in a place of its own, so that nobody takes it for a real one. */
const markPath = '/etc/xcp-diag-simulated'

/** Whether the host says that it is simulated; a host that does not tell is not. */
export async function saysSimulated(transport: Transport, signal: AbortSignal): Promise<boolean> {
  try {
    await transport.readFile(markPath, { signal, maxBytes: 65_536 })
    return true
  } catch (error) {
    return toWireError(error).code === 'limit-exceeded'
  }
}
