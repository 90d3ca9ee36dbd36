import { closeSync, constants, openSync, type Stats } from 'node:fs'
import { open, readdir, stat, type FileHandle } from 'node:fs/promises'
import type { OperationOptions, ReadOptions } from '../transport'
import type { LocalContext } from './context'
import { defaultDeadlines } from '../common/deadlines'
import { failure, systemError, type Subject } from './failures'
import { isInstant } from './instant-files'
import { Lane } from '../common/lane'
import { readAll, ReadBuffer } from './read-buffer'

export const defaultMaxBytes = 16 * 1024 * 1024

/** NONBLOCK: opening a FIFO or a terminal does not wait for its other side. NOCTTY: and does not take it over. */
const openFlags = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY

/** Half of Node's thread pool. A hung network mount can hold no more; who waits behind it times out. */
const lane = new Lane(2)

export const fileSubject = (doing: string, path: string): Subject => ({
  doing: `${doing} ${path}`,
  where: path,
  hints: {
    'not-found': 'This kernel or system may not offer it; check the path.',
    timeout: 'Its file system does not answer, or one that was asked before: a network mount may hang.',
  },
})

/** Runs file system calls in the lane. The place is given back when they return, however late. */
export async function inLane<T>(ended: AbortSignal, work: () => Promise<T>): Promise<T> {
  const leave = await lane.enter(ended)
  try {
    return await work()
  } finally {
    leave()
  }
}

/** Opens a regular file. Looks before it opens: opening alone already does something to some devices. */
export async function openRegular(path: string, subject: Subject, ended: AbortSignal): Promise<FileHandle> {
  assertRegular(await stat(path), subject)
  ended.throwIfAborted()
  const handle = await open(path, openFlags)
  try {
    assertRegular(await handle.stat(), subject)
    ended.throwIfAborted()
    return handle
  } catch (thrown) {
    await handle.close()
    throw thrown
  }
}

function assertRegular(stats: Stats, subject: Subject): void {
  if (stats.isFile()) return
  const kinds: [boolean, string][] = [
    [stats.isDirectory(), 'a directory'],
    [stats.isFIFO(), 'a FIFO'],
    [stats.isSocket(), 'a socket'],
  ]
  const kind = kinds.find(([matches]) => matches)?.[1] ?? 'a device'
  throw failure('not-supported', `${subject.doing} failed: it is ${kind}, not a file.`, subject)
}

export function openInstant(path: string): number {
  return openSync(path, openFlags)
}

export class FileReader {
  readonly #context: LocalContext
  readonly #buffer = new ReadBuffer()

  constructor(context: LocalContext) {
    this.#context = context
  }

  async readFile(path: string, options: ReadOptions = {}): Promise<Uint8Array> {
    const { lifetime, cost } = this.#context
    const { maxBytes = defaultMaxBytes } = options
    const subject = fileSubject('Reading', path)
    lifetime.assertOpen(subject, options.signal)
    if (isInstant(path)) return this.#readInstant(path, maxBytes, subject)
    return lifetime.run(subject, options, defaultDeadlines.file, (ended) =>
      inLane(ended, async () => {
        const handle = await openRegular(path, subject, ended)
        try {
          // Files in /proc say that they are empty, whatever they hold.
          const { size } = await handle.stat()
          const bytes = await readAll(handle, size, maxBytes, subject, ended)
          cost.read(bytes.length)
          return bytes
        } finally {
          await handle.close()
        }
      }),
    )
  }

  async readDirectory(path: string, options?: OperationOptions): Promise<string[]> {
    const subject = fileSubject('Listing', path)
    return this.#context.lifetime.run(subject, options, defaultDeadlines.file, (ended) =>
      inLane(ended, () => readdir(path)),
    )
  }

  #readInstant(path: string, maxBytes: number, subject: Subject): Uint8Array {
    try {
      const descriptor = openInstant(path)
      try {
        const view = this.#buffer.fill(descriptor, maxBytes, subject)
        this.#context.cost.read(view.length)
        return new Uint8Array(view)
      } finally {
        closeSync(descriptor)
      }
    } catch (thrown) {
      throw systemError(thrown, subject)
    }
  }
}
