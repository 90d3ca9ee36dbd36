import type { Duplex } from 'node:stream'
import { isAborted, toWireError, type ErrorCode } from '@shared/errors'
import type { Transport } from '../../transports/transport'
import { CurlReader } from './curl-reader'
import type { ProbeContext, ProbeResult } from '../source'
import { tracePath } from './requests'
import type { SwitchReader } from './reader'
import { openRelay } from './relay'
import { SocketReader } from './socket-reader'

/** Where message-switch listens; the first is what xapi itself uses. */
export const socketPath = '/var/run/message-switch/sock'

/** Opens a connection to the switch, by the cheapest way that works. */
export async function openReader(transport: Transport, signal: AbortSignal): Promise<SwitchReader> {
  const ways = [
    () => transport.openUnix(socketPath, { signal }).then((socket) => readerOf(socket, named(transport))),
    () => Promise.resolve(new CurlReader(transport, socketPath)),
    () =>
      openRelay(transport, socketPath, signal).then((socket) => readerOf(socket, 'a program on the host')),
  ]
  let first: unknown
  for (const open of ways) {
    let reader: SwitchReader | null = null
    try {
      reader = await open()
      await reader.get(tracePath(-1n, 0), signal)
      return reader
    } catch (error) {
      reader?.close()
      // The first way is the one to be told about: the others are there where the first is forbidden.
      first ??= error
      if (isAborted(signal) || noOtherWay.has(toWireError(error).code)) break
    }
  }
  throw first
}

/** It is not there, or it is stuck: whichever way it is asked. */
const noOtherWay: ReadonlySet<ErrorCode> = new Set(['not-found', 'timeout'])

const named = ({ kind }: Transport): string => (kind === 'ssh' ? 'its socket, forwarded' : 'its socket')
const readerOf = (socket: Duplex, how: string): SwitchReader => new SocketReader(socket, socketPath, how)

/** It may answer later: the socket is there. */
const mayComeBack: ReadonlySet<ErrorCode> = new Set(['timeout', 'unreachable', 'connection-lost'])

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
    return { usable: mayComeBack.has(code), findings: [{ ...finding, available: false, detail }], facts: {} }
  }
}
