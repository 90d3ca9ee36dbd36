import { mkdir, rm, writeFile } from 'node:fs/promises'
import { isAbsolute, join } from 'node:path'
import { DiagnosticError } from '@shared/errors'
import { serveTruth, type TruthServer } from './control'
import { checkFree } from './in-use'
import { SwitchServer } from './message-switch/server'
import { makeEstate, type Estate } from './services/estate'
import { HostLogs } from './services/host-logs'
import { Random } from './services/random'
import { scenarios, type ScenarioName } from './services/scenario'
import { TruthRecorder } from './services/truth'
import { Workload } from './services/workload'
import { keyAt } from './ssh/keys'
import { SimulatedSshServer } from './ssh/server'

export interface SimulatedHostOptions {
  /** An absolute path without characters that a shell treats specially; made if it is not there. */
  readonly directory: string
  /** 0: any that is free. */
  readonly sshPort?: number | undefined
  readonly scenario?: ScenarioName | undefined
  readonly seed?: number | undefined
  /** In place of the scenario's. */
  readonly messagesPerSecond?: number | undefined
}

/** What a client needs to know; `npm run simulate` prints it. */
export interface Endpoints {
  readonly simulated: true
  readonly scenario: ScenarioName
  readonly seed: number
  readonly directory: string
  readonly hostname: string
  readonly ssh: {
    readonly host: '127.0.0.1'
    readonly port: number
    readonly user: string
    /** File of the private key that signs in. */
    readonly key: string
    /** Of the host: `ssh-ed25519 AAAA...` */
    readonly hostKey: string
    /** A file with that key, for `UserKnownHostsFile`. */
    readonly knownHosts: string
  }
  /** The message switch, as local programs reach it, and as the host's clients name it. */
  readonly messageSwitch: { readonly socket: string; readonly path: string }
  /** Whoever connects to this Unix socket is told what really happened, as one JSON document. */
  readonly truth: string
}

export interface SimulatedHost {
  readonly endpoints: Endpoints
  readonly truth: TruthRecorder
  /** Stops the switch and its services; `startSwitch` starts them again, ids from 0. */
  stopSwitch(): Promise<void>
  startSwitch(): Promise<void>
  /** Its services rest, and nobody calls them: nothing happens on the switch, which goes on. */
  rest(): void
  /** They go on. */
  goOn(): Promise<void>
  /** Ends it; its files stay. Safe to call twice. */
  close(): Promise<void>
}

const user = 'root'
const switchPath = '/var/run/message-switch/sock'
const hostname = 'xcp-simulated'

export async function startSimulatedHost(options: SimulatedHostOptions): Promise<SimulatedHost> {
  const { directory, sshPort = 0, scenario = 'healthy', seed = 1 } = options
  checkDirectory(directory)
  await checkFree(join(directory, switchPath), directory)
  const estate = makeEstate(new Random(seed), hostname)
  const closing: (() => Promise<void>)[] = []
  const close = async (): Promise<void> => {
    // What was started last goes first.
    for (const end of closing.splice(0).reverse()) await end()
  }
  try {
    await writeHostFiles(directory, estate, scenario)
    const truth = new TruthRecorder()
    const socket = join(directory, switchPath)
    const messageSwitch = await SwitchServer.start({ path: socket, onEvent: (event) => truth.record(event) })
    closing.push(() => messageSwitch.stop())
    const logs = await HostLogs.open(join(directory, 'var/log'), estate, new Random(seed + 1))
    closing.push(() => logs.close())
    const control: TruthServer = await serveTruth(join(directory, 'truth.sock'), truth)
    closing.push(() => control.close())
    const { messagesPerSecond = scenarios[scenario].messagesPerSecond } = options
    const workloadOptions = {
      path: socket,
      estate,
      seed,
      logs,
      scenario: { ...scenarios[scenario], messagesPerSecond },
    }
    let workload = await Workload.start(workloadOptions)
    closing.push(() => {
      workload.stop()
      return Promise.resolve()
    })
    const ssh = await startSsh(directory, sshPort)
    closing.push(() => ssh.server.close())
    return {
      endpoints: {
        simulated: true,
        scenario,
        seed,
        directory,
        hostname,
        ssh: ssh.endpoint,
        messageSwitch: { socket, path: switchPath },
        truth: control.path,
      },
      truth,
      async stopSwitch() {
        workload.stop()
        await messageSwitch.stop()
      },
      async startSwitch() {
        truth.restart()
        await messageSwitch.start()
        workload = await Workload.start(workloadOptions)
      },
      rest: () => workload.stop(),
      async goOn() {
        workload = await Workload.start(workloadOptions)
      },
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

function checkDirectory(directory: string): void {
  if (isAbsolute(directory) && /^[\w./@%+=:,-]+$/.test(directory)) return
  throw new DiagnosticError('bad-request', 'This folder cannot hold a simulated host.', {
    where: directory,
    hint: 'Name an absolute path without spaces and other characters that a shell treats specially.',
  })
}

/** What marks the host, and what XCP hosts tell of themselves. */
async function writeHostFiles(directory: string, estate: Estate, scenario: ScenarioName): Promise<void> {
  await mkdir(join(directory, 'etc'), { recursive: true })
  await rm(join(directory, 'var/log'), { recursive: true, force: true })
  const { description } = scenarios[scenario]
  await writeFile(join(directory, 'etc/xcp-diag-simulated'), `${JSON.stringify({ scenario, description })}\n`)
  await writeFile(
    join(directory, 'etc/xensource-inventory'),
    `PRODUCT_BRAND='XCP-ng'\nPRODUCT_NAME='xenenterprise'\nPRODUCT_VERSION='8.3.0'\nINSTALLATION_UUID='${estate.host}'\n`,
  )
}

async function startSsh(
  directory: string,
  port: number,
): Promise<{ server: SimulatedSshServer; endpoint: Endpoints['ssh'] }> {
  const keys = join(directory, 'ssh')
  const userKey = await keyAt(join(keys, 'id_ed25519'), 'simulated-user')
  const hostKey = await keyAt(join(keys, 'host_ed25519'), 'simulated-host')
  const server = await startServer({ port, root: directory, user, authorized: userKey.public, hostKey })
  const knownHosts = join(keys, 'known_hosts')
  const publicKey = hostKey.public.split(' ').slice(0, 2).join(' ')
  await writeFile(knownHosts, `[127.0.0.1]:${server.port} ${publicKey}\n`)
  const key = join(keys, 'id_ed25519')
  return {
    server,
    endpoint: { host: '127.0.0.1', port: server.port, user, key, hostKey: publicKey, knownHosts },
  }
}

async function startServer(
  options: Parameters<typeof SimulatedSshServer.start>[0],
): Promise<SimulatedSshServer> {
  try {
    return await SimulatedSshServer.start(options)
  } catch (error) {
    throw new DiagnosticError('conflict', 'The simulated SSH server cannot listen.', {
      where: `127.0.0.1:${options.port}`,
      hint: 'Is the port in use? 0 takes any that is free.',
      cause: error,
    })
  }
}
