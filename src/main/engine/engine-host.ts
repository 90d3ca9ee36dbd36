import {
  EngineKeeper,
  restartPolicy,
  type ChildEvents,
  type EngineChild,
  type EngineState,
  type RestartPolicy,
} from '@shared/engine-keeper'
import * as v from 'valibot'
import { fromEngine, type FoundKey, type FromEngine, type ToEngine } from './messages'

/** What is used of Electron's UtilityProcess. */
export interface UtilityChild<Port> {
  readonly pid: number | undefined
  on(event: 'message', listener: (message: unknown) => void): unknown
  once(event: 'exit', listener: (code: number) => void): unknown
  postMessage(message: unknown, ports?: Port[]): void
  kill(): boolean
}

export interface EngineHostOptions<Port> {
  readonly fork: () => UtilityChild<Port>
  readonly vaultKey: FoundKey
  readonly policy?: RestartPolicy
  readonly log: (line: string) => void
  readonly onState: (state: EngineState) => void
}

/** Keeps one engine in a utilityProcess alive, and gives it ports of who wants to talk to it. */
export class EngineHost<Port> {
  readonly #keeper: EngineKeeper<UtilityEngine<Port>, FromEngine>

  constructor({ fork, vaultKey, policy = restartPolicy, log, onState }: EngineHostOptions<Port>) {
    this.#keeper = new EngineKeeper({
      policy,
      log,
      onState,
      onMessage: () => undefined,
      launch: (events) => new UtilityEngine(fork(), vaultKey, events),
      read: (message) => {
        const parsed = v.safeParse(fromEngine, message)
        return parsed.success ? parsed.output : null
      },
      advice: 'choose "Start the engine again" in the menu',
    })
  }

  get state(): EngineState {
    return this.#keeper.state
  }

  get pid(): number | undefined {
    return this.#keeper.child?.pid
  }

  start(): void {
    this.#keeper.start()
  }

  /** Asks it to end what it runs on hosts, then itself; resolves when it is gone. */
  stop(): Promise<void> {
    return this.#keeper.stop()
  }

  /** Gives the engine one end of a channel. Only while it is ready. */
  connect(port: Port): void {
    this.#keeper.child?.connect(port)
  }
}

class UtilityEngine<Port> implements EngineChild {
  readonly #process: UtilityChild<Port>
  #gone = false

  constructor(child: UtilityChild<Port>, vaultKey: FoundKey, events: ChildEvents) {
    this.#process = child
    child.on('message', (message) => events.said(message))
    child.once('exit', (code) => {
      this.#gone = true
      events.ended(`ended with exit code ${code}`)
    })
    this.tell({ type: 'begin', vaultKey })
  }

  get pid(): number | undefined {
    return this.#process.pid
  }

  tell(message: ToEngine): void {
    if (!this.#gone) this.#process.postMessage(message)
  }

  connect(port: Port): void {
    if (!this.#gone) this.#process.postMessage({ type: 'connect' } satisfies ToEngine, [port])
  }

  /** Electron's own `kill` only asks, on systems with signals. */
  kill(): void {
    const { pid } = this.#process
    if (this.#gone || pid === undefined || process.platform === 'win32') this.#process.kill()
    else process.kill(pid, 'SIGKILL')
  }
}
