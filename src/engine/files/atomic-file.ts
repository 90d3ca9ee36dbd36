import { randomBytes } from 'node:crypto'
import { lstat, mkdir, open, readdir, realpath, rename, rm, stat, writeFile } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { abortError, DiagnosticError } from '@shared/errors'
import { readWholeFile } from './read-file'
import { fileError, systemErrorName } from './system-error'
import { inTurn } from './turns'

const newFileMode = 0o600
const newFolderMode = 0o700
const temporaryEnding = /\.[0-9a-f]{16}\.tmp$/

export type FileContent = string | Uint8Array | AsyncIterable<Uint8Array>

export interface WriteOptions {
  /** Permission bits. Without it those of the file that is replaced, 0600 where there is none. */
  readonly mode?: number | undefined
  /**
   * Refuses with `conflict` unless the file holds exactly this just before it is replaced; null: unless there is
   * no file.
   */
  readonly expected?: Uint8Array | null | undefined
  readonly signal?: AbortSignal | undefined
}

/**
 * Replaces a file, or makes it and its folder (mode 0700). The new content is complete on the disk before it takes
 * the old one's name, so whoever reads the file, at any moment and after any crash, finds the old or the new one
 * whole. Whatever fails (disk full, no permission, aborted, the content's own iterator) leaves the old file and
 * nothing beside it. Writers of one path in this process take turns; a symbolic link stays one.
 */
export function writeWholeFile(
  path: string,
  content: FileContent,
  options: WriteOptions = {},
): Promise<void> {
  return inTurn(`write ${resolve(path)}`, async () => {
    try {
      if (options.signal?.aborted) throw abortError(options.signal)
      await replace(await behindLinks(path), content, options)
    } catch (thrown) {
      if (options.signal?.aborted) throw abortError(options.signal)
      throw fileError(thrown, 'Writing the file', path)
    }
  })
}

async function replace(target: string, content: FileContent, options: WriteOptions): Promise<void> {
  await mkdir(dirname(target), { recursive: true, mode: newFolderMode })
  const temporary = `${target}.${randomBytes(8).toString('hex')}.tmp`
  try {
    await writeNew(temporary, target, content, options)
    await refuseUnexpected(target, options.expected)
    await rename(temporary, target)
  } catch (thrown) {
    await rm(temporary, { force: true }).catch(() => undefined)
    throw thrown
  }
  await syncFolder(dirname(target))
}

async function writeNew(
  temporary: string,
  target: string,
  content: FileContent,
  { mode, signal }: WriteOptions,
): Promise<void> {
  const before = await stat(target).catch(() => null)
  const handle = await open(temporary, 'wx', newFileMode)
  try {
    const mine = await handle.stat()
    // Only root can give a file back to whom it belonged; for others it was theirs anyway.
    if (before !== null && (before.uid !== mine.uid || before.gid !== mine.gid)) {
      await handle.chown(before.uid, before.gid).catch(() => undefined)
    }
    // After chown, and again at all, because chown and the umask take bits away.
    await handle.chmod(mode ?? (before === null ? newFileMode : before.mode & 0o777))
    await writeFile(handle, content, signal === undefined ? {} : { signal })
    await handle.sync()
  } finally {
    // A file server may refuse what was written only now: then this is the error.
    await handle.close()
  }
}

async function refuseUnexpected(target: string, expected: Uint8Array | null | undefined): Promise<void> {
  if (expected === undefined) return
  const present = await readWholeFile(target, Infinity)
  if (present === null ? expected === null : expected !== null && present.equals(expected)) return
  throw new DiagnosticError('conflict', 'Another program has written this file meanwhile.', {
    where: target,
    hint: 'Try again.',
  })
}

/** The file that a symbolic link stands for, so that a link to a shared file stays a link. */
async function behindLinks(path: string): Promise<string> {
  try {
    return await realpath(path)
  } catch (thrown) {
    if (systemErrorName(thrown) !== 'ENOENT') throw thrown
    if ((await lstat(path).catch(() => null)) === null) return resolve(path)
    throw new DiagnosticError('conflict', 'This is a symbolic link to a file that does not exist.', {
      where: path,
      hint: 'Create the file that it points to, or remove the link.',
    })
  }
}

/** So that the new name outlives a power cut; some file systems cannot do it, and lose nothing by that. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => null)
  if (handle === null) return
  await handle.sync().catch(() => undefined)
  await handle.close()
}

/**
 * Removes what writers of this file left that were killed. Only for one who knows that nobody writes it now, for
 * example because it holds the file's lock.
 */
export async function removeLeftovers(path: string): Promise<void> {
  const folder = dirname(path)
  const names = await readdir(folder).catch((): string[] => [])
  const left = names.filter(
    (name) => temporaryEnding.test(name) && name.replace(temporaryEnding, '') === basename(path),
  )
  await Promise.all(left.map((name) => rm(join(folder, name), { force: true }).catch(() => undefined)))
}
