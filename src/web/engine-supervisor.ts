import { fork, type ChildProcess } from 'node:child_process'
import type { Socket } from 'node:net'
import * as v from 'valibot'
import { toShell, type ToEngine, type ToShell, type Upgrade } from './engine-messages'
import { Watch, type WatchPolicy } from './watch'

/** Milliseconds. */
export interface RestartPolicy {
  /** Wait before the first restart; doubles with each quick death up to `longest`. */
  readonly first: number
  readonly longest: number
  /** An engine that worked for this long was good: the count of deaths begins anew. */
  readonly settled: number
  /** Quick deaths in a row after which nobody tries any more. */
  readonly deaths: number
  /** For an engine to say that it is ready. */
  readonly startTime: number
  /** For an engine that was asked to stop. */
  readonly stopTime: number
  /** Pings that a ready engine may leave unanswered. */
  readonly heartbeat: WatchPolicy
}

export const restartPolicy: RestartPolicy = {
  first: 100,
  longest: 10_000,
  settled: 30_000,
  deaths: 5,
  startTime: 30_000,
  stopTime: 2_000,
  heartbeat: { interval: 3_000, missed: 5 },
}

/** `failed`: it died too often, and waits to be asked for again. */
export type EngineState = 'starting' | 'ready' | 'failed' | 'stopped'

export interface SupervisorOptions {
  /** Program of the engine's process, absolute path. */
  readonly module: string
  readonly policy: RestartPolicy
  /** A line for the terminal. */
  readonly log: (line: string) => void
  readonly onState: (state: EngineState) => void
  readonly onMessage: (message: ToShell) => void
}

/** Keeps one engine process alive. */
export class EngineSupervisor {
  readonly #options: SupervisorOptions
  #state: EngineState = 'stopped'
  #child: ChildProcess | undefined
  /** Was sent SIGKILL: nothing that it still says counts. */
  #condemned: ChildProcess | undefined
  readonly #heartbeat: Watch
  #timer: NodeJS.Timeout | undefined
  #deaths = 0
  #startedAt = 0

  constructor(options: SupervisorOptions) {
    this.#options = options
    this.#heartbeat = new Watch({
      policy: options.policy.heartbeat,
      onTick: () => this.#tell({ type: 'ping' }),
      onExpired: () => this.replace('does not answer'),
    })
  }

  get state(): EngineState {
    return this.#state
  }

  /** Of the engine's process, while there is one. */
  get pid(): number | undefined {
    return this.#child?.pid
  }

  /** Starts the engine, or makes a new beginning after it failed. */
  start(): void {
    if (this.#state === 'starting' || this.#state === 'ready') return
    this.#deaths = 0
    this.#fork()
  }

  /** Replaces a running engine by a new one (its program was rebuilt). */
  restart(): void {
    if (this.#child) {
      this.#deaths = 0
      this.#setState('starting')
      this.#heartbeat.stop()
      clearTimeout(this.#timer)
      this.#timer = setTimeout(() => this.replace('did not stop'), this.#options.policy.stopTime)
      this.#tell({ type: 'stop' })
    } else this.start()
  }

  /** Kills an engine that is of no use any more; another is started when it is gone. `why` follows "The engine". */
  replace(why: string): void {
    const child = this.#child
    if (!child || this.#condemned === child) return
    this.#condemned = child
    this.#heartbeat.stop()
    this.#options.log(`The engine ${why}.`)
    child.kill('SIGKILL')
  }

  /** Gives the engine a copy of a connection. Only while it is ready. */
  connect(id: number, upgrade: Upgrade, socket: Socket): void {
    const message: ToEngine = { type: 'connect', id, upgrade }
    // Kept open: otherwise a socket on its way to an engine that dies would hang for ever.
    // Errors of the channel: the engine has died, and its exit says so.
    this.#child?.send(message, socket, { keepOpen: true }, () => undefined)
  }

  /** Lets the engine use a connection that it adopted. */
  release(id: number): void {
    this.#tell({ type: 'released', id })
  }

  /** Asks the engine to end, makes it end after `stopTime`; resolves when it is gone. */
  async stop(): Promise<void> {
    clearTimeout(this.#timer)
    this.#heartbeat.stop()
    this.#setState('stopped')
    const child = this.#child
    if (!child) return
    await new Promise<void>((resolve) => {
      const timer = setTimeout(() => child.kill('SIGKILL'), this.#options.policy.stopTime)
      child.once('exit', () => {
        clearTimeout(timer)
        resolve()
      })
      this.#tell({ type: 'stop' })
    })
  }

  #fork(): void {
    const { module, policy } = this.#options
    this.#setState('starting')
    this.#startedAt = performance.now()
    // Its stdout goes to stderr: on stdout, programs read addresses.
    const child = fork(module, [], { stdio: ['ignore', 2, 2, 'ipc'], execArgv: [] })
    this.#child = child
    this.#timer = setTimeout(
      () => this.replace(`was not ready within ${policy.startTime / 1_000} s`),
      policy.startTime,
    )
    child.on('message', (message) => {
      // What a dead engine said last may arrive after its exit.
      if (this.#child === child && this.#condemned !== child) this.#receive(message)
    })
    child.once('error', (error) => {
      // Only a process that could not be created has no exit.
      if (child.pid === undefined) this.#ended(`could not be started: ${error.message}`)
    })
    child.once('exit', (code, signal) => {
      this.#ended(signal === null ? `ended with exit code ${code ?? '?'}` : `was ended by ${signal}`)
    })
  }

  #receive(received: unknown): void {
    const parsed = v.safeParse(toShell, received)
    if (!parsed.success) {
      this.replace('said something that the shell does not understand')
      return
    }
    const message = parsed.output
    this.#heartbeat.answered()
    if (message.type === 'ready' && this.#state === 'starting') {
      clearTimeout(this.#timer)
      this.#setState('ready')
      this.#heartbeat.start()
    }
    this.#options.onMessage(message)
  }

  #ended(how: string): void {
    const { policy, log } = this.#options
    clearTimeout(this.#timer)
    this.#heartbeat.stop()
    this.#child = undefined
    this.#condemned = undefined
    if (this.#state === 'stopped') return
    if (performance.now() - this.#startedAt >= policy.settled) this.#deaths = 0
    this.#deaths += 1
    if (this.#deaths >= policy.deaths) {
      log(
        `The engine ${how}, for the ${this.#deaths}th time in a row. It is not started again by itself: ` +
          'see the messages above, then press Enter to try again.',
      )
      this.#setState('failed')
      return
    }
    const wait = Math.min(policy.longest, policy.first * 2 ** (this.#deaths - 1))
    log(`The engine ${how}; it is started again.`)
    this.#setState('starting')
    this.#timer = setTimeout(() => this.#fork(), wait)
  }

  #tell(message: ToEngine): void {
    if (this.#child?.connected) this.#child.send(message, () => undefined)
  }

  #setState(state: EngineState): void {
    this.#state = state
    this.#options.onState(state)
  }
}
