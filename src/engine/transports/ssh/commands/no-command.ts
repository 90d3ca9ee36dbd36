import type { DiagnosticError } from '@shared/errors'
import { passwordExpired } from '../authentication/person'
import type { Connection } from '../connection'
import { excerpt, failure, type Subject } from '../failures'

export const notRunHint =
  'The account may be tied to one command (ForceCommand in sshd_config, command= in authorized_keys), or its login shell is none that runs commands. Use an account with an ordinary shell.'

/** The host ran something, but not what was asked: from what that printed. */
export function notRunError(
  connection: Connection,
  subject: Subject,
  printed: string,
  exitCode: number | null | undefined,
): DiagnosticError {
  if (/password change required|required to change your password|password has expired/i.test(printed)) {
    return passwordExpired(connection.target)
  }
  const said = excerpt(printed).replace(/\.$/, '')
  const what =
    exitCode === undefined
      ? 'something else runs in its place'
      : `something else was run in its place, and ended with ${exitCode ?? 'a signal'}`
  return failure(
    'not-supported',
    `${connection.label} does not run commands for us: ${what}${said === '' ? ', without a word' : `. It said: ${said}`}.`,
    { ...subject, hints: { 'not-supported': notRunHint } },
  )
}

export function programProblem(
  subject: Subject,
  program: string,
  problem: 'missing' | 'denied',
): DiagnosticError {
  return problem === 'missing'
    ? failure('not-found', `${subject.doing} failed: it does not exist.`, {
        ...subject,
        hints: { 'not-found': `Install ${program} on the host, or name it with its whole path.` },
      })
    : failure('permission-denied', `${subject.doing} failed: permission denied.`, {
        ...subject,
        hints: { 'permission-denied': `${program} must be an executable file that the account may run.` },
      })
}
