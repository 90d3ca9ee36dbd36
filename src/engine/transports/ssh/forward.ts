import type { Duplex } from 'node:stream'
import { onAbort } from '../common/abort'
import { defaultDeadlines } from '../common/deadlines'
import type { OperationOptions, TcpTarget } from '../transport'
import { ChannelStream } from './channel-stream'
import { openChannel, openRefusal, refusalReason, type Connection, type OpenChannel } from './connection'
import { cancelled, errorOf, excerpt, failure, type Subject } from './failures'
import type { Client, ClientChannel } from './library'
import { whyNotUnix } from './socket-diagnosis'
import { endpointText } from './target'

/** Streams through the host: to what it can reach, and to its own sockets. */

type Done = (error: Error | undefined, channel: ClientChannel) => void

export function openTcp(
  connection: Connection,
  target: TcpTarget,
  options?: OperationOptions,
): Promise<Duplex> {
  const where = endpointText(target)
  const subject: Subject = {
    doing: `Connecting to ${where} through ${connection.target.host}`,
    where: `${connection.label}: ${where}`,
    hints: {
      'not-supported':
        'The host does not forward connections for this account: see AllowTcpForwarding and PermitOpen in its sshd_config.',
      unreachable: 'Check that the service runs and listens on this address, as seen from the host.',
    },
  }
  return open(connection, subject, options, (client, done) =>
    client.forwardOut('127.0.0.1', 0, target.host, target.port, done),
  )
}

export function openUnix(connection: Connection, path: string, options?: OperationOptions): Promise<Duplex> {
  const subject: Subject = {
    doing: `Connecting to ${path} on ${connection.target.host}`,
    where: `${connection.label}: ${path}`,
    hints: {
      'not-supported':
        'The host does not forward to its sockets for this account: see AllowStreamLocalForwarding in its sshd_config (OpenSSH 6.7 or newer).',
      'not-found': 'The service that makes this socket may not run.',
      'permission-denied': `The account ${connection.target.user} needs write permission on the socket (mode and group).`,
      unreachable: 'The socket is there, but its service does not run or takes no more connections.',
    },
  }
  return open(
    connection,
    subject,
    options,
    (client, done) => client.openssh_forwardOutStreamLocal(path, done),
    (error) => whyNotUnix(connection, path, subject, error),
  )
}

/** The deadline is for the opening, the signal for the whole life of the stream. */
async function open(
  connection: Connection,
  subject: Subject,
  options: OperationOptions | undefined,
  call: (client: Client, done: Done) => void,
  explain?: (error: Error) => Promise<Error>,
): Promise<Duplex> {
  const opened = await connection.lifetime.run(
    subject,
    options,
    defaultDeadlines.connect,
    (ended) =>
      openChannel<ClientChannel>(connection, subject, { kind: 'stream', lasting: true }, ended, call).catch(
        async (thrown: unknown) => {
          const error = errorOf(thrown)
          const unclear = explain !== undefined && refusalReason(error) === openRefusal.connectFailed
          throw unclear ? await explain(error) : refused(subject, error)
        },
      ),
    (late) => streamOf(late).destroy(),
  )
  const stream = streamOf(opened)
  // Stays for good: an error that comes while nobody listens must not end the engine.
  stream.on('error', () => undefined)
  const signal = options?.signal
  const unlisten = onAbort(signal, () => signal && stream.destroy(cancelled(subject, signal)))
  const disown = connection.lifetime.onEnd((reason) => stream.destroy(reason))
  stream.once('close', () => {
    unlisten()
    disown()
  })
  return stream
}

function streamOf({ channel, place }: OpenChannel<ClientChannel>): ChannelStream {
  channel.once('close', () => place.release())
  return new ChannelStream(channel)
}

function refused(subject: Subject, error: Error): Error {
  const said = excerpt(error.message.replace(/^\(SSH\) Channel open failure: /, ''))
  switch (refusalReason(error)) {
    case undefined:
      return error
    case openRefusal.connectFailed:
    case openRefusal.shortage:
      return failure('unreachable', `${subject.doing} failed: ${said || 'refused'}.`, subject, error)
    default:
      return failure('not-supported', `${subject.doing} failed: ${said || 'prohibited'}.`, subject, error)
  }
}
