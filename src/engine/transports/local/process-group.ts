import type { ChildProcessByStdio } from 'node:child_process'
import { Socket } from 'node:net'
import type { Readable, Writable } from 'node:stream'
import { setImmediate, setTimeout as sleep } from 'node:timers/promises'
import type { Exit } from '../transport'
import type { LocalContext } from './context'
import { deferred } from '../common/deferred'
import { hasLivingMember } from './group-members'

/** Milliseconds from TERM to KILL, and for which the rest of a group may outlive its first process. */
const termGrace = 2_000
/** A killed process that does not go within this time hangs in the kernel: nothing more can be done. */
const killGrace = 1_000
const firstPause = 10
const longestPause = 200
/** After the group ended: its output is over when nothing came for this long. */
const silence = 250
const longestSilenceWait = 2_000

const nothing = (): void => undefined

/** A detached group would outlive an engine that exits without `close`. */
const running = new Set<ProcessGroup>()
const killAll = (): void => {
  for (const group of running) group.signal('SIGKILL')
}

export type GroupLeader = ChildProcessByStdio<Writable | null, Readable, Readable>

/**
 * A command in a process group of its own (its id is that of its first process), ended as a whole: when asked
 * to, and a grace period after its first process ended by itself. A member that leaves the group (setsid) is
 * not reached.
 */
export class ProcessGroup {
  readonly leader: GroupLeader
  readonly #pid: number
  readonly #closed = deferred<Exit>()
  readonly #gone = deferred<undefined>()
  readonly #disown: () => void
  readonly #settleCost: () => void
  #exit: Exit | undefined
  #isGone = false
  #isClosed = false
  #received = 0
  #ending: Promise<void> | undefined
  #finishing: Promise<void> | undefined

  /** To be made in the same turn as the process, so that no event is missed. */
  constructor(leader: GroupLeader, pid: number, context: LocalContext) {
    this.leader = leader
    this.#pid = pid
    // Errors come after the start too: EPIPE on stdin is usual when a command ends early.
    for (const emitter of [leader, leader.stdin, leader.stdout, leader.stderr]) emitter?.on('error', nothing)
    for (const stream of [leader.stdout, leader.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        this.#received += chunk.length
        context.cost.read(chunk.length)
      })
    }
    if (leader.stdin instanceof Socket) context.cost.follow(leader.stdin)
    this.#settleCost = context.cost.child(pid)
    leader.once('exit', (code, signal) => {
      this.#exit = toExit(code, signal)
      this.#settleCost()
      void this.#afterExit()
    })
    leader.once('close', (code: number | null, signal: NodeJS.Signals | null) =>
      this.#close(toExit(code, signal)),
    )

    if (running.size === 0) process.on('exit', killAll)
    running.add(this)
    this.#disown = context.lifetime.own(() => this.end())
  }

  /** The exit of the first process, after both output streams ended. Never rejects. */
  get closed(): Promise<Exit> {
    return this.#closed.promise
  }

  /** No member is left (or one hangs in the kernel and cannot be ended). Never rejects. */
  get gone(): Promise<void> {
    return this.#gone.promise
  }

  /** TERM, KILL after the grace period; resolves when the group is gone and its output over. Never rejects. */
  end(): Promise<void> {
    this.#ending ??= this.#end()
    return this.#ending
  }

  signal(name: NodeJS.Signals | 0): void {
    // Once the group is empty its number may be given to a stranger: never used again.
    if (this.#isGone) return
    try {
      process.kill(-this.#pid, name)
    } catch (thrown) {
      // EPERM means that members are there, under another user.
      if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ESRCH') this.#leave()
    }
  }

  async #end(): Promise<void> {
    this.signal('SIGTERM')
    // A stopped process sees TERM only when it goes on.
    this.signal('SIGCONT')
    if (!(await this.#goneWithin(termGrace))) {
      this.signal('SIGKILL')
      await this.#goneWithin(killGrace)
    }
    await this.#finish()
  }

  async #afterExit(): Promise<void> {
    if (await this.#goneWithin(termGrace)) await this.#finish()
    else await this.end()
  }

  async #goneWithin(milliseconds: number): Promise<boolean> {
    const until = performance.now() + milliseconds
    for (let pause = firstPause; ; pause = Math.min(2 * pause, longestPause)) {
      this.signal(0)
      if (!this.#isGone && this.#exit !== undefined && !hasLivingMember(this.#pid)) this.#leave()
      if (this.#isGone) return true
      if (performance.now() >= until) return false
      await sleep(pause)
    }
  }

  #finish(): Promise<void> {
    this.#finishing ??= this.#closeOutput()
    return this.#finishing
  }

  /** What left the group may still hold the output open: it is cut off once silent. */
  async #closeOutput(): Promise<void> {
    this.#leave()
    const until = performance.now() + longestSilenceWait
    let received = -1
    while (!this.#isClosed && this.#received !== received && performance.now() < until) {
      received = this.#received
      const pause = new AbortController()
      const paused = sleep(silence, undefined, { signal: pause.signal }).catch(nothing)
      await Promise.race([paused, this.closed])
      pause.abort()
      // A busy event loop is late for its timers: let it read first what has arrived meanwhile.
      await setImmediate()
    }
    const { stdin, stdout, stderr } = this.leader
    for (const stream of [stdin, stdout, stderr]) stream?.destroy()
    await setImmediate()
    // Without an exit even after KILL the process hangs in the kernel; it must not keep the engine running.
    if (this.#exit === undefined) this.leader.unref()
    this.#close(this.#exit ?? { code: null, signal: 'SIGKILL' })
    this.#settleCost()
    this.#disown()
  }

  #leave(): void {
    this.#isGone = true
    if (running.delete(this) && running.size === 0) process.off('exit', killAll)
    this.#gone.resolve(undefined)
  }

  #close(exit: Exit): void {
    this.#isClosed = true
    this.#closed.resolve(exit)
  }
}

function toExit(code: number | null, signal: NodeJS.Signals | null): Exit {
  return code === null ? { code: null, signal: signal ?? 'unknown' } : { code, signal: null }
}
