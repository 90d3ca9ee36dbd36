import type { Stats } from 'node:fs'
import { lstat, open, readdir, readlink, stat, type FileHandle } from 'node:fs/promises'
import { posix } from 'node:path'
import ssh2, { type Attributes, type FileEntry, type SFTPWrapper } from 'ssh2'
import { realPath } from './virtual-paths'

const { OPEN_MODE, STATUS_CODE } = ssh2.utils.sftp
const writing = OPEN_MODE.WRITE | OPEN_MODE.APPEND | OPEN_MODE.CREAT | OPEN_MODE.TRUNC | OPEN_MODE.EXCL
const longestRead = 256 * 1024

/** Serves a host's files for reading; what would change one is refused. `root` is the folder of the host. */
export function serveFiles(sftp: SFTPWrapper, root: string): void {
  const files = new Map<number, FileHandle>()
  const folders = new Map<number, FileEntry[]>()
  let handles = 0
  const real = (path: string): string => realPath(root, path)
  const handleOf = (handle: Buffer): number => (handle.length === 4 ? handle.readUInt32BE() : -1)
  const giveHandle = (id: number): void => {
    const handle = Buffer.alloc(4)
    handle.writeUInt32BE(handles)
    sftp.handle(id, handle)
  }
  const answer = (id: number, work: () => Promise<void>): void => {
    work().catch((error: unknown) => sftp.status(id, statusOf(error)))
  }
  const attributes = (id: number, read: () => Promise<Stats>): void =>
    answer(id, async () => sftp.attrs(id, attributesOf(await read())))

  sftp.on('OPEN', (id, path, flags) =>
    answer(id, async () => {
      if ((flags & writing) !== 0) {
        sftp.status(id, STATUS_CODE.PERMISSION_DENIED)
        return
      }
      const file = await open(real(path), 'r')
      files.set(++handles, file)
      giveHandle(id)
    }),
  )
  sftp.on('READ', (id, handle, offset, length) =>
    answer(id, async () => {
      const file = files.get(handleOf(handle))
      if (file === undefined) throw new Error('no such handle')
      const size = Math.min(length, longestRead)
      const { bytesRead, buffer } = await file.read(Buffer.alloc(size), 0, size, offset)
      if (bytesRead === 0) sftp.status(id, STATUS_CODE.EOF)
      else sftp.data(id, buffer.subarray(0, bytesRead))
    }),
  )
  sftp.on('CLOSE', (id, handle) =>
    answer(id, async () => {
      const number = handleOf(handle)
      await files.get(number)?.close()
      const known = files.delete(number) || folders.delete(number)
      sftp.status(id, known ? STATUS_CODE.OK : STATUS_CODE.FAILURE)
    }),
  )
  sftp.on('FSTAT', (id, handle) =>
    attributes(id, async () => {
      const file = files.get(handleOf(handle))
      if (file === undefined) throw new Error('no such handle')
      return file.stat()
    }),
  )
  sftp.on('STAT', (id, path) => attributes(id, () => stat(real(path))))
  sftp.on('LSTAT', (id, path) => attributes(id, () => lstat(real(path))))
  sftp.on('READLINK', (id, path) =>
    answer(id, async () => sftp.name(id, [entry(await readlink(real(path)))])),
  )
  sftp.on('REALPATH', (id, path) => sftp.name(id, [entry(posix.resolve('/', path))]))
  sftp.on('OPENDIR', (id, path) =>
    answer(id, async () => {
      const names = await readdir(real(path))
      folders.set(++handles, ['.', '..', ...names].map(entry))
      giveHandle(id)
    }),
  )
  sftp.on('READDIR', (id, handle) => {
    const entries = folders.get(handleOf(handle))
    // Some at a time: a packet has its limits.
    const some = entries?.splice(0, 100) ?? []
    if (entries === undefined) sftp.status(id, STATUS_CODE.FAILURE)
    else if (some.length === 0) sftp.status(id, STATUS_CODE.EOF)
    else sftp.name(id, some)
  })
  // OpenSSH's client waits until its server has gone.
  sftp.on('end', () => sftp.end())
  sftp.on('close', () => {
    for (const file of files.values()) file.close().catch(() => undefined)
    files.clear()
  })
}

function attributesOf({ mode, uid, gid, size, atimeMs, mtimeMs }: Stats): Attributes {
  return { mode, uid, gid, size, atime: Math.trunc(atimeMs / 1000), mtime: Math.trunc(mtimeMs / 1000) }
}

const entry = (filename: string): FileEntry => ({
  filename,
  longname: filename,
  attrs: { mode: 0, uid: 0, gid: 0, size: 0, atime: 0, mtime: 0 },
})

function statusOf(error: unknown): number {
  const code = error instanceof Error && 'code' in error ? error.code : null
  if (code === 'ENOENT' || code === 'ENOTDIR') return STATUS_CODE.NO_SUCH_FILE
  return code === 'EACCES' || code === 'EPERM' ? STATUS_CODE.PERMISSION_DENIED : STATUS_CODE.FAILURE
}
