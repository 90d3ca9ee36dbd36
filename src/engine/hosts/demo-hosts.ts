import { DiagnosticError } from '@shared/errors'
import { demoHostId, scenarioDescriptions, scenarioNames, type ScenarioName } from '@shared/model/demo'
import { readWholeFile } from '../files'
import type { SourceDescriptor } from '../sources/source'
import { connectSsh } from '../transports/ssh'
import { targetText, type SshTarget } from '../transports/ssh/target'
import type { HostList } from './host-list'
import type { HostProfile, OpenedHost } from './profile'
import { describeConnection, lossOf } from './ssh/profile'

/** A simulated host that runs, with the way to it. */
export interface RunningDemo {
  readonly ssh: {
    readonly host: string
    readonly port: number
    readonly user: string
    /** File of the private key that signs in. */
    readonly key: string
    /** The host's own, as a line of known_hosts has it: `ssh-ed25519 AAAA...` */
    readonly hostKey: string
  }
  /** Ends it and removes its files. */
  close(): Promise<void>
}

/** Given by a shell that knows where the simulator is. */
export type StartDemo = (scenario: ScenarioName) => Promise<RunningDemo>

/** Each is a machine of its own as far as load is concerned. */
const mostDemos = 3
const largestKey = 16_384

/** Demo hosts: simulated ones that the console starts itself. They are not saved, and end with the engine. */
export class DemoHosts {
  readonly #start: StartDemo | null
  readonly #hosts: HostList
  readonly #sources: readonly SourceDescriptor[]
  readonly #running = new Map<string, Promise<RunningDemo>>()
  #number = 0

  constructor(start: StartDemo | null, hosts: HostList, sources: readonly SourceDescriptor[]) {
    this.#start = start
    this.#hosts = hosts
    this.#sources = sources
  }

  offer(): { scenarios: { name: ScenarioName; description: string }[] } {
    const names = this.#start ? scenarioNames : []
    return { scenarios: names.map((name) => ({ name, description: scenarioDescriptions[name] })) }
  }

  /** Resolves with the host's id when it is in the list and on its way to be connected. */
  async start(scenario: ScenarioName): Promise<{ host: string }> {
    if (!this.#start) throw new DiagnosticError('not-supported', 'This console cannot start a demo host.')
    if (this.#running.size >= mostDemos) {
      throw new DiagnosticError('limit-exceeded', `${mostDemos} demo hosts run already.`, {
        hint: 'Remove one of them first.',
      })
    }
    const host = demoHostId((this.#number += 1))
    const starting = this.#start(scenario)
    this.#running.set(host, starting)
    try {
      const demo = await starting
      // The engine, or this host, may have been ended meanwhile.
      if (this.#running.get(host) !== starting)
        throw new DiagnosticError('cancelled', 'The demo host was removed.')
      this.#hosts.add(demoProfile(host, scenario, demo.ssh, this.#sources)).connect()
      return { host }
    } catch (error) {
      this.#running.delete(host)
      throw error
    }
  }

  async stop(host: string): Promise<void> {
    const running = this.#running.get(host)
    if (!running) throw new DiagnosticError('not-found', `There is no demo host "${host}".`, { where: host })
    this.#running.delete(host)
    await this.#hosts.remove(host)
    const demo = await running.catch(() => null)
    await demo?.close()
  }

  async close(): Promise<void> {
    await Promise.all([...this.#running.keys()].map((host) => this.stop(host)))
  }
}

/** By SSH with the key that the simulator made, to the host that shows the key that the simulator made. */
function demoProfile(
  id: string,
  scenario: ScenarioName,
  ssh: RunningDemo['ssh'],
  sources: readonly SourceDescriptor[],
): HostProfile {
  const target: SshTarget = { user: ssh.user, host: ssh.host, port: ssh.port }
  const expected = Buffer.from(ssh.hostKey.split(' ')[1] ?? '', 'base64')
  return {
    id,
    name: `Demo (${scenario})`,
    address: `simulated on this machine, ${targetText(target)}`,
    simulated: true,
    sources,
    async open(onStage, signal): Promise<OpenedHost> {
      const key = await readWholeFile(ssh.key, largestKey)
      if (key === null)
        throw new DiagnosticError('not-found', 'The demo host has ended.', {
          where: ssh.key,
          hint: 'Remove it, and start another.',
        })
      const transport = await connectSsh(target, {
        signal,
        onStage: (stage, hop) => onStage(stage, targetText(hop)),
        authentication: { methods: [{ kind: 'key', label: 'demo host', text: key.toString('utf8') }] },
        verifyIdentity: ({ keyBlob }) => Promise.resolve(verdict(expected.equals(keyBlob))),
      })
      return {
        transport,
        lost: lossOf(transport),
        connection: () => describeConnection(transport),
      }
    },
  }
}

const verdict = (
  accepted: boolean,
): { accepted: true } | { accepted: false; reason: string; hint: string } =>
  accepted
    ? { accepted }
    : {
        accepted,
        reason: 'Another program answers at the port of the demo host.',
        hint: 'Remove the demo host, and start another.',
      }
