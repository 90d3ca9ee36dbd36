import { fork, type ChildProcess } from 'node:child_process'
import type { Socket } from 'node:net'
import {
  EngineKeeper,
  type ChildEvents,
  type EngineChild,
  type EngineState,
  type RestartPolicy,
} from '@shared/engine-keeper'
import * as v from 'valibot'
import { toShell, type ToEngine, type ToShell, type Upgrade } from './engine-messages'

export interface SupervisorOptions {
  /** Program of the engine's process, absolute path. */
  readonly module: string
  readonly policy: RestartPolicy
  /** A line for the terminal. */
  readonly log: (line: string) => void
  readonly onState: (state: EngineState) => void
  readonly onMessage: (message: ToShell) => void
}

/** Keeps one forked engine process alive, and gives it connections. */
export class EngineSupervisor {
  readonly #keeper: EngineKeeper<ForkedEngine, ToShell>

  constructor({ module, ...options }: SupervisorOptions) {
    this.#keeper = new EngineKeeper({
      ...options,
      launch: (events) => new ForkedEngine(module, events),
      read: (message) => {
        const parsed = v.safeParse(toShell, message)
        return parsed.success ? parsed.output : null
      },
      advice: 'press Enter to try again',
    })
  }

  get state(): EngineState {
    return this.#keeper.state
  }

  /** Of the engine's process, while there is one. */
  get pid(): number | undefined {
    return this.#keeper.child?.pid
  }

  start(): void {
    this.#keeper.start()
  }

  restart(): void {
    this.#keeper.restart()
  }

  replace(why: string): void {
    this.#keeper.replace(why)
  }

  stop(): Promise<void> {
    return this.#keeper.stop()
  }

  /** Gives the engine a copy of a connection. Only while it is ready. */
  connect(id: number, upgrade: Upgrade, socket: Socket): void {
    this.#keeper.child?.give({ type: 'connect', id, upgrade }, socket)
  }

  /** Lets the engine use a connection that it adopted. */
  release(id: number): void {
    this.#keeper.child?.tell({ type: 'released', id })
  }
}

class ForkedEngine implements EngineChild {
  readonly #process: ChildProcess

  constructor(module: string, events: ChildEvents) {
    // Its stdout goes to stderr: on stdout, programs read addresses.
    const child = fork(module, [], { stdio: ['ignore', 2, 2, 'ipc'], execArgv: [] })
    this.#process = child
    child.on('message', (message) => events.said(message))
    child.once('error', (error) => {
      // Only a process that could not be created has no exit.
      if (child.pid === undefined) events.ended(`could not be started: ${error.message}`)
    })
    child.once('exit', (code, signal) => {
      events.ended(signal === null ? `ended with exit code ${code ?? '?'}` : `was ended by ${signal}`)
    })
  }

  get pid(): number | undefined {
    return this.#process.pid
  }

  tell(message: ToEngine): void {
    if (this.#process.connected) this.#process.send(message, () => undefined)
  }

  give(message: ToEngine, socket: Socket): void {
    // Kept open: otherwise a socket on its way to an engine that dies would hang for ever.
    // Errors of the channel: the engine has died, and its exit says so.
    this.#process.send(message, socket, { keepOpen: true }, () => undefined)
  }

  kill(): void {
    this.#process.kill('SIGKILL')
  }
}
