import type { Log } from '../log'

export interface HeardLog extends Log {
  readonly refusals: string[]
}

export function heardLog(): HeardLog {
  const refusals: string[] = []
  return { refusals, line: () => undefined, refused: (what) => void refusals.push(what) }
}

type Listener = (...args: never[]) => unknown

/** Keeps what was registered, by name, for a test to call. */
export class Registered {
  readonly listeners = new Map<string, Listener>()
  readonly on = (name: string, listener: Listener): void => void this.listeners.set(name, listener)

  /** Calls the listener of this name with the event; says whether the event was prevented. */
  prevents(name: string, fields: object = {}): boolean {
    let prevented = false
    const event = { ...fields, preventDefault: () => (prevented = true) }
    const listener = this.listeners.get(name)
    if (!listener) return false
    Reflect.apply(listener, undefined, [event])
    return prevented
  }

  call(name: string, ...args: unknown[]): unknown {
    const listener = this.listeners.get(name)
    return listener ? Reflect.apply(listener, undefined, args) : undefined
  }
}
