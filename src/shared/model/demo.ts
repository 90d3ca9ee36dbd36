import * as v from 'valibot'
import { hostId } from './host'

/** The demo host: a simulated XCP host that the console starts itself, on the person's own machine. */

export const scenarioNames = ['healthy', 'busy', 'deadlock', 'slow', 'errors', 'stopped'] as const
export const scenarioName = v.picklist(scenarioNames)
export type ScenarioName = v.InferOutput<typeof scenarioName>

/** What is wrong with a simulated host, for people. */
export const scenarioDescriptions: Readonly<Record<ScenarioName, string>> = {
  healthy: 'A host in good health: about 60 messages a second',
  busy: '2,000 messages a second, as far as this machine manages',
  deadlock: 'The storage service never started, and the start of a VM waits for it',
  slow: 'Storage answers fifty times as slowly as it should',
  errors: 'Two calls of five fail',
  stopped: 'The network service stops listening after ten seconds',
}

const prefix = 'demo:'
export const demoHostId = (number: number): string => `${prefix}${number}`
export const isDemoHost = (id: string): boolean => id.startsWith(prefix)

/** Scenarios to choose from; none where the console cannot start a demo host. */
export const demoOffer = v.object({
  scenarios: v.array(v.object({ name: scenarioName, description: v.string() })),
})
export const demoHost = v.object({ host: hostId })
