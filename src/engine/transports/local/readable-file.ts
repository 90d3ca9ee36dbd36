import type { FileHandle } from 'node:fs/promises'
import { onAbort } from '../common/abort'
import { defaultDeadlines } from '../common/deadlines'
import { arrayFor } from '../common/read-into'
import type { FileStatus, OperationOptions, ReadableFile, ReadAtOptions } from '../transport'
import type { LocalContext } from './context'
import { failure, type Subject } from './failures'
import { fileSubject, inLane } from './files'
import { openHandle } from './polled-file'

/** The deadline is for the opening, the signal for the whole life of the descriptor. */
export async function openForReading(
  context: LocalContext,
  path: string,
  options: OperationOptions = {},
): Promise<ReadableFile> {
  const subject = fileSubject('Reading', path)
  const handle = await openHandle(context, path, subject, options)
  const file = new LocalReadableFile(context, path, subject, handle)
  const disown = context.lifetime.own(() => file.close())
  const unlisten = onAbort(options.signal, () => void file.close())
  file.onClose = () => {
    disown()
    unlisten()
  }
  return file
}

class LocalReadableFile implements ReadableFile {
  readonly path: string
  readonly staysWithFile = true
  onClose: () => void = () => undefined
  readonly #context: LocalContext
  readonly #subject: Subject
  readonly #handle: FileHandle
  #isClosed = false

  constructor(context: LocalContext, path: string, subject: Subject, handle: FileHandle) {
    this.#context = context
    this.path = path
    this.#subject = subject
    this.#handle = handle
  }

  async readAt(position: number, length: number, options?: ReadAtOptions): Promise<Uint8Array> {
    const bytes = arrayFor(length, options)
    const count = await this.#run(options, async () => {
      let filled = 0
      while (filled < length) {
        const { bytesRead } = await this.#handle.read(bytes, filled, length - filled, position + filled)
        if (bytesRead === 0) break
        filled += bytesRead
      }
      return filled
    })
    this.#context.cost.read(count)
    return bytes.subarray(0, count)
  }

  status(options?: OperationOptions): Promise<FileStatus> {
    return this.#run(options, async () => {
      const { size, mtimeMs, dev, ino } = await this.#handle.stat({ bigint: true })
      return { size: Number(size), modified: Number(mtimeMs), identity: `${dev}:${ino}` }
    })
  }

  /** Node closes it after the reads that are under way, which may hang: not waited for. */
  async close(): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    this.onClose()
    this.#context.lifetime.linger(this.#handle.close())
    await Promise.resolve()
  }

  async #run<T>(options: OperationOptions | undefined, work: () => Promise<T>): Promise<T> {
    if (this.#isClosed) {
      throw failure('connection-lost', `${this.#subject.doing} failed: it was closed.`, this.#subject)
    }
    return this.#context.lifetime.run(this.#subject, options, defaultDeadlines.file, (ended) =>
      inLane(ended, work),
    )
  }
}
