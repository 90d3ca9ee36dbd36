import { onAbort } from '../../common/abort'
import { defaultDeadlines } from '../../common/deadlines'
import { arrayFor } from '../../common/read-into'
import type { FileStatus, OperationOptions, ReadableFile, ReadAtOptions } from '../../transport'
import type { Connection } from '../connection'
import { failure, type Subject } from '../failures'
import { openHandle } from './sftp-polled-file'
import type { SftpChannel, SftpSession } from './sftp-session'

/** What one request asks for at first, where OpenSSH gives it; every server gives the second (SFTP version 3, section 3). */
const largestRequest = 128 * 1024
const smallestRequest = 30 * 1024

interface Opening {
  readonly connection: Connection
  readonly session: SftpSession
  readonly channel: SftpChannel
  readonly subject: Subject
  readonly path: string
}

/** Opens it on that channel, with which it ends; `signal` closes it. */
export async function openReadable(
  opening: Opening,
  signal: AbortSignal | undefined,
): Promise<SftpReadableFile> {
  const handle = await openHandle(opening.channel, opening.path, opening.subject)
  const file = new SftpReadableFile(opening, handle)
  file.unlisten = onAbort(signal, () => void file.close())
  return file
}

/**
 * A handle of the server's. It is never opened anew in silence when its channel is given up: the name may lead to
 * another file by then.
 */
export class SftpReadableFile implements ReadableFile {
  readonly path: string
  readonly staysWithFile = true
  unlisten: () => void = () => undefined
  readonly #opening: Opening
  readonly #handle: Buffer
  #isClosed = false
  /** What the server gives at a time. */
  #request = largestRequest

  constructor(opening: Opening, handle: Buffer) {
    this.path = opening.path
    this.#opening = opening
    this.#handle = handle
  }

  /** All parts are asked for at once: one round trip, whatever the length. */
  async readAt(position: number, length: number, options?: ReadAtOptions): Promise<Uint8Array> {
    const bytes = arrayFor(length, options)
    return this.#use(options, async (channel) => {
      const request = this.#request
      const parts: Promise<number>[] = []
      for (let at = 0; at < length; at += request) {
        parts.push(this.#part(channel, bytes, at, Math.min(request, length - at), position + at))
      }
      const counts = await Promise.all(parts)
      let filled = 0
      for (const [index, count] of counts.entries()) {
        filled += count
        if (count === request) continue
        // What lies behind a short part is left for the next time: it may have been written after it was read.
        if (counts.slice(index + 1).some((behind) => behind > 0)) this.#learn(count)
        break
      }
      return bytes.subarray(0, filled)
    })
  }

  /** Some give less than is asked for: 64 KiB before OpenSSH 8.5. */
  #learn(given: number): void {
    if (given >= smallestRequest && given < this.#request) this.#request = given
  }

  status(options?: OperationOptions): Promise<FileStatus> {
    return this.#use(options, async (channel) => {
      const { size, mtime } = await channel.request<{ size: number; mtime: number }>(
        this.#opening.subject,
        (sftp, done) => sftp.fstat(this.#handle, done),
      )
      return { size, modified: mtime * 1_000, identity: null }
    })
  }

  async close(): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    this.unlisten()
    const { session, channel, subject } = this.#opening
    if (channel.isClosed) return
    // As a user of the session, so that its channel is not given up in the middle of the request. Nobody waits for it.
    const closing = session.use(new AbortController().signal, (current) =>
      current.request<undefined>(subject, (sftp, done) =>
        current === channel
          ? sftp.close(this.#handle, (error) => done(error, undefined))
          : done(null, undefined),
      ),
    )
    closing.catch(() => undefined)
    await Promise.resolve()
  }

  #part(channel: SftpChannel, bytes: Buffer, at: number, length: number, position: number): Promise<number> {
    return channel.request<number>(this.#opening.subject, (sftp, done) =>
      sftp.read(this.#handle, bytes, at, length, position, (error, bytesRead) => done(error, bytesRead)),
    )
  }

  async #use<T>(
    options: OperationOptions | undefined,
    work: (channel: SftpChannel) => Promise<T>,
  ): Promise<T> {
    const { connection, session, channel, subject } = this.#opening
    if (this.#isClosed) throw this.#gone('it was closed')
    return connection.lifetime.run(subject, options, defaultDeadlines.file, (ended) => {
      if (channel.isClosed) throw this.#gone('its handle was given up for another request')
      return session.use(ended, (current) => {
        if (current !== channel) throw this.#gone('its handle was given up for another request')
        return work(current)
      })
    })
  }

  #gone(why: string): Error {
    const { subject } = this.#opening
    return failure('connection-lost', `${subject.doing} failed: ${why}.`, subject)
  }
}
