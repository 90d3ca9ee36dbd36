import { DiagnosticError } from '@shared/errors'
import { onAbort } from '../../common/abort'
import type { Place } from '../channel-gate'
import { called, openChannel, refusalReason, type Connection } from '../connection'
import { errorOf, excerpt, failure, type Subject } from '../failures'
import type { SFTPWrapper } from '../library'
import { closeRefusedChannels } from '../library-internals'
import { sftpError } from './sftp-errors'

const openDeadline = 10_000
/** How long a channel that was closed keeps its place while the server has not agreed, milliseconds. */
const closePatience = 1_500

type Done<T> = (error: Error | undefined | null, value: T) => void

/** One SFTP channel while it lives; handles belong to it. */
export class SftpChannel {
  readonly sftp: SFTPWrapper
  readonly #connection: Connection
  readonly #place: Place
  #isClosed = false
  #closing: NodeJS.Timeout | undefined
  /** When the server last answered anything, in `performance.now()`. */
  lastAnswer = 0

  constructor(connection: Connection, sftp: SFTPWrapper, place: Place) {
    this.sftp = sftp
    this.#connection = connection
    this.#place = place
    sftp.on('error', () => undefined)
    sftp.on('close', () => {
      this.#isClosed = true
      clearTimeout(this.#closing)
      place.release()
    })
  }

  get isClosed(): boolean {
    return this.#isClosed
  }

  /** One request; the server's errors as ours. */
  async request<T>(subject: Subject, call: (sftp: SFTPWrapper, done: Done<T>) => void): Promise<T> {
    if (this.#isClosed) throw failure('connection-lost', `${subject.doing} failed: SFTP has ended.`, subject)
    this.#connection.batch()
    try {
      return await called<T>((done) => call(this.sftp, done))
    } catch (thrown) {
      throw sftpError(errorOf(thrown), subject)
    } finally {
      this.lastAnswer = performance.now()
    }
  }

  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.sftp.end()
    // One that hangs does not agree to the end.
    this.#closing = setTimeout(() => this.#place.release(), closePatience)
  }
}

/**
 * One SFTP session for many file requests: opened when it is needed, given up while it is idle and a command
 * waits for a channel, opened again afterwards. The server works off one request after the other: when one of
 * them hangs, that server process is left behind.
 */
export class SftpSession {
  readonly #connection: Connection
  readonly #subject: Subject
  #opening: Promise<SftpChannel> | undefined
  #channel: SftpChannel | undefined
  #users = 0
  #isClosed = false
  readonly #idle: number | undefined
  #idleTimer: NodeJS.Timeout | undefined

  /** Gives the channel up after `idle` milliseconds without a request, where that is given. */
  constructor(connection: Connection, idle?: number) {
    this.#connection = connection
    this.#idle = idle
    this.#subject = {
      doing: `Opening SFTP on ${connection.target.host}`,
      where: connection.label,
      hints: { 'not-supported': 'See Subsystem sftp in the sshd_config of the host.' },
    }
  }

  get isOpen(): boolean {
    return this.#channel !== undefined && !this.#channel.isClosed
  }

  /** Runs work on the channel; `ended` says that nobody waits for it any more. */
  async use<T>(ended: AbortSignal, work: (channel: SftpChannel) => Promise<T>): Promise<T> {
    this.#users += 1
    clearTimeout(this.#idleTimer)
    const started = performance.now()
    const unlisten = onAbort(ended, () => this.#onAbandoned(ended, started))
    try {
      return await work(await this.#ready())
    } finally {
      unlisten()
      this.#users -= 1
      if (this.#users === 0) this.#onIdle()
    }
  }

  /** Gives the channel up if nobody uses it now; true if it did. */
  yield(): boolean {
    if (this.#users > 0 || !this.isOpen) return false
    this.#drop()
    return true
  }

  close(): void {
    this.#isClosed = true
    clearTimeout(this.#idleTimer)
    this.#drop()
  }

  #onIdle(): void {
    if (this.#connection.gate.contended) this.yield()
    else if (this.#idle !== undefined && this.isOpen && !this.#isClosed) {
      this.#idleTimer = setTimeout(() => this.yield(), this.#idle)
    }
  }

  #drop(): void {
    this.#channel?.close()
    this.#channel = undefined
  }

  #ready(): Promise<SftpChannel> {
    if (this.#channel !== undefined && !this.#channel.isClosed) return Promise.resolve(this.#channel)
    this.#opening ??= this.#open().finally(() => (this.#opening = undefined))
    return this.#opening
  }

  async #open(): Promise<SftpChannel> {
    const connection = this.#connection
    const channel = await connection.lifetime.run(
      this.#subject,
      undefined,
      openDeadline,
      async (ended) => {
        const { channel, place } = await openChannel<SFTPWrapper>(
          connection,
          this.#subject,
          { kind: 'session', lasting: false },
          ended,
          (client, done) => client.sftp(done),
        ).catch((thrown: unknown) => {
          closeRefusedChannels(connection.client)
          throw this.#refused(errorOf(thrown))
        })
        return new SftpChannel(connection, channel, place)
      },
      (late) => late.close(),
    )
    if (this.#isClosed) channel.close()
    this.#channel = channel
    return channel
  }

  #refused(error: Error): Error {
    if (error instanceof DiagnosticError || refusalReason(error) !== undefined) return error
    return failure(
      'not-supported',
      `${this.#subject.doing} failed: ${excerpt(error.message)}.`,
      this.#subject,
      error,
    )
  }

  /** A request took too long, and nothing else was answered meanwhile either: the server process hangs. */
  #onAbandoned(ended: AbortSignal, started: number): void {
    const timedOut = ended.reason instanceof DiagnosticError && ended.reason.code === 'timeout'
    const channel = this.#channel
    if (timedOut && channel !== undefined && channel.lastAnswer < started) this.#drop()
  }
}
