import type { MetricDescriptor } from '@shared/model/metrics'
import type { InstanceRef, SampleGroup } from '../sink'
import type { MessageBoard } from './message-board'

export const serviceClass = 'service'
export const busClass = 'message bus'
export const messageClasses: Readonly<Record<string, string>> = {
  [serviceClass]: 'Internal services that answer control messages',
  [busClass]: 'The bus of control messages as a whole',
}

/** Milliseconds that latencies are taken over. */
const latencyWindow = 10_000

type Read = (board: MessageBoard, service: string, time: number) => number | null

interface ServiceMetric {
  readonly metric: MetricDescriptor
  readonly counter: boolean
  readonly read: Read
}

const latency =
  (which: 'p50' | 'p90' | 'p99' | 'max'): Read =>
  (board, service, time) =>
    board.latencies.find(service, null)?.figures(time - latencyWindow, time)[which] ?? null

const rate = (
  name: string,
  description: string,
  key: 'requests' | 'responses' | 'errors',
): ServiceMetric => ({
  metric: { name, units: 'messages/s', description, type: 'counter' },
  counter: true,
  read: (board, service) => board.rates.services.get(service)?.[key] ?? null,
})
const level = (name: string, units: 'seconds' | 'count', description: string, read: Read): ServiceMetric => ({
  metric: { name, units, description, type: 'gauge' },
  counter: false,
  read,
})

const serviceMetrics: readonly ServiceMetric[] = [
  rate(
    'requests',
    'Requests sent to the service, by their numbers: exact also where some were not seen',
    'requests',
  ),
  rate('responses', 'Responses that the service sent, as far as they were seen', 'responses'),
  rate('errors', 'Responses that report an error, as far as they were seen', 'errors'),
  level(
    'waiting',
    'count',
    'Messages in its queue',
    (board, service) => board.rates.services.get(service)?.depth ?? null,
  ),
  level('oldest', 'seconds', 'Age of the oldest message in its queue', (board, service, time) => {
    const counters = board.rates.services.get(service)
    if (counters?.depth === 0) return 0
    return counters?.oldestAt === null || counters === undefined
      ? null
      : Math.max(0, time - counters.oldestAt) / 1_000
  }),
  level('latency p50', 'seconds', 'Median time from request to response, of the last 10 s', latency('p50')),
  level('latency p90', 'seconds', 'Nine of ten responses came sooner, of the last 10 s', latency('p90')),
  level('latency p99', 'seconds', '99 of 100 responses came sooner, of the last 10 s', latency('p99')),
  level('latency max', 'seconds', 'Slowest response of the last 10 s', latency('max')),
]

const events: MetricDescriptor = {
  name: 'events',
  units: 'events/s',
  description: 'Steps of messages on the bus, by its own count: exact also where some were not seen',
  type: 'counter',
}
const missed: MetricDescriptor = {
  name: 'missed',
  units: 'events/s',
  description: 'Steps of messages that the console did not see',
  type: 'counter',
}

/** Makes ordinary metrics of what a board counts: one sample each time {@link commit} is called. */
export class MessageMetrics {
  readonly board: MessageBoard
  readonly #group: SampleGroup
  readonly #places = new Map<string, number[]>()
  readonly #eventsAt: number
  readonly #missedAt: number

  constructor(board: MessageBoard, group: SampleGroup) {
    this.board = board
    this.#group = group
    const bus: InstanceRef = { class: busClass, id: board.bus.name, name: board.bus.title }
    this.#eventsAt = group.add(bus, events, { kind: 'counter' })
    this.#missedAt = group.add(bus, missed, { kind: 'counter' })
  }

  /** `time`: epoch milliseconds by the host's clock, as the events have it. */
  commit(time: number, monotonic: number): void {
    for (const service of this.board.rates.services.keys()) this.#fill(service, time)
    const { raw } = this.#group
    raw[this.#eventsAt] = this.board.rates.events?.events ?? NaN
    raw[this.#missedAt] = this.board.coverage.missed
    this.#group.commit(time, monotonic)
  }

  #fill(service: string, time: number): void {
    const places = this.#places.get(service) ?? this.#add(service)
    serviceMetrics.forEach(({ read }, index) => {
      const at = places[index]
      if (at !== undefined) this.#group.raw[at] = read(this.board, service, time) ?? NaN
    })
  }

  #add(service: string): number[] {
    const instance: InstanceRef = { class: serviceClass, id: service, name: service }
    const places = serviceMetrics.map(({ metric, counter }) =>
      this.#group.add(instance, metric, { kind: counter ? 'counter' : 'gauge' }),
    )
    this.#places.set(service, places)
    return places
  }
}
