import { randomBytes } from 'node:crypto'
import { lstat, mkdir, open, realpath, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { DiagnosticError } from '@shared/errors'
import { fileError, readLocalFile, systemErrorName, type LocalFile } from '../local-file'

const attempts = 8
const newFileMode = 0o600
const newDirectoryMode = 0o700

/**
 * Replaces a file by what `change` makes of its content (null leaves it alone). The new content is
 * complete on disk before it takes the old one's place; owner and mode stay. When another program writes
 * the file meanwhile, the change is made again on what is there then.
 */
export async function replaceLocalFile(
  file: string,
  maxBytes: number,
  change: (content: Buffer) => Buffer | null,
): Promise<void> {
  try {
    const target = await resolveLinks(file)
    for (let attempt = 0; attempt < attempts; attempt++) {
      const before = await readLocalFile(target, maxBytes)
      const content = change(before?.content ?? Buffer.alloc(0))
      if (content === null || (await replaceOnce(target, maxBytes, before, content))) return
    }
  } catch (thrown) {
    throw fileError(thrown, 'Writing the file', file)
  }
  throw new DiagnosticError('conflict', 'Another program keeps writing to this file.', {
    where: file,
    hint: 'Try again when it is done.',
  })
}

/** False when the file is no longer what it was before. */
async function replaceOnce(
  target: string,
  maxBytes: number,
  before: LocalFile | null,
  content: Buffer,
): Promise<boolean> {
  if (before === null) await mkdir(dirname(target), { recursive: true, mode: newDirectoryMode })
  const temporary = `${target}.${randomBytes(8).toString('hex')}.tmp`
  try {
    await writeNew(temporary, before, content)
    const now = await readLocalFile(target, maxBytes)
    if (now?.version !== before?.version) return false
    await rename(temporary, target)
  } finally {
    await rm(temporary, { force: true })
  }
  await syncDirectory(dirname(target))
  return true
}

async function writeNew(temporary: string, before: LocalFile | null, content: Buffer): Promise<void> {
  const handle = await open(temporary, 'wx', newFileMode)
  try {
    const mine = await handle.stat()
    if (before !== null && (before.uid !== mine.uid || before.gid !== mine.gid)) {
      await handle.chown(before.uid, before.gid)
    }
    // After chown, and again at all, because chown and the umask take bits away.
    await handle.chmod(before?.mode ?? newFileMode)
    await handle.writeFile(content)
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** The file behind symbolic links, so that a link to a shared list stays a link. */
async function resolveLinks(file: string): Promise<string> {
  try {
    return await realpath(file)
  } catch (thrown) {
    if (systemErrorName(thrown) !== 'ENOENT') throw thrown
    const link = await lstat(file).catch(() => null)
    if (link === null) return file
    throw new DiagnosticError('conflict', 'This is a symbolic link to a file that does not exist.', {
      where: file,
      hint: 'Create the file that it points to, or remove the link.',
    })
  }
}

/** So that the new name outlives a power cut; some file systems cannot do it, and lose nothing by that. */
async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r').catch(() => null)
  if (handle === null) return
  await handle.sync().catch(() => undefined)
  await handle.close()
}
