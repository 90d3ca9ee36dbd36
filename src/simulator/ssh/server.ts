import { once } from 'node:events'
import ssh2, { type Connection, type Session } from 'ssh2'
import { Commands } from './exec'
import { forwardSocket } from './forward'
import type { KeyPair } from './keys'
import { serveFiles } from './sftp'
import { signIn } from './sign-in'
import { ownPath, realCommand } from './virtual-paths'

export interface SshServerOptions {
  /** 0: any that is free. */
  readonly port: number
  /** The folder of the simulated host. */
  readonly root: string
  readonly user: string
  /** Of those who may sign in: `ssh-ed25519 AAAA...` */
  readonly authorized: string
  readonly hostKey: KeyPair
}

const banner = 'This is a SIMULATED XCP host of the diagnostic console.\n'

/** The SSH server of a simulated host, on 127.0.0.1: commands, read-only SFTP, forwarding to its own Unix sockets. */
export class SimulatedSshServer {
  readonly port: number
  readonly #server: ssh2.Server
  readonly #connections: Set<Connection>
  readonly #commands: Commands

  private constructor(port: number, server: ssh2.Server, connections: Set<Connection>, commands: Commands) {
    this.port = port
    this.#server = server
    this.#connections = connections
    this.#commands = commands
  }

  static async start(options: SshServerOptions): Promise<SimulatedSshServer> {
    const connections = new Set<Connection>()
    const commands = new Commands()
    const server = new ssh2.Server(
      { hostKeys: [options.hostKey.private], banner, ident: 'xcp-simulated' },
      (connection) => {
        connections.add(connection)
        connection.on('error', () => undefined)
        connection.on('close', () => connections.delete(connection))
        serve(connection, options, commands)
      },
    )
    server.listen(options.port, '127.0.0.1')
    await once(server, 'listening')
    const address: unknown = server.address()
    const port =
      typeof address === 'object' && address !== null && 'port' in address
        ? Number(address.port)
        : options.port
    return new SimulatedSshServer(port, server, connections, commands)
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()))
    for (const connection of this.#connections) connection.end()
    this.#commands.endAll()
    await closed
  }
}

function serve(connection: Connection, options: SshServerOptions, commands: Commands): void {
  connection.on('authentication', (context) => signIn(context, options.user, options.authorized))
  connection.on('session', (accept) => serveSession(accept(), options.root, commands))
  connection.on('openssh.streamlocal', (accept, reject, { socketPath }) => {
    // Only what the simulated host has: this machine's sockets are not its.
    const path = ownPath(options.root, socketPath)
    if (path === null) reject()
    else forwardSocket(path, accept, reject)
  })
}

function serveSession(session: Session, root: string, commands: Commands): void {
  session.on('env', (accept: (() => void) | undefined) => accept?.())
  session.on('exec', (accept, _reject, { command }) => commands.run(realCommand(root, command), accept()))
  session.on('sftp', (accept) => serveFiles(accept(), root))
}
