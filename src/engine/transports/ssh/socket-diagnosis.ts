import { exec } from './commands/exec'
import type { Connection } from './connection'
import { failure, type Subject } from './failures'

/** Prints one word; see `meanings`. Listening sockets have the flag __SO_ACCEPTCON in /proc/net/unix. */
const script =
  'if [ ! -e "$1" ]; then echo missing; elif [ ! -S "$1" ]; then echo other; elif [ ! -w "$1" ]; then echo denied; ' +
  'else while read -r a b c flags e f g path; do ' +
  'if [ "$path" = "$1" ] && [ "$flags" = 00010000 ]; then echo listening; exit; fi; done </proc/net/unix; echo silent; fi'

/** sshd says "open failed" whatever the reason was. This looks at the socket from the host's side. */
export async function whyNotUnix(
  connection: Connection,
  path: string,
  subject: Subject,
  error: Error,
): Promise<Error> {
  const answer = await exec(connection, ['sh', '-c', script, 'sh', path], { deadline: 5_000 }).then(
    ({ stdout }) => Buffer.from(stdout).toString('latin1').trim(),
    () => 'unknown',
  )
  switch (answer) {
    case 'missing':
      return failure('not-found', `${subject.doing} failed: it does not exist.`, subject, error)
    case 'other':
      return failure(
        'not-supported',
        `${subject.doing} failed: it is no socket.`,
        { ...subject, hints: {} },
        error,
      )
    case 'denied':
      return failure('permission-denied', `${subject.doing} failed: permission denied.`, subject, error)
    case 'listening':
      return failure(
        'not-supported',
        `${subject.doing} failed: the service listens, but the SSH server does not forward to it.`,
        subject,
        error,
      )
    default:
      return failure(
        'unreachable',
        `${subject.doing} failed: nothing accepts connections there.`,
        subject,
        error,
      )
  }
}
