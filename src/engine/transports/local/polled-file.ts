import { closeSync } from 'node:fs'
import type { FileHandle } from 'node:fs/promises'
import type { OperationOptions, PolledFile } from '../transport'
import { onAbort } from '../common/abort'
import type { LocalContext } from './context'
import { defaultDeadlines } from '../common/deadlines'
import { failure, systemError, type Subject } from './failures'
import { defaultMaxBytes, fileSubject, inLane, openInstant, openRegular } from './files'
import { isInstant } from './instant-files'
import { readAll, ReadBuffer } from './read-buffer'

/** The deadline is for the opening, the signal for the whole life of the descriptor. */
export async function openFile(
  context: LocalContext,
  path: string,
  options: OperationOptions = {},
): Promise<PolledFile> {
  const subject = fileSubject('Reading', path)
  const file = isInstant(path)
    ? openInstantFile(context, path, subject, options.signal)
    : new OrdinaryFile(context, path, subject, await openHandle(context, path, subject, options))
  const disown = context.lifetime.own(() => file.close())
  const unlisten = onAbort(options.signal, () => void file.close())
  file.onClose(() => {
    disown()
    unlisten()
  })
  return file
}

export function openHandle(
  { lifetime }: LocalContext,
  path: string,
  subject: Subject,
  options: OperationOptions,
): Promise<FileHandle> {
  return lifetime.run(
    subject,
    options,
    defaultDeadlines.file,
    (ended) => inLane(ended, () => openRegular(path, subject, ended)),
    (late) => lifetime.linger(late.close()),
  )
}

function openInstantFile(
  context: LocalContext,
  path: string,
  subject: Subject,
  signal: AbortSignal | undefined,
): InstantFile {
  context.lifetime.assertOpen(subject, signal)
  try {
    return new InstantFile(context, path, subject, openInstant(path))
  } catch (thrown) {
    throw systemError(thrown, subject)
  }
}

abstract class OpenFile implements PolledFile {
  readonly path: string
  protected readonly context: LocalContext
  protected readonly subject: Subject
  #isClosed = false
  #closed: () => void = () => undefined

  constructor(context: LocalContext, path: string, subject: Subject) {
    this.context = context
    this.path = path
    this.subject = subject
  }

  onClose(closed: () => void): void {
    this.#closed = closed
    if (this.#isClosed) closed()
  }

  async read(options: OperationOptions = {}): Promise<Uint8Array> {
    const { lifetime, cost } = this.context
    lifetime.assertOpen(this.subject, options.signal)
    if (this.#isClosed) {
      throw failure('connection-lost', `${this.subject.doing} failed: it was closed.`, this.subject)
    }
    const bytes = await this.content(options)
    cost.read(bytes.length)
    return bytes
  }

  async close(): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#closed()
    await this.release()
  }

  protected abstract content(options: OperationOptions): Uint8Array | Promise<Uint8Array>
  protected abstract release(): void | Promise<void>
}

/** Read on the spot, into the same buffer each time: see instant-files. No deadline could interrupt it. */
class InstantFile extends OpenFile {
  readonly #descriptor: number
  readonly #buffer = new ReadBuffer()

  constructor(context: LocalContext, path: string, subject: Subject, descriptor: number) {
    super(context, path, subject)
    this.#descriptor = descriptor
  }

  protected content(): Uint8Array {
    try {
      return this.#buffer.fill(this.#descriptor, defaultMaxBytes, this.subject)
    } catch (thrown) {
      throw systemError(thrown, this.subject)
    }
  }

  protected release(): void {
    closeSync(this.#descriptor)
  }
}

/** Any other file may hang: read through the thread pool, into a new array, because reads may overlap. */
class OrdinaryFile extends OpenFile {
  readonly #handle: FileHandle
  #lastSize = 0

  constructor(context: LocalContext, path: string, subject: Subject, handle: FileHandle) {
    super(context, path, subject)
    this.#handle = handle
  }

  protected async content(options: OperationOptions): Promise<Uint8Array> {
    const bytes = await this.context.lifetime.run(this.subject, options, defaultDeadlines.file, (ended) =>
      inLane(ended, () => readAll(this.#handle, this.#lastSize, defaultMaxBytes, this.subject, ended)),
    )
    this.#lastSize = bytes.length
    return bytes
  }

  /** Node closes it after the reads that are under way, which may hang: not waited for. */
  protected release(): void {
    this.context.lifetime.linger(this.#handle.close())
  }
}
