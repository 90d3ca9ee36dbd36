import type { QueueState } from '../message-sink'

/** What is counted of each service (or queue of replies, under its own name). */
export interface ServiceCounters {
  requests: number
  responses: number
  errors: number
  /** Waiting in its queue now, and since when the oldest does, epoch milliseconds; null where unknown. */
  depth: number | null
  oldestAt: number | null
}

/** Counts messages by service and by queue; rates are made of them like of any counter. */
export class ServiceRates {
  readonly services = new Map<string, ServiceCounters>()
  /** Messages sent into each queue so far. */
  readonly queues = new Map<string, number>()
  /** Number of the last message of each queue. */
  readonly #numbers = new Map<string, bigint>()
  #total: { events: number; time: number } | null = null

  /** Events on the bus by its own count; null until it was read, and after a restart. */
  get events(): { readonly events: number; readonly time: number } | null {
    return this.#total
  }

  /**
   * `id`: the message's number in its queue; `met`: it was found there, its sending was not seen. The numbers count up by one, so what was sent into a queue, and with it the
   * requests of its service, are exact also where messages were not seen. Responses go through the queues of those
   * who asked: of them only those that were seen can be counted by service.
   */
  sent(
    { queue, id, met }: { queue: string; id: string; met: boolean },
    service: string | null,
    kind: 'request' | 'response',
    failed: boolean,
  ): void {
    const known = this.queues.size < maxNames || this.queues.has(queue)
    const count = known ? this.#since(queue, id, met) : 1
    if (known) this.queues.set(queue, (this.queues.get(queue) ?? 0) + count)
    if (service === null) return
    const counters = this.#open(service)
    if (kind === 'request') counters.requests += count
    else counters.responses++
    if (failed) counters.errors++
  }

  waiting(states: readonly QueueState[]): void {
    for (const { service, waiting } of states) {
      if (service === null) continue
      const counters = this.#open(service)
      counters.depth = waiting.length
      counters.oldestAt = waiting.at(-1)?.time ?? null
    }
  }

  total(events: number, time: number): void {
    this.#total = { events, time }
  }

  restarted(): void {
    this.#total = null
    this.#numbers.clear()
  }

  /** Messages since the last one of the queue, this one included. */
  #since(queue: string, id: string, met: boolean): number {
    if (!/^\d{1,19}$/.test(id)) return 1
    const number = BigInt(id)
    const last = this.#numbers.get(queue)
    if (met && last === undefined) return 1
    // It is older than what was seen, and was counted with that.
    if (met && last !== undefined && number <= last) return 0
    this.#numbers.set(queue, number)
    // A queue that was made anew counts from the beginning.
    return last === undefined || number <= last ? 1 : Number(number - last)
  }

  #open(service: string): ServiceCounters {
    const counters = this.services.get(service) ?? {
      requests: 0,
      responses: 0,
      errors: 0,
      depth: null,
      oldestAt: null,
    }
    if (this.services.size < maxNames) this.services.set(service, counters)
    return counters
  }
}

/** Names a hostile bus may make us remember. */
const maxNames = 1_000
