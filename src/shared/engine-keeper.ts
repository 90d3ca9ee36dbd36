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

/** What every shell says to its engine; each adds how it hands connections over. */
export type KeeperWord = { readonly type: 'ping' } | { readonly type: 'stop' }

/** One process of the engine, whatever runs it. */
export interface EngineChild {
  readonly pid: number | undefined
  tell(message: KeeperWord): void
  /** At once, without asking it. */
  kill(): void
}

export interface ChildEvents {
  /** Anything that it said. */
  said(message: unknown): void
  /** Once, when it is gone or could not be started; `how` follows "The engine". */
  ended(how: string): void
}

export interface KeeperOptions<Child extends EngineChild, Said extends { readonly type: string }> {
  readonly policy: RestartPolicy
  readonly launch: (events: ChildEvents) => Child
  /** Null for what an engine never says. */
  readonly read: (message: unknown) => Said | null
  /** A line for the terminal. */
  readonly log: (line: string) => void
  readonly onState: (state: EngineState) => void
  readonly onMessage: (message: Said) => void
  /** How a person starts it again once it is given up: "press Enter to try again". */
  readonly advice: string
}

/**
 * Keeps one engine process alive: starts it again when it dies, replaces it when it hangs or talks nonsense, gives
 * up after too many quick deaths. Knows nothing of what kind of process it is.
 */
export class EngineKeeper<Child extends EngineChild, Said extends { readonly type: string }> {
  readonly #options: KeeperOptions<Child, Said>
  readonly #heartbeat: Watch
  #state: EngineState = 'stopped'
  #child: Child | undefined
  /** Is being killed: nothing that it still says counts. */
  #condemned: Child | undefined
  #timer: ReturnType<typeof setTimeout> | undefined
  #deaths = 0
  #startedAt = 0
  #stopped: (() => void) | undefined

  constructor(options: KeeperOptions<Child, Said>) {
    this.#options = options
    this.#heartbeat = new Watch({
      policy: options.policy.heartbeat,
      onTick: () => this.#child?.tell({ type: 'ping' }),
      onExpired: () => this.replace('does not answer'),
    })
  }

  get state(): EngineState {
    return this.#state
  }

  /** The engine of now, while there is one. */
  get child(): Child | undefined {
    return this.#child
  }

  /** Starts the engine, or makes a new beginning after it failed. */
  start(): void {
    if (this.#state === 'starting' || this.#state === 'ready') return
    this.#deaths = 0
    this.#launch()
  }

  /** Replaces a running engine by a new one (its program was rebuilt). */
  restart(): void {
    if (!this.#child) {
      this.start()
      return
    }
    this.#deaths = 0
    this.#setState('starting')
    this.#heartbeat.stop()
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.replace('did not stop'), this.#options.policy.stopTime)
    this.#child.tell({ type: 'stop' })
  }

  /** Kills an engine that is of no use any more; another is started when it is gone. `why` follows "The engine". */
  replace(why: string): void {
    const child = this.#child
    if (!child || this.#condemned === child) return
    this.#condemned = child
    this.#heartbeat.stop()
    this.#options.log(`The engine ${why}.`)
    child.kill()
  }

  /** Asks the engine to end, makes it end after `stopTime`; resolves when it is gone. */
  async stop(): Promise<void> {
    clearTimeout(this.#timer)
    this.#heartbeat.stop()
    this.#setState('stopped')
    const child = this.#child
    if (!child) return
    await new Promise<void>((resolve) => {
      const timer = setTimeout(() => child.kill(), this.#options.policy.stopTime)
      const before = this.#stopped
      this.#stopped = () => {
        clearTimeout(timer)
        before?.()
        resolve()
      }
      child.tell({ type: 'stop' })
    })
  }

  #launch(): void {
    const { policy, launch } = this.#options
    this.#setState('starting')
    this.#startedAt = performance.now()
    this.#timer = setTimeout(
      () => this.replace(`was not ready within ${policy.startTime / 1_000} s`),
      policy.startTime,
    )
    const child: Child = launch({
      said: (message) => {
        // What a dead engine said last may arrive after its end.
        if (this.#child === child && this.#condemned !== child) this.#receive(message)
      },
      ended: (how) => {
        if (this.#child === child) this.#ended(how)
      },
    })
    this.#child = child
  }

  #receive(received: unknown): void {
    const message = this.#options.read(received)
    if (message === null) {
      this.replace('said something that the shell does not understand')
      return
    }
    this.#heartbeat.answered()
    if (message.type === 'ready' && this.#state === 'starting') {
      clearTimeout(this.#timer)
      this.#setState('ready')
      this.#heartbeat.start()
    }
    this.#options.onMessage(message)
  }

  #ended(how: string): void {
    const { policy, log, advice } = this.#options
    clearTimeout(this.#timer)
    this.#heartbeat.stop()
    this.#child = undefined
    this.#condemned = undefined
    this.#stopped?.()
    this.#stopped = undefined
    if (this.#state === 'stopped') return
    if (performance.now() - this.#startedAt >= policy.settled) this.#deaths = 0
    this.#deaths += 1
    if (this.#deaths >= policy.deaths) {
      log(
        `The engine ${how}, for the ${this.#deaths}th time in a row. It is not started again by itself: ` +
          `see the messages above, then ${advice}.`,
      )
      this.#setState('failed')
      return
    }
    const wait = Math.min(policy.longest, policy.first * 2 ** (this.#deaths - 1))
    log(`The engine ${how}; it is started again.`)
    this.#setState('starting')
    this.#timer = setTimeout(() => this.#launch(), wait)
  }

  #setState(state: EngineState): void {
    this.#state = state
    this.#options.onState(state)
  }
}
