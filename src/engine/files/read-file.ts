import { constants } from 'node:fs'
import { open, type FileHandle } from 'node:fs/promises'
import { DiagnosticError } from '@shared/errors'
import { fileError, systemErrorName } from './system-error'

export interface OwnedFile {
  readonly content: Buffer
  /** Permission bits. */
  readonly mode: number
  readonly uid: number
  readonly gid: number
}

/**
 * The content of a file; null when there is none. One beyond `maxBytes` is `limit-exceeded`, a folder, device or
 * pipe is `not-supported`; neither is read.
 */
export async function readWholeFile(path: string, maxBytes: number): Promise<Buffer | null> {
  return (await readOwnedFile(path, maxBytes))?.content ?? null
}

/** The same, with whose it is. */
export async function readOwnedFile(path: string, maxBytes: number): Promise<OwnedFile | null> {
  let handle: FileHandle | undefined
  try {
    // Without O_NONBLOCK a named pipe would wait for a writer.
    handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK)
    const status = await handle.stat()
    if (!status.isFile()) {
      throw new DiagnosticError('not-supported', 'This is not a regular file.', { where: path })
    }
    if (status.size > maxBytes) {
      throw new DiagnosticError('limit-exceeded', `The file is larger than ${maxBytes / 1048576} MiB.`, {
        where: path,
      })
    }
    const { mode, uid, gid } = status
    return { content: await handle.readFile(), mode: mode & 0o777, uid, gid }
  } catch (thrown) {
    if (systemErrorName(thrown) === 'ENOENT') return null
    throw fileError(thrown, 'Reading the file', path)
  } finally {
    await handle?.close()
  }
}
