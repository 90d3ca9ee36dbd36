import { scenarioDescriptions, scenarioNames, type ScenarioName } from '@shared/model/demo'
import type { ServiceName } from './methods'

export { scenarioNames, type ScenarioName }

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
  description: scenarioDescriptions.healthy,
  messagesPerSecond: 60,
  pace: 1,
  failing: 0.002,
}

export const scenarios: Readonly<Record<ScenarioName, Scenario>> = {
  healthy,
  // A tenth of the latency: with the usual one hundreds of calls would be in flight all the time.
  busy: { ...healthy, description: scenarioDescriptions.busy, messagesPerSecond: 2_000, pace: 0.1 },
  deadlock: {
    ...healthy,
    description: scenarioDescriptions.deadlock,
    neverStarted: 'storage',
  },
  slow: {
    ...healthy,
    description: scenarioDescriptions.slow,
    slow: { service: 'storage', factor: 50 },
  },
  errors: { ...healthy, description: scenarioDescriptions.errors, failing: 0.4 },
  stopped: {
    ...healthy,
    description: scenarioDescriptions.stopped,
    stops: { service: 'networkd', after: 10 },
  },
}
