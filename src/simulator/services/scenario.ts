import type { ServiceName } from './methods'

export const scenarioNames = ['healthy', 'busy', 'deadlock', 'slow', 'errors', 'stopped'] as const
export type ScenarioName = (typeof scenarioNames)[number]

/** What is special about a simulated host. */
export interface Scenario {
  /** For people. */
  readonly description: string
  /** Requests and responses a second. */
  readonly messagesPerSecond: number
  /** Latencies of all services are multiplied by this. */
  readonly pace: number
  readonly slow?: { readonly service: ServiceName; readonly factor: number }
  /** It never listens, though it is called. */
  readonly neverStarted?: ServiceName
  /** It listens no more after so many seconds. */
  readonly stops?: { readonly service: ServiceName; readonly after: number }
  /** Share of calls that fail. */
  readonly failing: number
}

const healthy: Scenario = {
  description: 'A host in good health: about 60 messages a second',
  messagesPerSecond: 60,
  pace: 1,
  failing: 0.002,
}

export const scenarios: Readonly<Record<ScenarioName, Scenario>> = {
  healthy,
  // A tenth of the latency: with the usual one hundreds of calls would be in flight all the time.
  busy: { ...healthy, description: '2,000 messages a second', messagesPerSecond: 2_000, pace: 0.1 },
  deadlock: {
    ...healthy,
    description: 'The storage service never started, and the start of a VM waits for it',
    neverStarted: 'storage',
  },
  slow: {
    ...healthy,
    description: 'Storage answers fifty times as slowly as it should',
    slow: { service: 'storage', factor: 50 },
  },
  errors: { ...healthy, description: 'Two calls of five fail', failing: 0.4 },
  stopped: {
    ...healthy,
    description: 'The network service stops listening after ten seconds',
    stops: { service: 'networkd', after: 10 },
  },
}
