import { randomBytes } from 'node:crypto'
import { startProcess, type RemoteProcess } from '../commands/remote-process'
import type { Connection } from '../connection'
import { errorOf, failure, type Subject } from '../failures'
import { shellLine, type ShellOutcome, type ShellRequest } from './shell-program'

export interface ShellAnswer {
  readonly outcome: ShellOutcome
  readonly bytes: Buffer
}

interface Pending {
  resolve(answer: ShellAnswer): void
  reject(error: Error): void
}

const outcomes: readonly ShellOutcome[] = ['ok', 'missing', 'denied', 'directory', 'special', 'failed']
const startDeadline = 10_000

/** The shell on the host, started when it is needed; answers come in the order of the requests. */
export class ShellReader {
  readonly #connection: Connection
  readonly #subject: Subject
  #starting: Promise<Running> | undefined
  #running: Running | undefined
  readonly #idle: number | undefined
  #users = 0
  #idleTimer: NodeJS.Timeout | undefined

  /** Gives its channel up after `idle` milliseconds without a request, where that is given. */
  constructor(connection: Connection, idle?: number) {
    this.#connection = connection
    this.#idle = idle
    this.#subject = {
      doing: `Starting a shell on ${connection.target.host}`,
      where: connection.label,
    }
  }

  /** `most` bounds the bytes of a `bytes` request; for a `part` it is its place, see ShellRequest. */
  async ask(
    what: ShellRequest,
    path: string,
    most: number | string,
    ended: AbortSignal,
  ): Promise<ShellAnswer> {
    this.#users += 1
    clearTimeout(this.#idleTimer)
    try {
      const running = await this.#ready()
      ended.throwIfAborted()
      const abandon = (): void => this.#abandon(running)
      // It answers in order: what hangs, hangs for all behind it.
      ended.addEventListener('abort', abandon, { once: true })
      try {
        this.#connection.batch()
        return await running.ask(`${what} ${most}\n${path}\n`)
      } finally {
        ended.removeEventListener('abort', abandon)
      }
    } finally {
      this.#users -= 1
      if (this.#users === 0) this.#onIdle()
    }
  }

  /** Gives its channel up if nobody uses it now; true if it did. */
  yield(): boolean {
    if (this.#users > 0 || this.#running === undefined) return false
    this.close()
    return true
  }

  #onIdle(): void {
    if (this.#connection.gate.contended) this.yield()
    else if (this.#idle !== undefined && this.#running !== undefined) {
      this.#idleTimer = setTimeout(() => this.yield(), this.#idle)
    }
  }

  close(): void {
    clearTimeout(this.#idleTimer)
    const running = this.#running
    this.#running = undefined
    void running?.process.terminate()
  }

  #abandon(running: Running): void {
    if (this.#running === running) this.close()
  }

  #ready(): Promise<Running> {
    if (this.#running?.process.isOver === false) return Promise.resolve(this.#running)
    this.#starting ??= this.#start().finally(() => (this.#starting = undefined))
    return this.#starting
  }

  async #start(): Promise<Running> {
    const endMark = `end-${randomBytes(12).toString('hex')}`
    const answers = new Answers(endMark)
    const process = await this.#connection.lifetime.run(
      this.#subject,
      undefined,
      startDeadline,
      (ended) =>
        startProcess(
          this.#connection,
          {
            subject: this.#subject,
            program: 'sh',
            line: (nonce) => shellLine(endMark, nonce),
            lasting: false,
            onOutput: (chunk) => answers.take(chunk),
            onErrorOutput: () => undefined,
          },
          ended,
        ),
      (late) => void late.terminate(),
    )
    const running = new Running(process, answers, this.#subject)
    this.#running = running
    return running
  }
}

class Running {
  readonly process: RemoteProcess
  readonly #answers: Answers

  constructor(process: RemoteProcess, answers: Answers, subject: Subject) {
    this.process = process
    this.#answers = answers
    process.done.then(
      () => answers.fail(failure('connection-lost', 'The shell on the host has ended.', subject)),
      (thrown: unknown) => answers.fail(errorOf(thrown)),
    )
  }

  ask(request: string): Promise<ShellAnswer> {
    const answer = this.#answers.next()
    this.process.input.write(request)
    return answer
  }
}

const firstSize = 64 * 1024

/** Cuts what the shell prints into answers. */
class Answers {
  readonly #mark: Buffer
  readonly #pending: Pending[] = []
  #buffer = Buffer.allocUnsafe(firstSize)
  #filled = 0
  #failed: Error | undefined

  constructor(mark: string) {
    this.#mark = Buffer.from(`\n${mark} `)
  }

  next(): Promise<ShellAnswer> {
    if (this.#failed !== undefined) return Promise.reject(this.#failed)
    return new Promise((resolve, reject) => this.#pending.push({ resolve, reject }))
  }

  fail(error: Error): void {
    this.#failed = error
    for (const pending of this.#pending.splice(0)) pending.reject(error)
  }

  take(chunk: Buffer): void {
    const searched = Math.max(0, this.#filled - this.#mark.length - 16)
    this.#append(chunk)
    let begin = 0
    for (let from = searched; ; from = begin) {
      const end = this.#buffer.subarray(0, this.#filled).indexOf(this.#mark, from)
      const line = end + this.#mark.length
      const lineEnd = end < 0 ? -1 : this.#buffer.subarray(0, this.#filled).indexOf(10, line)
      if (lineEnd < 0) break
      const said = this.#buffer.toString('latin1', line, lineEnd)
      const outcome = outcomes.find((known) => known === said) ?? 'failed'
      this.#pending.shift()?.resolve({ outcome, bytes: Buffer.from(this.#buffer.subarray(begin, end)) })
      begin = lineEnd + 1
    }
    if (begin > 0) {
      this.#buffer.copyWithin(0, begin, this.#filled)
      this.#filled -= begin
    }
  }

  #append(chunk: Buffer): void {
    const needed = this.#filled + chunk.length
    if (needed > this.#buffer.length) {
      const larger = Buffer.allocUnsafe(Math.max(needed, this.#buffer.length * 2))
      this.#buffer.copy(larger, 0, 0, this.#filled)
      this.#buffer = larger
    }
    chunk.copy(this.#buffer, this.#filled)
    this.#filled = needed
  }
}
