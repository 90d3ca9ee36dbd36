import { tracePayload, type Message, type Traced, type TraceEvent } from '@engine/formats/message-switch'

/** `--trace-entries` */
export const traceEntries = 16

/** The newest events, payloads cut; the id of the next one tells how many there ever were. */
export class TraceRing {
  readonly #events: TraceEvent[] = []
  readonly #kept = new WeakMap<Message, Message>()
  nextId = 0n

  add(event: Omit<TraceEvent, 'id'>): TraceEvent {
    const added = { ...event, traced: this.#cut(event.traced), id: this.nextId }
    this.#events.push(added)
    if (this.#events.length > traceEntries) this.#events.shift()
    this.nextId += 1n
    return added
  }

  /** In ascending order of ids. */
  since(from: bigint): TraceEvent[] {
    return this.#events.filter(({ id }) => id >= from)
  }

  /** Each message is traced twice: when it comes and when it goes. */
  #cut(traced: Traced): Traced {
    if (traced.type === 'ack') return traced
    const known = this.#kept.get(traced.message)
    const message = known ?? { ...traced.message, payload: tracePayload(traced.message.payload) }
    if (known === undefined) this.#kept.set(traced.message, message)
    return { ...traced, message }
  }
}
