import type { Random } from './random'

/** One thing that xapi does for somebody; its id links calls on the switch with lines of the log. */
export interface Task {
  /** `Async.VM.start` */
  readonly name: string
  /** `R:7d2a9b1c8e4f` */
  readonly id: string
  /** The debug argument of its calls. */
  readonly debug: string
}

/** `R:` are tasks that somebody asked for, `D:` those of xapi itself. Some carry a trace context. */
export function makeTask(random: Random, name: string): Task {
  const id = `${name.startsWith('Async.') ? 'R' : 'D'}:${random.hex(12)}`
  const debug = `${name} ${id}`
  if (random.next() > 0.1) return { name, id, debug }
  const context = { traceparent: `00-${random.hex(32)}-${random.hex(16)}-01` }
  return { name, id, debug: `${debug}\n${JSON.stringify(context)}` }
}
