import { DiagnosticError } from '@shared/errors'
import { startProcess } from './commands/remote-process'
import { scriptLine } from './commands/script'
import type { Connection } from './connection'
import { errorOf, failure } from './failures'
import type { RemoteFiles } from './files/remote-files'
import { ShellFiles } from './files/shell-files'
import { SftpFiles } from './files/sftp-files'

export interface Discovered {
  readonly files: RemoteFiles | null
  readonly filesKind: 'sftp' | 'shell' | 'none'
  readonly filesReason: DiagnosticError | null
  readonly commandsReason: DiagnosticError | null
  /** The server's process for this connection. */
  readonly serverProcess: number | null
}

/** What the account may do here: commands and SFTP, tried at the same time. */
export async function discover(connection: Connection, signal: AbortSignal): Promise<Discovered> {
  const sftp = new SftpFiles(connection)
  const [command, session] = await Promise.all([
    attempt(tryCommand(connection, signal)),
    attempt(sftp.probe()),
  ])
  const commandsReason = command.error === undefined ? null : reasonOf(connection, command.error)
  // Nothing at all works with it until the password is changed.
  if (commandsReason?.code === 'authentication-failed') throw commandsReason
  const serverProcess = command.value ?? null
  if (session.error === undefined) {
    return { files: sftp, filesKind: 'sftp', filesReason: null, commandsReason, serverProcess }
  }
  sftp.close()
  const filesReason = reasonOf(connection, session.error)
  return commandsReason === null
    ? { files: new ShellFiles(connection), filesKind: 'shell', filesReason, commandsReason, serverProcess }
    : { files: null, filesKind: 'none', filesReason, commandsReason, serverProcess }
}

/** Runs nothing of use, only to see that something runs; the id of the server's process. */
async function tryCommand(connection: Connection, signal: AbortSignal): Promise<number | null> {
  const subject = { doing: `Running a command on ${connection.target.host}`, where: connection.label }
  return connection.lifetime.run(subject, { signal }, 15_000, async (ended) => {
    const process = await startProcess(
      connection,
      {
        subject,
        program: 'sh',
        line: (nonce) => scriptLine(':', nonce),
        lasting: false,
        onOutput: () => undefined,
        onErrorOutput: () => undefined,
      },
      ended,
    )
    const parent = process.ids?.parent ?? null
    await process.done.catch(() => undefined)
    return parent
  })
}

interface Attempted<T> {
  readonly value?: T
  readonly error?: Error
}

const attempt = <T>(work: Promise<T>): Promise<Attempted<T>> =>
  work.then(
    (value) => ({ value }),
    (thrown: unknown) => ({ error: errorOf(thrown) }),
  )

const reasonOf = (connection: Connection, error: Error): DiagnosticError =>
  error instanceof DiagnosticError
    ? error
    : failure('internal', error.message, { doing: 'Connecting', where: connection.label }, error)
