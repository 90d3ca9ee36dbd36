import type { DiagnosticError } from '@shared/errors'
import { onAbort } from '../../common/abort'
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
import { tooLarge } from './sftp-read'
import type { ShellOutcome, ShellRequest } from './shell-program'
import { openByName } from './shell-readable-file'
import { ShellReader } from './shell-reader'

/** Files by a shell that stays, for hosts without SFTP. */
export class ShellFiles implements RemoteFiles {
  readonly #connection: Connection
  readonly #kernel: ShellReader
  /** For what may hang: disks and network mounts. */
  readonly #aside: ShellReader
  readonly #questions: FileSystemQuestions

  constructor(connection: Connection) {
    this.#connection = connection
    this.#kernel = new ShellReader(connection)
    this.#aside = new ShellReader(connection, asideIdle)
    this.#questions = new FileSystemQuestions(connection, null)
    connection.gate.onContention = () => {
      if (!this.#aside.yield()) this.#kernel.yield()
    }
  }

  readFile(path: string, options: ReadOptions = {}): Promise<Uint8Array> {
    const subject = fileSubject(this.#connection, 'Reading', path)
    const { maxBytes = defaultMaxBytes } = options
    return this.#run(subject, options, (ended) => this.#read(path, maxBytes, subject, ended))
  }

  async openFile(path: string, options: OperationOptions = {}): Promise<PolledFile> {
    const subject = fileSubject(this.#connection, 'Reading', path)
    // Says at once what is missing.
    await this.#run(subject, options, (ended) => this.#read(path, defaultMaxBytes, subject, ended))
    const polledFiles = this.#connection.polledFiles
    let isClosed = false
    const file: PolledFile = {
      path,
      read: (limits) => {
        if (!isClosed) return this.readFile(path, limits)
        return Promise.reject(failure('connection-lost', `${subject.doing} failed: it was closed.`, subject))
      },
      close: () => {
        isClosed = true
        unlisten()
        polledFiles.delete(file)
        return Promise.resolve()
      },
    }
    polledFiles.add(file)
    const unlisten = onAbort(options.signal, () => void file.close())
    return file
  }

  openForReading(path: string, options: OperationOptions = {}): Promise<ReadableFile> {
    const subject = fileSubject(this.#connection, 'Reading', path)
    return openByName(path, subject, options, (what, most, limits = {}) =>
      this.#run(subject, limits, (ended) => this.#ask(what, path, most, subject, ended)),
    )
  }

  async readDirectory(path: string, options?: OperationOptions): Promise<string[]> {
    const subject = fileSubject(this.#connection, 'Listing', path)
    const bytes = await this.#run(subject, options, (ended) => this.#ask('names', path, 0, subject, ended))
    return bytes.toString('utf8').split('/').slice(0, -1)
  }

  fileSystemUse(paths: readonly string[], options?: OperationOptions): Promise<(FileSystemUse | null)[]> {
    return this.#questions.ask(paths, options)
  }

  close(): void {
    this.#kernel.close()
    this.#aside.close()
  }

  #run<T>(
    subject: Subject,
    options: OperationOptions | undefined,
    work: (ended: AbortSignal) => Promise<T>,
  ): Promise<T> {
    return this.#connection.lifetime.run(subject, options, defaultDeadlines.file, work)
  }

  async #read(path: string, maxBytes: number, subject: Subject, ended: AbortSignal): Promise<Buffer> {
    const isText = isKernelFile(path)
    const bytes = await this.#ask(isText ? 'text' : 'bytes', path, maxBytes + 1, subject, ended)
    if (bytes.length > maxBytes) throw tooLarge(subject, maxBytes)
    // The process ended between the look and the read.
    if (bytes.length === 0 && /^\/proc\/\d+\/(?:stat|status|statm|comm)$/.test(path)) {
      throw failure('not-found', `${subject.doing} failed: the process is gone.`, subject)
    }
    return bytes
  }

  async #ask(
    what: ShellRequest,
    path: string,
    most: number | string,
    subject: Subject,
    ended: AbortSignal,
  ): Promise<Buffer> {
    if (path.includes('\n')) {
      throw failure('not-supported', `${subject.doing} failed: its name holds a line feed.`, subject)
    }
    const reader = isKernelFile(`${path}/`) || !this.#hasRoom ? this.#kernel : this.#aside
    const { outcome, bytes } = await reader.ask(what, path.startsWith('-') ? `./${path}` : path, most, ended)
    if (outcome === 'ok') return bytes
    throw refused(subject, outcome)
  }

  get #hasRoom(): boolean {
    return this.#connection.gate.sessionLimit >= sessionsForAside
  }
}

function refused(subject: Subject, outcome: Exclude<ShellOutcome, 'ok'>): DiagnosticError {
  switch (outcome) {
    case 'missing':
      return failure('not-found', `${subject.doing} failed: it does not exist.`, subject)
    case 'denied':
      return failure('permission-denied', `${subject.doing} failed: permission denied.`, subject)
    case 'directory':
      return failure('not-supported', `${subject.doing} failed: it is a directory, not a file.`, subject)
    case 'special':
      return failure(
        'not-supported',
        `${subject.doing} failed: it is a device, a FIFO or a socket, not a file.`,
        subject,
      )
    case 'failed':
      return failure('command-failed', `${subject.doing} failed on the host.`, subject)
  }
}
