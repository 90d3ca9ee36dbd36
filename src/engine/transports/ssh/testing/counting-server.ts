import { once } from 'node:events'
import type { Connection } from 'ssh2'
import ssh2 from 'ssh2'
import { freePort } from '../../../../../tests/support/sshd'

/** A server that lets everybody in and counts what clients do; its host key can be another at the next rekey. */
export interface CountingServer {
  readonly host: '127.0.0.1'
  readonly port: number
  readonly connections: Connection[]
  /** Methods that clients tried, in order. */
  readonly attempts: string[]
  /** Puts another key in the place of the host key, and begins a key exchange on all connections. */
  rekey(hostKey?: string): Promise<void>
  close(): Promise<void>
}

export interface CountingOptions {
  /** How the server answers the sign-in; default: accepts everything. */
  readonly onAttempt?: (context: ssh2.AuthContext) => void
  /** Somebody else's key, presented without its private half. */
  readonly presents?: string
}

export async function startCountingServer(
  hostKey: string,
  options: CountingOptions = {},
): Promise<CountingServer> {
  const connections: Connection[] = []
  const attempts: string[] = []
  const server = new ssh2.Server({ hostKeys: [hostKey] }, (connection) => {
    connections.push(connection)
    if (options.presents !== undefined) presentKey(connection, options.presents)
    connection.on('error', () => undefined)
    connection.on('authentication', (context) => {
      attempts.push(context.method)
      if (options.onAttempt) options.onAttempt(context)
      else context.accept()
    })
    connection.on('session', (accept) => {
      const session = accept()
      session.on('exec', (_accept, reject) => reject())
      session.on('subsystem', (_accept, reject) => reject())
    })
  })
  const port = await freePort()
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  return {
    host: '127.0.0.1',
    port,
    connections,
    attempts,
    async rekey(other) {
      for (const connection of connections) {
        if (other !== undefined) replaceHostKey(connection, other)
        await new Promise<void>((resolve) => {
          connection.once('close', () => resolve())
          connection.rekey(() => resolve())
        })
      }
    },
    async close() {
      for (const connection of connections) connection.end()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}

/** The library has no way to do this: it is what an attacker in the middle would do. */
function replaceHostKey(connection: Connection, hostKey: string): void {
  const keys = hostKeysOf(connection)
  for (const name of Object.keys(keys)) Reflect.set(keys, name, parsed(hostKey))
}

/** Signs with the own key, but shows another. */
function presentKey(connection: Connection, publicKey: string): void {
  const keys = hostKeysOf(connection)
  const shown = parsed(publicKey).getPublicSSH()
  for (const name of Object.keys(keys)) {
    const own: unknown = Reflect.get(keys, name)
    if (typeof own !== 'object' || own === null) continue
    const impostor = new Proxy(own, {
      get: (target, property): unknown =>
        property === 'getPublicSSH' ? () => shown : Reflect.get(target, property),
    })
    Reflect.set(keys, name, impostor)
  }
}

function hostKeysOf(connection: Connection): object {
  const protocol: unknown = Reflect.get(connection, '_protocol')
  const keys: unknown =
    typeof protocol === 'object' && protocol !== null ? Reflect.get(protocol, '_hostKeys') : null
  if (typeof keys !== 'object' || keys === null) throw new Error('The library has changed.')
  return keys
}

function parsed(key: string): ssh2.ParsedKey {
  const result = ssh2.utils.parseKey(key)
  if (result instanceof Error) throw result
  return result
}
