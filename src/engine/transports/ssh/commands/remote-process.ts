import { randomBytes } from 'node:crypto'
import type { Writable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { DiagnosticError } from '@shared/errors'
import { onAbort } from '../../common/abort'
import { deferred } from '../../common/deferred'
import type { Exit } from '../../transport'
import type { Place } from '../channel-gate'
import { openChannel, refusalReason, type Connection } from '../connection'
import { errorOf, failure, type Subject } from '../failures'
import type { ClientChannel } from '../library'
import { MarkerReader, type ProcessIds } from './marker-reader'
import { notRunError, notRunHint, programProblem } from './no-command'
import { killLine } from './script'

/** A login shell with heavy start files takes a tenth of a second. */
const startDeadline = 8_000
/** From the end of our side to TERM and KILL by the watcher on the host. */
const watcherGrace = 3_500
const killGrace = 1_000
/** Something that left the group may hold the outputs open after the command's end. */
const lingering = 2_000

export interface ProcessRequest {
  readonly subject: Subject
  readonly program: string
  /** The line for the login shell. */
  readonly line: (nonce: string) => string
  /** See ChannelGate. */
  readonly lasting: boolean
  readonly onOutput: (chunk: Buffer) => void
  readonly onErrorOutput: (chunk: Buffer) => void
}

/** Starts it when a channel is free; resolves when it runs. */
export async function startProcess(
  connection: Connection,
  request: ProcessRequest,
  signal: AbortSignal,
): Promise<RemoteProcess> {
  const nonce = `xcp-${randomBytes(12).toString('hex')}`
  const { channel, place } = await openChannel<ClientChannel>(
    connection,
    request.subject,
    { kind: 'session', lasting: request.lasting },
    signal,
    (client, done) => client.exec(request.line(nonce), done),
  ).catch((thrown: unknown) => {
    if (thrown instanceof DiagnosticError || refusalReason(thrown) !== undefined) throw thrown
    throw failure(
      'not-supported',
      `${request.subject.doing} failed: the host refuses to run commands for this account.`,
      request.subject,
      thrown,
    )
  })
  const process = new RemoteProcess(connection, request, channel, place, nonce)
  const unlisten = onAbort(signal, () => void process.terminate())
  const timer = setTimeout(() => process.giveUpStart(), startDeadline)
  try {
    await process.started
    return process
  } catch (thrown) {
    void process.terminate()
    throw thrown
  } finally {
    clearTimeout(timer)
    unlisten()
  }
}

const exitOf = (code: number | null, signalName: string | undefined): Exit =>
  code === null ? { code: null, signal: signalName ?? 'unknown' } : { code, signal: null }

/** A command that runs on the host. Both its outputs are taken as they come; `pause` holds up the first. */
export class RemoteProcess {
  readonly #connection: Connection
  readonly #request: ProcessRequest
  readonly #channel: ClientChannel
  readonly #output: MarkerReader
  readonly #errorOutput: MarkerReader
  readonly #started = deferred<Error | null>()
  readonly #done = deferred<Exit | Error>()
  #exit: Exit | undefined
  #isOver = false
  #terminating: Promise<void> | undefined
  #lingering: NodeJS.Timeout | undefined

  constructor(
    connection: Connection,
    request: ProcessRequest,
    channel: ClientChannel,
    place: Place,
    nonce: string,
  ) {
    this.#connection = connection
    this.#request = request
    this.#channel = channel
    this.#output = new MarkerReader(nonce)
    this.#errorOutput = new MarkerReader(nonce)
    channel.on('data', (chunk: Buffer) => this.#take(this.#output, chunk, request.onOutput))
    channel.stderr.on('data', (chunk: Buffer) => this.#take(this.#errorOutput, chunk, request.onErrorOutput))
    channel.on('error', () => undefined)
    channel.on('exit', (code: number | null, signalName?: string) => this.#onExit(code, signalName))
    const disown = connection.lifetime.onEnd((reason) => this.#over(this.#lost(reason)))
    const onClosed = (): void => {
      disown()
      place.release()
      this.#over(this.#exit ?? this.#unexplained())
    }
    // The library tells of the close when the output has been read; the errors may still be on their way.
    channel.on('close', (code?: number | null, signalName?: string) => {
      // An exit that came in one piece with the start was told before anybody listened; the close repeats it.
      if (this.#exit === undefined && code !== undefined) this.#exit = exitOf(code, signalName)
      if (channel.stderr.readableEnded) onClosed()
      else channel.stderr.once('end', onClosed)
    })
  }

  /** Resolves once the command has begun; rejects where the host ran something else. */
  get started(): Promise<void> {
    return this.#started.promise.then((error) => {
      if (error !== null) throw error
    })
  }

  /** Only an exit that the host reported counts as one. */
  get done(): Promise<Exit> {
    return this.#done.promise.then((result) => {
      if (result instanceof Error) throw result
      return result
    })
  }

  get isOver(): boolean {
    return this.#isOver
  }

  get ids(): ProcessIds | undefined {
    return this.#output.ids
  }

  /** The channel's own input; its end is the end of the command. */
  get input(): Writable {
    return this.#channel
  }

  /** Has no effect once it ends: what is held up would keep the channel from closing. */
  pause(): void {
    if (!this.isEnding) this.#channel.pause()
  }

  get isEnding(): boolean {
    return this.#exit !== undefined || this.#terminating !== undefined
  }

  resume(): void {
    this.#channel.resume()
  }

  /** Ends the process group; resolves when it is gone, or nothing more can be done. Never rejects. */
  terminate(): Promise<void> {
    this.#terminating ??= this.#terminate().catch(() => undefined)
    return this.#terminating
  }

  async #terminate(): Promise<void> {
    // What nobody reads would keep the channel from closing.
    this.#channel.resume()
    if (this.#isOver) return
    this.#channel.end()
    if (await this.#overWithin(watcherGrace)) return
    await this.#kill()
    if (await this.#overWithin(killGrace)) return
    this.#channel.close()
    await this.#overWithin(killGrace)
  }

  async #kill(): Promise<void> {
    const target = this.ids?.killTarget
    if (target === undefined) return
    const subject = { doing: 'Ending a command', where: this.#request.subject.where }
    await this.#connection.lifetime
      .run(subject, undefined, 5_000, async (ended) => {
        const killer = await startProcess(
          this.#connection,
          {
            subject,
            program: 'kill',
            line: (nonce) => killLine(target, nonce),
            lasting: false,
            onOutput: () => undefined,
            onErrorOutput: () => undefined,
          },
          ended,
        )
        await killer.done
      })
      .catch(() => undefined)
  }

  async #overWithin(milliseconds: number): Promise<boolean> {
    if (this.#isOver) return true
    const wait = new AbortController()
    await Promise.race([
      this.#done.promise,
      sleep(milliseconds, undefined, { signal: wait.signal }).catch(() => undefined),
    ])
    wait.abort()
    return this.#isOver
  }

  #take(reader: MarkerReader, chunk: Buffer, pass: (chunk: Buffer) => void): void {
    const rest = reader.take(chunk)
    this.#restartLingering()
    if (rest === undefined) return
    if (reader === this.#output) this.#begun()
    if (rest.length > 0) pass(rest)
  }

  #begun(): void {
    const { problem } = this.#output
    const { subject, program } = this.#request
    this.#started.resolve(problem === undefined ? null : programProblem(subject, program, problem))
  }

  #onExit(code: number | null, signalName: string | undefined): void {
    this.#exit = exitOf(code, signalName)
    this.#channel.resume()
    this.#restartLingering()
  }

  /** What the command has printed may still be on its way; only silence ends the channel. */
  #restartLingering(): void {
    clearTimeout(this.#lingering)
    if (this.#exit === undefined || this.#isOver) return
    this.#lingering = setTimeout(() => this.#channel.close(), lingering)
  }

  #over(result: Exit | Error): void {
    if (this.#isOver) return
    this.#isOver = true
    clearTimeout(this.#lingering)
    this.#started.resolve(result instanceof Error ? result : this.#notRun())
    this.#done.resolve(result)
  }

  #notRun(): DiagnosticError {
    const printed = `${this.#output.noise} ${this.#errorOutput.noise}`
    return notRunError(this.#connection, this.#request.subject, printed, this.#exit?.code)
  }

  /** The channel was closed without a word about the command's end. */
  #unexplained(): Error {
    if (!this.#output.passed) return this.#notRun()
    const { subject } = this.#request
    return failure(
      'command-failed',
      `${subject.doing} failed: the host ended it without saying how it ended.`,
      subject,
    )
  }

  /** It has not begun in time: something else may run in its place and wait for input. */
  giveUpStart(): void {
    const { subject } = this.#request
    this.#started.resolve(
      this.#output.noise === ''
        ? failure('timeout', `${subject.doing} failed: it did not begin within ${startDeadline / 1000} s.`, {
            ...subject,
            hints: { timeout: notRunHint },
          })
        : this.#notRun(),
    )
  }

  #lost(reason: DiagnosticError): DiagnosticError {
    const { subject } = this.#request
    return failure(
      'connection-lost',
      `${subject.doing} failed: the connection has ended.`,
      subject,
      errorOf(reason),
    )
  }
}
