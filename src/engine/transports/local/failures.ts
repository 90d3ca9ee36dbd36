import { userInfo } from 'node:os'
import { DiagnosticError, type ErrorCode } from '@shared/errors'
import { failure as plainFailure, type Subject } from '../common/failures'

export { cancelled, timedOut, type Subject } from '../common/failures'

type Meaning = readonly [code: ErrorCode, reason: string]

/** errno(3) and Node's own argument errors, as far as these operations meet them. */
const meanings: Readonly<Record<string, Meaning>> = {
  ENOENT: ['not-found', 'it does not exist'],
  ENOTDIR: ['not-found', 'a part of the path is not a directory'],
  ENODEV: ['not-found', 'the device is gone'],
  ENXIO: ['not-found', 'the device is gone'],
  ESRCH: ['not-found', 'the process is gone'],
  EACCES: ['permission-denied', 'permission denied'],
  EPERM: ['permission-denied', 'permission denied'],
  ECONNREFUSED: ['unreachable', 'nothing accepts connections there'],
  EAGAIN: ['unreachable', 'it gives no answer just now'],
  EHOSTUNREACH: ['unreachable', 'no route to the host'],
  ENETUNREACH: ['unreachable', 'no route to the network'],
  ENOTFOUND: ['unreachable', 'the name cannot be resolved'],
  EAI_AGAIN: ['unreachable', 'the name server does not answer'],
  ETIMEDOUT: ['timeout', 'no answer'],
  ECONNRESET: ['connection-lost', 'the other side closed the connection'],
  EPIPE: ['connection-lost', 'the other side closed the connection'],
  ENOTCONN: ['connection-lost', 'the file system lost its server'],
  ESTALE: ['connection-lost', 'the file server no longer knows the file'],
  EMFILE: ['limit-exceeded', 'the console has too many open files'],
  ENFILE: ['limit-exceeded', 'the system has too many open files'],
  ENOMEM: ['limit-exceeded', 'no memory left'],
  E2BIG: ['limit-exceeded', 'the arguments are too long'],
  EISDIR: ['not-supported', 'it is a directory'],
  EOPNOTSUPP: ['not-supported', 'this kernel does not offer it'],
  EINVAL: ['not-supported', 'the system refuses this operation'],
  ENAMETOOLONG: ['bad-request', 'the name is too long'],
  ELOOP: ['bad-request', 'too many symbolic links'],
  ERR_INVALID_ARG_VALUE: ['bad-request', 'an argument holds a null byte or is not valid'],
  ERR_SOCKET_BAD_PORT: ['bad-request', 'the port is not between 0 and 65535'],
}

function codeOf(thrown: unknown): string | undefined {
  return thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string'
    ? thrown.code
    : undefined
}

/** Whatever an operating system call threw, as an error that says what it was about. */
export function systemError(thrown: unknown, subject: Subject): DiagnosticError {
  if (thrown instanceof DiagnosticError) return thrown
  const name = codeOf(thrown)
  const [code, reason]: Meaning = (name === undefined ? undefined : meanings[name]) ?? [
    'internal',
    thrown instanceof Error ? thrown.message : String(thrown),
  ]
  return failure(code, `${subject.doing} failed: ${reason}.`, subject, thrown)
}

export function failure(
  code: ErrorCode,
  message: string,
  subject: Subject,
  cause?: unknown,
): DiagnosticError {
  const hints = code === 'permission-denied' ? { [code]: permissionHint(), ...subject.hints } : subject.hints
  return plainFailure(code, message, { ...subject, hints }, cause)
}

function permissionHint(): string {
  return `The console runs as ${userName()}; that user must be allowed to do this.`
}

function userName(): string {
  try {
    return `the user "${userInfo().username}"`
  } catch {
    // In a container the user id may have no name.
    return 'a user without a name'
  }
}

export const connectionClosed = (subject: Subject): DiagnosticError =>
  failure('connection-lost', `${subject.doing}: the connection to this machine was closed.`, subject)
