import { defaultDeadlines } from '../../common/deadlines'
import type { FileSystemUse, OperationOptions, PolledFile, ReadableFile, ReadOptions } from '../../transport'
import type { Connection } from '../connection'
import { failure, type Subject } from '../failures'
import { FileSystemQuestions } from './file-system-questions'
import {
  asideIdle,
  defaultMaxBytes,
  fileSubject,
  isKernelFile,
  sessionsForAside,
  type RemoteFiles,
} from './remote-files'
import { closeHandle, openHandle, SftpPolledFile } from './sftp-polled-file'
import { openReadable } from './sftp-readable-file'
import { partsOf, readWhole, tooLarge } from './sftp-read'
import { SftpSession, type SftpChannel } from './sftp-session'
import { statvfs } from './sftp-statvfs'

/**
 * Files by SFTP, in two sessions: one for what the kernel makes up in memory, which the sampling needs each
 * second, and one for everything that may hang (disks, network mounts), so that it never holds up the first.
 */
export class SftpFiles implements RemoteFiles {
  readonly #connection: Connection
  readonly #main: SftpSession
  readonly #aside: SftpSession
  readonly #questions: FileSystemQuestions

  constructor(connection: Connection) {
    this.#connection = connection
    this.#main = new SftpSession(connection)
    this.#aside = new SftpSession(connection, asideIdle)
    this.#questions = new FileSystemQuestions(connection, (path, subject, ended) =>
      this.#sessionFor(path).use(ended, (channel) => statvfs(channel, path, subject)),
    )
    connection.gate.onContention = () => {
      if (!this.#aside.yield()) this.#main.yield()
    }
  }

  /** Opens SFTP, to see whether it is offered. */
  async probe(): Promise<void> {
    await this.#main.use(new AbortController().signal, () => Promise.resolve())
  }

  readFile(path: string, options: ReadOptions = {}): Promise<Uint8Array> {
    const subject = fileSubject(this.#connection, 'Reading', path)
    const { maxBytes = defaultMaxBytes } = options
    return this.#run(subject, options, path, (channel, ended) =>
      this.#read(channel, path, maxBytes, subject, ended),
    )
  }

  async openFile(path: string, options: OperationOptions = {}): Promise<PolledFile> {
    const subject = fileSubject(this.#connection, 'Reading', path)
    const { lifetime } = this.#connection
    const session = this.#sessionFor(path)
    return lifetime.run(
      subject,
      options,
      defaultDeadlines.file,
      async (ended) => {
        if (!isKernelFile(path))
          await session.use(ended, (channel) => this.#regularSize(channel, path, subject))
        const file = new SftpPolledFile(this.#connection, session, path)
        await file.open(ended, options.signal)
        return file
      },
      (late) => void late.close(),
    )
  }

  openForReading(path: string, options: OperationOptions = {}): Promise<ReadableFile> {
    const subject = fileSubject(this.#connection, 'Reading', path)
    const session = this.#sessionFor(path)
    return this.#connection.lifetime.run(
      subject,
      options,
      defaultDeadlines.file,
      (ended) =>
        session.use(ended, async (channel) => {
          await this.#regularSize(channel, path, subject)
          return openReadable(
            { connection: this.#connection, session, channel, subject, path },
            options.signal,
          )
        }),
      (late) => void late.close(),
    )
  }

  readDirectory(path: string, options?: OperationOptions): Promise<string[]> {
    const subject = fileSubject(this.#connection, 'Listing', path)
    return this.#run(subject, options, path, async (channel) => {
      const entries = await channel.request<{ filename: string }[]>(subject, (sftp, done) =>
        sftp.readdir(path, done),
      )
      return entries.map(({ filename }) => filename).filter((name) => name !== '.' && name !== '..')
    })
  }

  fileSystemUse(paths: readonly string[], options: OperationOptions = {}): Promise<(FileSystemUse | null)[]> {
    return this.#questions.ask(paths, options)
  }

  close(): void {
    this.#main.close()
    this.#aside.close()
  }

  #run<T>(
    subject: Subject,
    options: OperationOptions | undefined,
    path: string,
    work: (channel: SftpChannel, ended: AbortSignal) => Promise<T>,
  ): Promise<T> {
    return this.#connection.lifetime.run(subject, options, defaultDeadlines.file, (ended) =>
      this.#sessionFor(path).use(ended, (channel) => work(channel, ended)),
    )
  }

  #sessionFor(path: string): SftpSession {
    const roomy = this.#connection.gate.sessionLimit >= sessionsForAside
    return isKernelFile(`${path}/`) || !roomy ? this.#main : this.#aside
  }

  async #read(
    channel: SftpChannel,
    path: string,
    maxBytes: number,
    subject: Subject,
    ended: AbortSignal,
  ): Promise<Uint8Array> {
    const size = isKernelFile(path) ? 0 : await this.#regularSize(channel, path, subject)
    if (size > maxBytes) throw tooLarge(subject, maxBytes)
    const handle = await openHandle(channel, path, subject)
    try {
      const expected = partsOf(size)
      const buffer = Buffer.alloc(0)
      const request = { channel, handle, subject, maxBytes, expected, trustsLength: false, buffer, ended }
      return (await readWhole(request)).bytes
    } finally {
      closeHandle({ channel, handle }, subject)
    }
  }

  /** Looks before it opens: opening a FIFO would hang, and opening some devices does something to them. */
  async #regularSize(channel: SftpChannel, path: string, subject: Subject): Promise<number> {
    const stats = await channel.request<{ isFile(): boolean; isDirectory(): boolean; size: number }>(
      subject,
      (sftp, done) => sftp.stat(path, done),
    )
    if (stats.isFile()) return stats.size
    const kind = stats.isDirectory() ? 'a directory' : 'a device, a FIFO or a socket'
    throw failure('not-supported', `${subject.doing} failed: it is ${kind}, not a file.`, subject)
  }
}
