import { toWireError } from '@shared/errors'
import type { Transport } from '../../transports/transport'
import { CurlReader } from './curl-reader'
import type { ProbeContext, ProbeResult } from '../source'
import { tracePath } from './requests'
import type { SwitchReader } from './reader'
import { SocketReader } from './socket-reader'

/** Where message-switch listens; the first is what xapi itself uses. */
export const socketPath = '/var/run/message-switch/sock'

/** Opens a connection to the switch, by the cheapest way that works. */
export async function openReader(transport: Transport, signal: AbortSignal): Promise<SwitchReader> {
  let reader: SwitchReader
  try {
    reader = await SocketReader.open(transport, socketPath, signal)
    await reader.get(tracePath(-1n, 0), signal)
    return reader
  } catch (error) {
    const curl = new CurlReader(transport, socketPath)
    try {
      await curl.get(tracePath(-1n, 0), signal)
      return curl
    } catch {
      // The first way is the one to be told about: the second is there where the first is forbidden.
      throw error
    }
  }
}

export async function probeSwitch({ transport, signal }: ProbeContext): Promise<ProbeResult> {
  const finding = { source: 'message-switch', subject: 'control messages' }
  try {
    const reader = await openReader(transport, signal)
    reader.close()
    const detail = `message-switch at ${socketPath}, read through ${reader.how}.`
    return { usable: true, findings: [{ ...finding, available: true, detail }], facts: {} }
  } catch (error) {
    const { code, message, hint } = toWireError(error)
    const detail =
      code === 'not-found'
        ? `No message-switch at ${socketPath}: this is not a running XCP or XenServer host.`
        : [message, hint ?? 'The socket belongs to root: sign in as root to see the control messages.'].join(
            ' ',
          )
    return { usable: false, findings: [{ ...finding, available: false, detail }], facts: {} }
  }
}
