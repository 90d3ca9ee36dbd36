import { DiagnosticError, type ErrorCode } from '@shared/errors'

type Meaning = readonly [code: ErrorCode, reason: string, hint?: string]

const checkModes = 'Check who owns the file and its folder, and their modes.'

/** errno(3), as far as files of the console's own meet it. */
const meanings: Readonly<Record<string, Meaning>> = {
  ENOENT: ['not-found', 'it does not exist'],
  ENOTDIR: ['not-found', 'a part of its path is not a folder'],
  EEXIST: ['conflict', 'there is something else of that name'],
  EACCES: ['permission-denied', 'permission denied', checkModes],
  EPERM: ['permission-denied', 'permission denied', checkModes],
  EROFS: ['permission-denied', 'the file system is mounted read-only'],
  ENOSPC: ['limit-exceeded', 'the disk is full', 'Make room on the disk and try again.'],
  EDQUOT: ['limit-exceeded', 'your disk quota is used up', 'Make room in your quota and try again.'],
  EFBIG: ['limit-exceeded', 'the file would be larger than the system allows'],
  EMFILE: ['limit-exceeded', 'the console has too many open files'],
  ENFILE: ['limit-exceeded', 'the system has too many open files'],
  ENAMETOOLONG: ['bad-request', 'the name is too long'],
  ELOOP: ['bad-request', 'too many symbolic links'],
  EISDIR: ['not-supported', 'it is a folder'],
  EIO: ['bad-data', 'the disk reports an error', 'Look into the kernel log of this machine.'],
  ESTALE: ['connection-lost', 'the file server no longer knows the file'],
}

/** `ENOENT` and the like; null for what no system call threw. */
export function systemErrorName(thrown: unknown): string | null {
  return thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : null
}

/** What the system refused, as an error that names the file. `doing` begins its sentence: "Writing the file". */
export function fileError(thrown: unknown, doing: string, file: string): DiagnosticError {
  if (thrown instanceof DiagnosticError) return thrown
  const [code, reason, hint] = meanings[systemErrorName(thrown) ?? ''] ?? [
    'internal',
    thrown instanceof Error ? thrown.message : String(thrown),
  ]
  return new DiagnosticError(code, `${doing} failed: ${reason}.`, { where: file, hint, cause: thrown })
}
