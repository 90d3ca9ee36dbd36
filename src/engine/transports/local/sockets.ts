import { connect, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { OperationOptions, TcpTarget } from '../transport'
import { onAbort } from '../common/abort'
import type { LocalContext } from './context'
import { defaultDeadlines } from '../common/deadlines'
import { cancelled, connectionClosed, failure, systemError, type Subject } from './failures'

/** sockaddr_un holds 108 bytes with the final null, unix(7). A longer path would be cut and reach another socket. */
const longestUnixPath = 107

export function openTcp(
  context: LocalContext,
  { host, port }: TcpTarget,
  options?: OperationOptions,
): Promise<Duplex> {
  const where = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
  const subject: Subject = {
    doing: `Connecting to ${where}`,
    where,
    hints: {
      unreachable: 'Check that the service runs and listens on this address.',
      timeout: 'Nothing answers there: a firewall may drop the packets, or the service is stuck.',
    },
  }
  // Small requests must not wait for the acknowledgement of the one before (Nagle).
  return open(context, subject, options, () => connect({ host, port, noDelay: true }))
}

export async function openUnix(
  context: LocalContext,
  path: string,
  options?: OperationOptions,
): Promise<Duplex> {
  const subject: Subject = {
    doing: `Connecting to ${path}`,
    where: path,
    hints: {
      'not-found': 'The service that makes this socket may not run.',
      unreachable: 'The socket is there, but its service does not run or takes no more connections.',
    },
  }
  if (Buffer.byteLength(path) > longestUnixPath) {
    throw failure(
      'bad-request',
      `${subject.doing} failed: the path is over ${longestUnixPath} bytes.`,
      subject,
    )
  }
  return open(context, subject, options, () => connect({ path }))
}

/** The deadline is for the connecting, the signal for the whole life of the socket. */
async function open(
  { lifetime, cost }: LocalContext,
  subject: Subject,
  options: OperationOptions | undefined,
  dial: () => Socket,
): Promise<Socket> {
  const socket = await lifetime.run(
    subject,
    options,
    defaultDeadlines.connect,
    (ended) => connected(dial(), subject, ended),
    (late) => late.destroy(),
  )
  cost.follow(socket)
  const signal = options?.signal
  const unlisten = onAbort(signal, () => signal && socket.destroy(cancelled(subject, signal)))
  const disown = lifetime.own(() => destroyed(socket, connectionClosed(subject)))
  socket.once('close', () => {
    unlisten()
    disown()
  })
  return socket
}

function connected(socket: Socket, subject: Subject, ended: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    // Stays for good: an error that comes while nobody listens must not end the engine.
    socket.on('error', (error) => reject(systemError(error, subject)))
    socket.once('connect', () => resolve(socket))
    // Destroyed while connecting it says nothing else.
    socket.once('close', () => reject(connectionClosed(subject)))
    onAbort(ended, () => socket.destroy())
  })
}

function destroyed(socket: Socket, reason: Error): Promise<void> {
  return new Promise((resolve) => {
    if (socket.closed) return resolve()
    socket.once('close', () => resolve())
    socket.destroy(reason)
  })
}
