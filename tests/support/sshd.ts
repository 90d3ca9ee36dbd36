import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { until } from './poll'
import { processesWhere, type ProcessEntry } from './process-table'

/** Debian's real OpenSSH server, with its own configuration, keys and port, for one test file. */

const program = '/usr/sbin/sshd'

/** Why no server can be started here, or undefined where one can. */
export function sshdMissing(): string | undefined {
  if (process.platform !== 'linux') return 'the OpenSSH tests need Linux'
  if (!existsSync(program)) return `${program} is not installed (apt-get install openssh-server)`
  if (process.getuid?.() !== 0) return 'the OpenSSH tests start sshd and make users: they need root'
  return undefined
}

export interface SshdOptions {
  /** Lines of sshd_config by keyword; they win over the defaults below. `null` leaves one out. */
  readonly config?: Readonly<Record<string, string | readonly string[] | null>>
  /** Types of the host keys; default ed25519, which is made in no time. */
  readonly hostKeys?: readonly HostKeyType[]
  /** Lines put at the end: Match blocks. */
  readonly tail?: readonly string[]
  readonly port?: number
  /** A command that starts the server as its arguments: what it changes (mounts) holds for the server only. */
  readonly through?: readonly string[]
}
export type HostKeyType = 'ed25519' | 'rsa' | 'ecdsa'

export interface TestKey {
  /** Of the private key; the public one is at `${path}.pub`. */
  readonly path: string
  readonly text: string
  /** `type base64`, without the comment. */
  readonly publicKey: string
  /** `SHA256:...`. */
  readonly fingerprint: string
}

export interface KeyOptions {
  readonly type?: HostKeyType
  readonly bits?: number
  readonly passphrase?: string
  /** `PEM` and `PKCS8` as ssh-keygen -m; default OpenSSH's own. */
  readonly format?: 'PEM' | 'PKCS8'
  readonly cipher?: string
  readonly rounds?: number
}

export function makeKey(path: string, options: KeyOptions = {}): TestKey {
  const flags = [
    '-q',
    '-t',
    options.type ?? 'ed25519',
    '-f',
    path,
    '-N',
    options.passphrase ?? '',
    '-C',
    'test',
  ]
  const bits = options.bits ?? (options.type === 'rsa' ? 2048 : undefined)
  if (bits) flags.push('-b', String(bits))
  if (options.format) flags.push('-m', options.format)
  if (options.cipher) flags.push('-Z', options.cipher)
  if (options.rounds) flags.push('-a', String(options.rounds))
  execFileSync('ssh-keygen', flags)
  const [type = '', blob = ''] = readFileSync(`${path}.pub`, 'utf8').split(' ')
  const listed = execFileSync('ssh-keygen', ['-l', '-f', `${path}.pub`], { encoding: 'utf8' })
  return {
    path,
    text: readFileSync(path, 'utf8'),
    publicKey: `${type} ${blob}`,
    fingerprint: listed.split(' ')[1] ?? '',
  }
}

export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}

export class TestSshd {
  readonly host = '127.0.0.1'
  readonly port: number
  readonly directory: string
  readonly hostKeys: ReadonlyMap<HostKeyType, TestKey>
  readonly #through: readonly string[]
  readonly #authorized: string[] = []
  #process: ChildProcess | undefined
  #log = ''

  constructor(
    port: number,
    directory: string,
    hostKeys: ReadonlyMap<HostKeyType, TestKey>,
    through: readonly string[] = [],
  ) {
    this.#through = through
    this.port = port
    this.directory = directory
    this.hostKeys = hostKeys
  }

  /** What the server logged since its first start. */
  get log(): string {
    return this.#log
  }

  get pid(): number {
    const pid = this.#process?.pid
    if (pid === undefined) throw new Error('sshd is not running')
    return pid
  }

  /** Makes a key and lets it in, with `options` (`command="..."`) before it where given. */
  authorize(name: string, options: KeyOptions & { restrict?: string } = {}): TestKey {
    const key = makeKey(join(this.directory, name), options)
    const prefix = options.restrict ? `${options.restrict} ` : ''
    this.#authorized.push(`${prefix}${key.publicKey}`)
    writeFileSync(join(this.directory, 'authorized_keys'), `${this.#authorized.join('\n')}\n`)
    return key
  }

  async start(): Promise<void> {
    const before = this.#log.length
    // A test that fails half way, or is killed, takes its server along.
    const server = [program, '-D', '-e', '-f', join(this.directory, 'sshd_config')]
    const command = ['--pdeathsig', 'TERM', ...this.#through, ...server]
    const child = spawn('setpriv', command, {
      stdio: ['ignore', 'ignore', 'pipe'],
      // No group of the test's: a Ctrl-C ends the test, and the test ends the server.
      detached: true,
    })
    this.#process = child
    child.stderr.setEncoding('utf8').on('data', (text: string) => (this.#log += text))
    await until(
      () => {
        if (child.exitCode !== null) throw new Error(`sshd did not start: ${this.#log.slice(before)}`)
        return this.#log.includes('Server listening', before)
      },
      () => 'sshd listens',
    )
  }

  /** The processes of the server: the listener, and those of each connection with what they started. */
  processes(): number[] {
    return [this.pid, ...descendants(this.pid).map((entry) => entry.pid)]
  }

  /** The server's own processes of the connections, without the commands that run in them. */
  connections(): number[] {
    return descendants(this.pid)
      .filter((entry) => entry.command.startsWith('sshd'))
      .map((entry) => entry.pid)
  }

  /** SIGSTOP: everything hangs, the kernel keeps the connections. */
  suspend(): void {
    for (const pid of this.processes()) signal(pid, 'SIGSTOP')
  }

  resume(): void {
    for (const pid of this.processes()) signal(pid, 'SIGCONT')
  }

  /** SIGKILL to the listener and to the server's processes of all connections. */
  async kill(): Promise<void> {
    const own = [...this.connections(), this.pid]
    for (const pid of own) signal(pid, 'SIGKILL')
    await this.#gone()
  }

  /** Ends the listener; the connections live on, as when the service is stopped. */
  async stopListening(): Promise<void> {
    signal(this.pid, 'SIGTERM')
    await this.#gone()
  }

  async restart(): Promise<void> {
    if (this.#process) await this.kill()
    await this.start()
  }

  async close(): Promise<void> {
    if (this.#process) {
      this.resume()
      await this.kill()
    }
    rmSync(this.directory, { recursive: true, force: true })
  }

  async #gone(): Promise<void> {
    const child = this.#process
    if (!child) return
    await until(
      () => child.exitCode !== null || child.signalCode !== null,
      () => 'sshd has ended',
    )
    if (this.#process === child) this.#process = undefined
  }
}

/** Children, their children and so on; without the process itself. */
function descendants(pid: number, all = processesWhere(() => true)): ProcessEntry[] {
  return all
    .filter(({ parent }) => parent === pid)
    .flatMap((child) => [child, ...descendants(child.pid, all)])
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch {
    // It ended by itself.
  }
}

const inOwnMounts = (script: string): string[] => [
  'unshare',
  '--mount',
  'sh',
  '-ec',
  `mount --make-rprivate /; ${script}; exec "$@"`,
  'sh',
]

/** For `through`: the server's host has no /proc. */
export const withoutProc = inOwnMounts('mount -t tmpfs -o ro none /proc')

/** For `through`: nobody can write a file on the server's host, root included. */
export const readOnly = inOwnMounts(
  'mount -o remount,bind,ro /; for place in /tmp /run /var/tmp; do mount --bind $place $place; mount -o remount,bind,ro $place; done; mount -o remount,bind,ro /dev/shm',
)

/** Starts a server; `close()` it in the test's end. Throws with a plain reason where that cannot be. */
export async function startSshd(options: SshdOptions = {}): Promise<TestSshd> {
  const missing = sshdMissing()
  if (missing) throw new Error(missing)
  mkdirSync('/run/sshd', { recursive: true, mode: 0o755 })
  const directory = mkdtempSync(join(tmpdir(), 'xcp-sshd-'))
  // Users other than root read their authorized keys here.
  chmodSync(directory, 0o755)
  const port = options.port ?? (await freePort())
  const types = options.hostKeys ?? ['ed25519']
  const hostKeys = new Map(types.map((type) => [type, makeKey(join(directory, `host_${type}`), { type })]))
  const config: Record<string, string | readonly string[] | null> = {
    ListenAddress: `127.0.0.1:${String(port)}`,
    HostKey: [...hostKeys.values()].map(({ path }) => path),
    PidFile: 'none',
    AuthorizedKeysFile: join(directory, 'authorized_keys'),
    StrictModes: 'no',
    PermitRootLogin: 'yes',
    PasswordAuthentication: 'no',
    KbdInteractiveAuthentication: 'no',
    UsePAM: 'no',
    LogLevel: 'VERBOSE',
    Subsystem: 'sftp internal-sftp',
    // A bash that is not the outermost reads no .bashrc: root's may take half a second.
    SetEnv: 'SHLVL=1',
    ...options.config,
  }
  const lines = Object.entries(config).flatMap(([name, value]) =>
    value === null ? [] : (typeof value === 'string' ? [value] : value).map((one) => `${name} ${one}`),
  )
  writeFileSync(join(directory, 'authorized_keys'), '')
  writeFileSync(join(directory, 'sshd_config'), `${[...lines, ...(options.tail ?? [])].join('\n')}\n`)
  const server = new TestSshd(port, directory, hostKeys, options.through)
  try {
    await server.start()
  } catch (error) {
    rmSync(directory, { recursive: true, force: true })
    throw error
  }
  return server
}
