import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as v from 'valibot'
import { expect } from './console'
import { pressConnect, test as base, typeAddress, type RemoteSetting } from './remote'

const endpoints = v.object({
  ssh: v.object({ port: v.number(), key: v.string(), knownHosts: v.string() }),
  messageSwitch: v.object({ socket: v.string() }),
})
type Endpoints = v.InferOutput<typeof endpoints>

/** A simulated XCP host as a person starts it: `npm run simulate`. */
export class SimulatedXcp {
  readonly endpoints: Endpoints
  readonly #child: ChildProcessWithoutNullStreams
  readonly #folder: string

  private constructor(child: ChildProcessWithoutNullStreams, folder: string, told: Endpoints) {
    this.#child = child
    this.#folder = folder
    this.endpoints = told
  }

  static async start(scenario: string): Promise<SimulatedXcp> {
    const folder = mkdtempSync(join(tmpdir(), 'xcp-sim-'))
    const args = ['out/node/simulate.js', '--dir', folder, '--ssh-port', '0', '--scenario', scenario]
    const child = spawn('node', args)
    let output = ''
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (output += chunk.toString()))
    await expect.poll(() => output, { timeout: 30_000 }).toContain('\n')
    return new SimulatedXcp(child, folder, v.parse(endpoints, JSON.parse(output.split('\n')[0] ?? '')))
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      const exited = once(this.#child, 'exit')
      this.#child.kill('SIGTERM')
      await exited
    }
    rmSync(this.#folder, { recursive: true, force: true })
  }
}

interface Fixtures {
  /** Starts a simulated host with a scenario, and connects the console to it by SSH. */
  readonly simulated: (scenario: string) => Promise<RemoteSetting & { readonly xcp: SimulatedXcp }>
}

export const test = base.extend<Fixtures>({
  simulated: async ({ setting }, use) => {
    const started: SimulatedXcp[] = []
    await use(async (scenario) => {
      const xcp = await SimulatedXcp.start(scenario)
      started.push(xcp)
      const { port, key, knownHosts } = xcp.endpoints.ssh
      setting.write('known_hosts', [readFileSync(knownHosts, 'utf8').trim()])
      await setting.open()
      await typeAddress(setting.page, `ssh -i ${key} -p ${port} root@127.0.0.1`, port, scenario)
      await pressConnect(setting.page)
      await expect(setting.page.getByRole('heading', { level: 1 })).toContainText(/Live|Trouble/, {
        timeout: 30_000,
      })
      await expect(setting.page.getByRole('heading', { level: 1 })).toContainText(scenario)
      return Object.assign(setting, { xcp })
    })
    await setting.stopConsole()
    await Promise.all(started.map((xcp) => xcp.stop()))
  },
})
