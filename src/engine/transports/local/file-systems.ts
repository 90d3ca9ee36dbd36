import { statfs } from 'node:fs/promises'
import type { FileSystemUse, OperationOptions } from '../transport'
import { onAbort } from '../common/abort'
import type { LocalContext } from './context'
import { defaultDeadlines, longestDelay } from '../common/deadlines'
import { exec } from './exec'
import type { Subject } from './failures'
import { Lane, type Leave } from '../common/lane'

/** One thread of Node's pool at most: a network mount that hangs keeps it until its server is back. */
const lane = new Lane(1)
/** Milliseconds without progress after which a path is asked for by a process of its own. */
const lanePatience = 300
/** A process that hangs on a dead mount is replaced after this time, milliseconds. */
const helperDeadline = 60_000

/** FUSE counts in fragments, which Node does not report: f_bsize may be another unit. statfs(2), magic.h. */
const fuseMagic = 0x65735546

interface Question {
  readonly answer: Promise<FileSystemUse | null>
  /** Somebody gave up on it: it is not waited for again until it has answered. */
  overdue: boolean
}

/** Size and use of file systems; one question at a time for each path, however long it takes. */
export class FileSystems {
  readonly #context: LocalContext
  readonly #questions = new Map<string, Question>()

  constructor(context: LocalContext) {
    this.#context = context
  }

  /** Null for a path that is missing, refused, or does not answer within the deadline. */
  use(paths: readonly string[], options: OperationOptions = {}): Promise<(FileSystemUse | null)[]> {
    const subject: Subject = { doing: 'Asking for the use of file systems', where: paths.join(', ') }
    const { signal, deadline = defaultDeadlines.fileSystem } = options
    return this.#context.lifetime.run(subject, { signal, deadline: longestDelay }, longestDelay, (ended) =>
      this.#answers(paths, deadline, ended),
    )
  }

  async #answers(
    paths: readonly string[],
    deadline: number,
    ended: AbortSignal,
  ): Promise<(FileSystemUse | null)[]> {
    const answers: (FileSystemUse | null)[] = paths.map(() => null)
    const asked = paths.map((path) => this.#question(path))
    const all = Promise.all(
      asked.map(async (question, index) => {
        if (!question.overdue) answers[index] = await question.answer
      }),
    )
    if ((await within(deadline, all, ended)) === 'late') {
      for (const question of asked) question.overdue = true
    }
    return [...answers]
  }

  #question(path: string): Question {
    const known = this.#questions.get(path)
    if (known !== undefined) return known
    const answer = this.#ask(path)
      .catch(() => null)
      .finally(() => this.#questions.delete(path))
    const question = { answer, overdue: false }
    this.#questions.set(path, question)
    return question
  }

  async #ask(path: string): Promise<FileSystemUse | null> {
    const leave = await place()
    if (leave === undefined) return this.#askByProcess(path)
    try {
      const { type, bsize, blocks, bfree, bavail, files, ffree } = await statfs(path)
      if (type !== fuseMagic) return toUse(bsize, blocks, bfree, bavail, files, ffree)
    } finally {
      leave()
    }
    return this.#askByProcess(path)
  }

  async #askByProcess(path: string): Promise<FileSystemUse | null> {
    const { exit, stdout } = await exec(
      this.#context,
      ['stat', '-f', '-c', '%S %b %f %a %c %d', '--', path],
      { deadline: helperDeadline },
    )
    const [unit, blocks, free, available, inodes, inodesFree] = Buffer.from(stdout)
      .toString('latin1')
      .trim()
      .split(' ')
      .map(Number)
    if (exit.code !== 0 || unit === undefined || inodesFree === undefined) return null
    return toUse(unit, blocks, free, available, inodes, inodesFree)
  }
}

function toUse(
  unit: number,
  blocks = NaN,
  free = NaN,
  available = NaN,
  inodes = NaN,
  inodesFree = NaN,
): FileSystemUse {
  return { size: unit * blocks, free: unit * free, available: unit * available, inodes, inodesFree }
}

/** The thread, or nothing where one path keeps it busy for too long. */
async function place(): Promise<Leave | undefined> {
  let leave = lane.tryEnter()
  let turns = -1
  while (leave === undefined && turns !== lane.turns) {
    turns = lane.turns
    leave = await lane.enter(AbortSignal.timeout(lanePatience)).catch(() => undefined)
  }
  return leave
}

/** Waits for the work, but no longer than the deadline or the operation. */
function within(
  milliseconds: number,
  work: Promise<unknown>,
  ended: AbortSignal,
): Promise<'done' | 'late' | 'ended'> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve('late'), Math.min(milliseconds, longestDelay))
    const finish = (how: 'done' | 'ended'): void => {
      clearTimeout(timer)
      resolve(how)
    }
    void work.then(() => finish('done'))
    onAbort(ended, () => finish('ended'))
  })
}
