import { defaultDeadlines, longestDelay } from '../../common/deadlines'
import { onAbort } from '../../common/abort'
import type { FileSystemUse, OperationOptions } from '../../transport'
import type { Connection } from '../connection'
import { timedOut, type Subject } from '../failures'
import { statWithCommand } from './stat-command'

/** A path that did not answer is left alone for so long, each time twice as long, milliseconds. */
const firstRest = 60_000
const longestRest = 600_000

export type AskSftp = (
  path: string,
  subject: Subject,
  ended: AbortSignal,
) => Promise<FileSystemUse | null | 'unsupported'>

interface Rest {
  readonly until: number
  readonly length: number
}

/** Size and use of file systems. One that hangs costs one deadline, and is not asked again for a while. */
export class FileSystemQuestions {
  readonly #connection: Connection
  readonly #resting = new Map<string, Rest>()
  /** Null where the host's `stat` is all there is. */
  #askSftp: AskSftp | null

  constructor(connection: Connection, askSftp: AskSftp | null) {
    this.#connection = connection
    this.#askSftp = askSftp
  }

  /** Null for a path that is missing, refused, or does not answer within the deadline. */
  ask(paths: readonly string[], options: OperationOptions = {}): Promise<(FileSystemUse | null)[]> {
    const { signal, deadline = defaultDeadlines.fileSystem } = options
    const subject: Subject = {
      doing: `Asking ${this.#connection.target.host} for the use of file systems`,
      where: `${this.#connection.label}: ${paths.join(', ')}`,
    }
    const limits = { signal, deadline: longestDelay }
    return this.#connection.lifetime.run(subject, limits, longestDelay, (ended) =>
      this.#answers(paths, subject, deadline, ended),
    )
  }

  async #answers(
    paths: readonly string[],
    subject: Subject,
    deadline: number,
    ended: AbortSignal,
  ): Promise<(FileSystemUse | null)[]> {
    const answers = new Map<string, FileSystemUse | null>()
    const asked = [...new Set(paths)].filter((path) => !this.#rests(path))
    const late = new AbortController()
    const timer = setTimeout(() => late.abort(timedOut(subject, deadline)), Math.min(deadline, longestDelay))
    const unlisten = onAbort(ended, () => late.abort(ended.reason))
    try {
      if (asked.length > 0) await this.#askAll(asked, subject, late.signal, answers)
    } finally {
      clearTimeout(timer)
      unlisten()
    }
    for (const path of answers.keys()) this.#resting.delete(path)
    return paths.map((path) => answers.get(path) ?? null)
  }

  async #askAll(
    paths: readonly string[],
    subject: Subject,
    late: AbortSignal,
    answers: Map<string, FileSystemUse | null>,
  ): Promise<void> {
    if (this.#askSftp !== null) {
      if (await this.#bySftp(this.#askSftp, paths, subject, late, answers)) return
      this.#askSftp = null
    }
    const answered = statWithCommand(this.#connection, paths, subject, late, (index, use) => {
      const path = paths[index]
      if (path !== undefined) answers.set(path, use)
    }).then(
      () => !late.aborted,
      () => false,
    )
    // A path without an answer is missing, unless the time was up: then it hangs.
    if (!(await untilAborted(answered, late, false))) {
      for (const path of paths) if (!answers.has(path)) this.#rest(path)
    }
  }

  /** False where the server does not know the request. */
  async #bySftp(
    askSftp: AskSftp,
    paths: readonly string[],
    subject: Subject,
    late: AbortSignal,
    answers: Map<string, FileSystemUse | null>,
  ): Promise<boolean> {
    let isSupported = true
    const all = Promise.all(
      paths.map(async (path) => {
        const answer = await askSftp(path, subject, late).catch(() => null)
        if (answer === 'unsupported') isSupported = false
        else if (!late.aborted) answers.set(path, answer)
      }),
    ).then(() => !late.aborted)
    if (!(await untilAborted(all, late, false))) {
      // The server works in order: the first without an answer is the one that hangs.
      const culprit = paths.find((path) => !answers.has(path))
      if (culprit !== undefined) this.#rest(culprit)
    }
    return isSupported
  }

  #rests(path: string): boolean {
    const rest = this.#resting.get(path)
    return rest !== undefined && rest.until > performance.now()
  }

  #rest(path: string): void {
    const before = this.#resting.get(path)
    const length = before === undefined ? firstRest : Math.min(before.length * 2, longestRest)
    this.#resting.set(path, { until: performance.now() + length, length })
  }
}

function untilAborted<T>(work: Promise<T>, signal: AbortSignal, otherwise: T): Promise<T> {
  return new Promise((resolve) => {
    const unlisten = onAbort(signal, () => resolve(otherwise))
    void work.then(resolve).finally(unlisten)
  })
}
