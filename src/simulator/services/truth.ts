import { messageKey, type TraceEvent } from '@engine/formats/message-switch'

/** What really happened, as the switch saw it: for tests that compare what the console found. */
export interface Truth {
  /** The id that the next trace event gets: so many there were. */
  readonly nextEventId: string
  /** Messages that were sent: requests and responses, no acknowledgements. */
  readonly messages: number
  readonly queues: readonly QueueTruth[]
  readonly latencies: readonly LatencyTruth[]
  /** Requests that have no response yet, oldest first. */
  readonly pending: readonly PendingTruth[]
}

export interface QueueTruth {
  readonly queue: string
  readonly requests: number
  readonly responses: number
}

/** From the send of a request to the send of its response, seconds, by the times of the trace. */
export interface LatencyTruth {
  readonly service: string
  readonly method: string
  readonly count: number
  readonly failed: number
  readonly p50: number
  readonly p90: number
  readonly p99: number
  readonly max: number
}

export interface PendingTruth {
  readonly queue: string
  readonly id: string
  readonly method: string
  readonly from: string
  /** Seconds since the epoch. */
  readonly since: number
}

interface Measured {
  readonly seconds: number[]
  failed: number
}

/** Of one method; beyond that the older half is forgotten. More than ten minutes of the busiest. */
const maxLatencies = 500_000

/** Collects it from all events. */
export class TruthRecorder {
  readonly #queues = new Map<string, { requests: number; responses: number }>()
  readonly #pending = new Map<string, PendingTruth>()
  /** By service, then by method. */
  readonly #latencies = new Map<string, Map<string, Measured>>()
  #events = 0n

  record({ input, queue, time, traced }: TraceEvent): void {
    this.#events += 1n
    if (traced.type === 'ack' || input === null) return
    const counts = this.#queues.get(queue) ?? { requests: 0, responses: 0 }
    this.#queues.set(queue, counts)
    const { payload, kind } = traced.message
    if (kind.type === 'request') {
      counts.requests += 1
      const id = String(traced.id.id)
      this.#pending.set(messageKey(traced.id), {
        queue,
        id,
        method: methodOf(payload),
        from: input,
        since: time,
      })
      return
    }
    counts.responses += 1
    const request = this.#pending.get(messageKey(kind.to))
    if (request === undefined) return
    this.#pending.delete(messageKey(kind.to))
    this.#measure(request, time - request.since, !payload.includes('"error":null'))
  }

  /** The switch starts again: its ids begin at 0, and what was asked is forgotten. */
  restart(): void {
    this.#events = 0n
    this.#pending.clear()
  }

  snapshot(): Truth {
    const queues = [...this.#queues].map(([queue, counts]) => ({ queue, ...counts }))
    return {
      nextEventId: String(this.#events),
      messages: queues.reduce((sum, { requests, responses }) => sum + requests + responses, 0),
      queues,
      latencies: [...this.#latencies].flatMap(([service, methods]) =>
        [...methods].map(([method, measured]) => summary(service, method, measured)),
      ),
      pending: [...this.#pending.values()],
    }
  }

  /** All latencies of a service in ascending order, or of one of its methods; seconds. */
  latencies(service: string, method?: string): number[] {
    const methods = this.#latencies.get(service) ?? new Map<string, Measured>()
    const chosen = method === undefined ? [...methods.values()] : [methods.get(method)]
    return chosen.flatMap((measured) => measured?.seconds ?? []).sort((a, b) => a - b)
  }

  #measure({ queue, method }: PendingTruth, seconds: number, failed: boolean): void {
    const methods = this.#latencies.get(queue) ?? new Map<string, Measured>()
    this.#latencies.set(queue, methods)
    const measured = methods.get(method) ?? { seconds: [], failed: 0 }
    methods.set(method, measured)
    if (measured.seconds.length === maxLatencies) measured.seconds.splice(0, maxLatencies / 2)
    measured.seconds.push(seconds)
    if (failed) measured.failed += 1
  }
}

const methodOf = (payload: string): string => /"method":"([^"]*)"/.exec(payload)?.[1] ?? ''

function summary(service: string, method: string, { seconds, failed }: Measured): LatencyTruth {
  const sorted = [...seconds].sort((a, b) => a - b)
  const at = (share: number): number => sorted[Math.ceil(share * sorted.length) - 1] ?? NaN
  return {
    service,
    method,
    count: sorted.length,
    failed,
    p50: at(0.5),
    p90: at(0.9),
    p99: at(0.99),
    max: at(1),
  }
}
