import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { scenarioNames, scenarios, type ScenarioName } from './services/scenario'
import type { SimulatedHostOptions } from './simulated-host'

export type ParsedOptions =
  { readonly help: true } | { readonly mistake: string } | { readonly options: SimulatedHostOptions }

export const usage = `Usage: npm run simulate -- --dir DIR --ssh-port PORT [--scenario NAME] [--seed NUMBER]

Runs a simulated XCP host until it is interrupted: a message switch with services that call each other,
logs, and an SSH server on 127.0.0.1. Prints one line of JSON with its endpoints when it is ready.

  --dir DIR         Folder for its files, sockets and keys; made if it is not there
  --ssh-port PORT   Port of the SSH server; 0 takes any that is free
  --scenario NAME   What is wrong with it (default healthy)
  --seed NUMBER     The same number makes the same sequence of calls (default 1)
  --help            This text

Scenarios:
${scenarioNames.map((name) => `  ${name.padEnd(10)} ${scenarios[name].description}`).join('\n')}
`

export function parseOptions(args: readonly string[]): ParsedOptions {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        dir: { type: 'string' },
        'ssh-port': { type: 'string' },
        scenario: { type: 'string', default: 'healthy' },
        seed: { type: 'string', default: '1' },
        help: { type: 'boolean', default: false },
      },
    })
    if (values.help) return { help: true }
    return checked(values.dir, values['ssh-port'], values.scenario, values.seed)
  } catch (error) {
    return { mistake: error instanceof Error ? error.message : String(error) }
  }
}

function checked(
  directory: string | undefined,
  port: string | undefined,
  scenario: string,
  seed: string,
): ParsedOptions {
  if (directory === undefined || directory === '') return { mistake: '--dir is missing: name a folder.' }
  if (port === undefined) return { mistake: '--ssh-port is missing: name a port, or 0 for any that is free.' }
  if (!isNumber(port, 65_535)) return { mistake: `--ssh-port ${port}: a port is a number from 0 to 65535.` }
  if (!isNumber(seed, 0xffff_ffff))
    return { mistake: `--seed ${seed}: a seed is a number from 0 to 4294967295.` }
  const name = scenarioNames.find((known): known is ScenarioName => known === scenario)
  if (name === undefined) {
    return {
      mistake: `--scenario ${scenario}: there is none of that name. There are: ${scenarioNames.join(', ')}.`,
    }
  }
  return {
    options: { directory: resolve(directory), sshPort: Number(port), scenario: name, seed: Number(seed) },
  }
}

const isNumber = (text: string, highest: number): boolean =>
  /^\d{1,10}$/.test(text) && Number(text) <= highest
