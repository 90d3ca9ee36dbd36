import { constants } from 'node:fs'
import { open, type FileHandle } from 'node:fs/promises'
import { DiagnosticError, type ErrorCode } from '@shared/errors'

/** The small files of the person's own machine that SSH needs: configuration, known hosts. */

const reasons: Readonly<Record<string, readonly [code: ErrorCode, reason: string, hint?: string]>> = {
  ENOENT: ['not-found', 'it does not exist'],
  ENOTDIR: ['not-found', 'a part of its path is not a directory'],
  EACCES: [
    'permission-denied',
    'permission denied',
    'Check who owns the file and its directory, and their modes.',
  ],
  EPERM: [
    'permission-denied',
    'permission denied',
    'Check who owns the file and its directory, and their modes.',
  ],
  EROFS: ['permission-denied', 'the file system is mounted read-only'],
  ENOSPC: ['limit-exceeded', 'the disk is full', 'Make room on the disk and try again.'],
  EDQUOT: ['limit-exceeded', 'your disk quota is used up', 'Make room in your quota and try again.'],
  EISDIR: ['not-supported', 'it is a directory'],
  ELOOP: ['bad-request', 'too many symbolic links'],
}

export function systemErrorName(thrown: unknown): string | null {
  return thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : null
}

/** What the operating system refused, as an error that names the file. `doing` begins its sentence. */
export function fileError(thrown: unknown, doing: string, file: string): DiagnosticError {
  if (thrown instanceof DiagnosticError) return thrown
  const [code, reason, hint] = reasons[systemErrorName(thrown) ?? ''] ?? [
    'internal',
    thrown instanceof Error ? thrown.message : String(thrown),
  ]
  return new DiagnosticError(code, `${doing} failed: ${reason}.`, { where: file, hint, cause: thrown })
}

export interface LocalFile {
  readonly content: Buffer
  /** Permission bits. */
  readonly mode: number
  readonly uid: number
  readonly gid: number
  /** Differs whenever the file was replaced or written to in between. */
  readonly version: string
}

/**
 * The file at this moment; null when there is none. A device or pipe is `not-supported` and is not read;
 * one beyond `maxBytes` is `limit-exceeded`.
 */
export async function readLocalFile(file: string, maxBytes: number): Promise<LocalFile | null> {
  let handle: FileHandle | undefined
  try {
    // Without O_NONBLOCK a named pipe would wait for a writer.
    handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK)
    const status = await handle.stat({ bigint: true })
    if (!status.isFile()) {
      throw new DiagnosticError('not-supported', 'This is not a regular file.', { where: file })
    }
    if (status.size > maxBytes) {
      throw new DiagnosticError('limit-exceeded', `The file is larger than ${maxBytes / 1048576} MiB.`, {
        where: file,
        hint: 'Check that the path is the one you meant.',
      })
    }
    return {
      content: await handle.readFile(),
      mode: Number(status.mode & 0o777n),
      uid: Number(status.uid),
      gid: Number(status.gid),
      version: `${status.dev}:${status.ino}:${status.size}:${status.mtimeNs}`,
    }
  } catch (thrown) {
    if (systemErrorName(thrown) === 'ENOENT') return null
    throw fileError(thrown, 'Reading the file', file)
  } finally {
    await handle?.close()
  }
}
