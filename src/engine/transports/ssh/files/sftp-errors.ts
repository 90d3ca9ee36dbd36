import type { ErrorCode } from '@shared/errors'
import { excerpt, failure, type Subject } from '../failures'
import { utils } from '../library'

const { STATUS_CODE: status } = utils.sftp

/** Status codes of SFTP version 3, as far as reading meets them. */
const meanings = new Map<number, readonly [code: ErrorCode, reason: string]>([
  [status.NO_SUCH_FILE, ['not-found', 'it does not exist']],
  [status.PERMISSION_DENIED, ['permission-denied', 'permission denied']],
  [status.OP_UNSUPPORTED, ['not-supported', 'the SFTP server of the host does not offer it']],
  [status.NO_CONNECTION, ['connection-lost', 'SFTP has ended']],
  [status.CONNECTION_LOST, ['connection-lost', 'SFTP has ended']],
])

export const isEndOfFile = (thrown: unknown): boolean => statusOf(thrown) === status.EOF

function statusOf(thrown: unknown): number | undefined {
  return thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'number'
    ? thrown.code
    : undefined
}

/** What the SFTP server said, as an error that says what it was about. */
export function sftpError(error: Error, subject: Subject): Error {
  const code = statusOf(error)
  // The library's own word for requests that were under way when the channel closed.
  if (code === undefined && error.message === 'No response from server') {
    return failure('connection-lost', `${subject.doing} failed: SFTP has ended.`, subject, error)
  }
  // SFTP has no word for "no such process", which reads of /proc/PID meet all the time.
  if (code === status.FAILURE && /\/proc\/\d+\//.test(subject.where)) {
    return failure('not-found', `${subject.doing} failed: the process is gone.`, subject, error)
  }
  const meaning = code === undefined ? undefined : meanings.get(code)
  const [kind, reason] = meaning ?? (['command-failed', excerpt(error.message) || 'no reason given'] as const)
  return failure(kind, `${subject.doing} failed: ${reason}.`, subject, error)
}
