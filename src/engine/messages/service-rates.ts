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
  #total: { events: number; time: number } | null = null

  /** Events on the bus by its own count; null until it was read, and after a restart. */
  get events(): { readonly events: number; readonly time: number } | null {
    return this.#total
  }

  sent(queue: string, service: string | null, kind: 'request' | 'response', failed: boolean): void {
    if (this.queues.size < maxNames || this.queues.has(queue)) {
      this.queues.set(queue, (this.queues.get(queue) ?? 0) + 1)
    }
    if (service === null) return
    const counters = this.#open(service)
    if (kind === 'request') counters.requests++
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
