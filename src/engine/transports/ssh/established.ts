import { Socket } from 'node:net'
import { DiagnosticError } from '@shared/errors'
import { deferred } from '../common/deferred'
import { ChannelGate } from './channel-gate'
import { measureClockOffset, type ClockOffset } from './clock-offset'
import { exec } from './commands/exec'
import { spawnCommand } from './commands/spawn'
import type { Connection } from './connection'
import { discover, type Discovered } from './discover'
import { errorOf, failure } from './failures'
import type { RemoteFiles } from './files/remote-files'
import { openTcp, openUnix } from './forward'
import type { Hop } from './hop'
import { HostCost } from './host-cost'
import { Lifetime } from './lifetime'
import { defaultKeepalive, type SshConnectOptions } from './options'
import { PeerWatch } from './peer-watch'
import type { SshEnding, SshTransport } from './ssh-transport'
import { endpointText, targetText } from './target'

const defaultChannels = 4
const clockInterval = 5 * 60_000
const costInterval = 15_000
/** How long `close` waits for each server to hang up. */
const goodbyeGrace = 300

/** Makes the transport of a chain of hops that are signed in, after a look at what the last one offers. */
export async function establish(
  hops: readonly Hop[],
  options: SshConnectOptions,
  signal: AbortSignal,
): Promise<SshTransport> {
  const [first] = hops
  const last = hops.at(-1)
  if (first === undefined || last === undefined || !(first.stream instanceof Socket)) {
    throw new DiagnosticError('internal', 'A connection without a socket.')
  }
  const session = new Session(hops, last, first.stream, options)
  options.onStage?.('discover', last.target)
  const found = await discover(session.connection, signal).catch((thrown: unknown) => {
    session.abandon()
    throw thrown
  })
  // Lost or given up in the middle of it: what was found then says nothing about the host.
  const { reason } = session.connection.lifetime
  if (reason !== undefined) throw reason
  if (signal.aborted) {
    session.abandon()
    throw errorOf(signal.reason)
  }
  session.begin(found)
  return session.transport(found)
}

/** One connection from its sign-in to its end. */
class Session {
  readonly connection: Connection
  readonly #hops: readonly Hop[]
  readonly #last: Hop
  readonly #socket: Socket
  readonly #lifetime = new Lifetime()
  readonly #ended = deferred<SshEnding>()
  readonly #watch: PeerWatch
  readonly #timers: NodeJS.Timeout[] = []
  #files: RemoteFiles | null = null
  #clock: ClockOffset | null = null
  #cost: HostCost | null = null
  #corked: NodeJS.Immediate | undefined
  #closing: Promise<void> | undefined

  constructor(hops: readonly Hop[], last: Hop, socket: Socket, options: SshConnectOptions) {
    this.#hops = hops
    this.#last = last
    this.#socket = socket
    this.connection = {
      target: last.target,
      label: `ssh ${last.target.user}@${endpointText(last.target)}`,
      client: last.client,
      lifetime: this.#lifetime,
      gate: new ChannelGate(options.maxChannels ?? defaultChannels),
      polledFiles: new Set(),
      batch: () => this.#batch(),
    }
    const keepalive = { ...defaultKeepalive, ...options.keepalive }
    this.#watch = new PeerWatch(last.stream, keepalive, () => this.#onDead(keepalive))
    for (const hop of hops) hop.life.onEnd((error) => this.#lost(error))
  }

  begin(found: Discovered): void {
    if (this.#lifetime.reason !== undefined) return
    this.#files = found.files
    if (found.commandsReason === null) {
      this.#every(clockInterval, async () => {
        this.#clock = (await measureClockOffset(this.connection, undefined)) ?? this.#clock
      })
    }
    if (found.files !== null && found.serverProcess !== null) {
      const cost = new HostCost(found.files, found.serverProcess)
      this.#cost = cost
      this.#every(costInterval, () => cost.refresh())
    }
  }

  transport(found: Discovered): SshTransport {
    const connection = this.connection
    const files = found.files ?? noFiles(connection, found)
    return {
      kind: 'ssh',
      label: connection.label,
      negotiated: this.#last.negotiated,
      get facts() {
        return {
          files: found.filesKind,
          filesReason: found.filesReason,
          commandsReason: found.commandsReason,
          sessions: connection.gate.sessionLimit,
        }
      },
      ended: this.#ended.promise,
      exec: (command, limits) => exec(connection, command, limits),
      spawn: (command, limits) => spawnCommand(connection, command, limits),
      openTcp: (target, limits) => openTcp(connection, target, limits),
      openUnix: (path, limits) => openUnix(connection, path, limits),
      readFile: (path, limits) => files.readFile(path, limits),
      openFile: (path, limits) => files.openFile(path, limits),
      openForReading: (path, limits) => files.openForReading(path, limits),
      readDirectory: (path, limits) => files.readDirectory(path, limits),
      fileSystemUse: (paths, limits) => files.fileSystemUse(paths, limits),
      clockOffset: () => this.#clock,
      cost: () => ({
        ...(this.#cost?.cpu ?? { cpuSeconds: null }),
        bytesRead: this.#socket.bytesRead,
        bytesWritten: this.#socket.bytesWritten,
      }),
      close: () => this.close(),
    }
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  /** At once, without a word to the host. */
  abandon(): void {
    this.#end(
      new DiagnosticError('connection-lost', 'The connection was given up.', {
        where: this.connection.label,
      }),
      { kind: 'closed' },
    )
    for (const hop of [...this.#hops].reverse()) hop.stream.destroy()
  }

  async #close(): Promise<void> {
    const reason = new DiagnosticError('connection-lost', 'The connection was closed here.', {
      where: this.connection.label,
    })
    this.#end(reason, { kind: 'closed' })
    for (const hop of [...this.#hops].reverse()) {
      hop.client.end()
      await new Promise<void>((resolve) => {
        const timer = setTimeout(() => hop.stream.destroy(), goodbyeGrace)
        hop.life.onEnd(() => {
          clearTimeout(timer)
          resolve()
        })
      })
    }
  }

  #onDead({ interval, count }: { interval: number; count: number }): void {
    const { target } = this.#last
    this.#lost(
      new DiagnosticError(
        'connection-lost',
        `${targetText(target)} has not answered for ${(interval * (count + 1)) / 1000} s.`,
        { where: this.connection.label, hint: 'The host may hang, or the network between failed.' },
      ),
    )
    // `end` would wait for the peer, and so for ever.
    for (const hop of [...this.#hops].reverse()) hop.stream.destroy()
  }

  #lost(error: DiagnosticError): void {
    this.#end(error, { kind: 'lost', error })
    for (const hop of [...this.#hops].reverse()) hop.stream.destroy()
  }

  #end(reason: DiagnosticError, ending: SshEnding): void {
    this.#watch.stop()
    for (const timer of this.#timers.splice(0)) clearInterval(timer)
    clearImmediate(this.#corked)
    this.#socket.uncork()
    this.#files?.close()
    this.#lifetime.end(reason)
    this.#ended.resolve(ending)
  }

  #every(interval: number, work: () => Promise<void>): void {
    // A failed measurement leaves the value as it was.
    const run = (): void => void work().catch(() => undefined)
    run()
    this.#timers.push(setInterval(run, interval))
  }

  #batch(): void {
    if (this.#corked !== undefined) return
    this.#socket.cork()
    this.#corked = setImmediate(() => {
      this.#corked = undefined
      this.#socket.uncork()
    })
  }
}

function noFiles(connection: Connection, { filesReason }: Discovered): RemoteFiles {
  const refuse = (): Promise<never> =>
    Promise.reject(
      failure(
        'not-supported',
        `${connection.label} gives this account neither SFTP nor a shell: no file can be read.`,
        { doing: 'Reading files', where: connection.label },
        filesReason ?? undefined,
      ),
    )
  return {
    readFile: refuse,
    openFile: refuse,
    openForReading: refuse,
    readDirectory: refuse,
    fileSystemUse: refuse,
    close: () => undefined,
  }
}
