import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { startSimulatedHost } from '../simulator/simulated-host'
import { until } from '../../tests/support/poll'
import { lines, useProgram } from './testing/program'
import { useSimulatedHost } from './testing/simulated'
import { usage } from './usage'

const page = readFileSync(resolve(import.meta.dirname, '../../docs/command-line.md'), 'utf8')
/** What needs a secret is left out. */
const examples = [...page.matchAll(/^xcp-diag .*$/gm)]
  .map(([line]) => line)
  .filter((line) => !line.includes('--password-fd'))

const program = useProgram()
const host = useSimulatedHost((directory) => startSimulatedHost({ directory, scenario: 'deadlock' }))
beforeEach(() => {
  host.admit(program)
  mkdirSync(join(program.home, 'config'))
  const [, user, address, port] = /^ssh:\/\/(\w+)@([\d.]+):(\d+)$/.exec(host.target()) ?? []
  const saved = {
    id: 'b3b1b8a4-5a7c-4b5e-9d0f-0a1b2c3d4e5f',
    name: 'root@xcp1',
    address: { transport: 'ssh', host: address, port: Number(port), user },
  }
  writeFileSync(join(program.home, 'config/settings.json'), JSON.stringify({ version: 1, hosts: [saved] }))
})

describe('docs/command-line.md', () => {
  it('has examples of every command', () => {
    const commands = new Set(examples.map((line) => line.split(' ')[1]))
    expect([...commands].sort()).toEqual(['logs', 'messages', 'metrics', 'queues'])
  })

  it('tells every option and exit code that the help tells', () => {
    for (const [option] of usage.matchAll(/--[a-z-]+/g))
      if (option !== '--help') expect(page).toContain(option)
    for (const [, code] of usage.matchAll(/(\d+) (?:ok|failed|usage|unreachable|identity|auth|interr)/g)) {
      expect(page).toMatch(new RegExp(`^\\| ${code} +\\|`, 'm'))
    }
  })

  it.each(examples)('%s', async (example) => {
    const run = program.inShell(`exec ${example}`)
    if (!example.includes('--follow')) {
      expect(await run.code, run.err()).toBe(0)
      // Some filters find nothing on this host, and say so.
      expect(run.err()).toMatch(/^(xcp-diag: None of the [\d,]+ rows that were read matches\..*\n)?$/)
      return
    }
    // Some filters have nothing to show on this host; that they are read and the host watched is what can be seen.
    let ended = false
    void run.code.then(() => (ended = true))
    const since = performance.now()
    await until(() => ended || lines(run).length > 0 || performance.now() - since > 6_000)
    expect(ended, run.err()).toBe(false)
    run.child.kill('SIGINT')
    expect(await run.code, run.err()).toBe(130)
  })
})
