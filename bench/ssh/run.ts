import { loadavg } from 'node:os'
import type { BenchResult } from '../support/result'
import { measureCost } from './cost'
import { measureFirstChart } from './first-chart'
import { measureLoss } from './loss'
import { measureManyHosts } from './many-hosts'

export { engineProcess } from './engine-process'

const parts: Readonly<Record<string, () => Promise<BenchResult[]>>> = {
  cost: measureCost,
  chart: measureFirstChart,
  loss: measureLoss,
  hosts: measureManyHosts,
}

/**
 * Hosts over SSH, against Debian's sshd on this machine: what sampling costs the host, how soon a chart is live,
 * how soon a dead host is seen and is back, what a hundred hosts cost the engine. Needs root and takes 4 minutes.
 * The arguments name the parts to run; without any all are run. README.md says how to read the figures.
 */
export async function run(args: string[]): Promise<BenchResult[]> {
  const unknown = args.find((name) => !(name in parts))
  if (unknown !== undefined)
    throw new Error(`no part "${unknown}"; there are: ${Object.keys(parts).join(', ')}`)
  const results: BenchResult[] = []
  for (const [name, measure] of Object.entries(parts)) {
    if (args.length > 0 && !args.includes(name)) continue
    results.push(...(await measure().catch((thrown: unknown) => [failed(name, thrown)])))
  }
  results.push({
    figure: 'load of this machine in the last minutes',
    value: loadavg()[1] ?? NaN,
    unit: 'tasks',
  })
  return results
}

/** What one part cannot do keeps the others from nothing. */
function failed(name: string, thrown: unknown): BenchResult {
  console.error(thrown)
  return { figure: `${name}: could not be measured`, value: null, unit: '', aim: 'measured', met: false }
}
