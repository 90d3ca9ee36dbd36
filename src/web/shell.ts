import type { Server } from 'node:http'
import { restartPolicy, type RestartPolicy } from '@shared/engine-keeper'
import { loopbackDoor } from '../server/access'
import { AttemptLimit } from '../server/attempt-limit'
import { createLimitedServer } from '../server/limits'
import { RefusalLog } from '../server/refusal-log'
import { OneUseTokens } from '../server/tokens'
import { EngineSupervisor } from './engine-supervisor'
import { shellLimits, type ShellLimits } from './limits'
import { RpcDoor } from './rpc-door'
import { Sessions } from './sessions'
import { shellAccess } from './shell-access'
import { route, type Assets } from './shell-routes'

export interface ShellOptions {
  /** 0: any free port. */
  readonly port: number
  /** Program of the engine's process. */
  readonly engineModule: string
  readonly assets: (server: Server) => Assets | Promise<Assets>
  /** A line for the terminal. */
  readonly log: (line: string) => void
  readonly limits?: ShellLimits
  readonly restart?: RestartPolicy
  /** Milliseconds that never jump. */
  readonly now?: () => number
}

export interface Shell {
  readonly port: number
  readonly origin: string
  readonly engine: Pick<EngineSupervisor, 'state' | 'pid' | 'start' | 'restart'>
  /** A new address with a one-use launch token. `onGone`: the token was used, or is forgotten. */
  launchUrl(onGone?: () => void): string
  /** Ends the engine, then every connection. */
  close(): Promise<void>
}

/** Serves the console on 127.0.0.1. Rejects when the port cannot be had. */
export async function startShell(options: ShellOptions): Promise<Shell> {
  const { log, limits = shellLimits, now = () => performance.now() } = options
  const refusals = new RefusalLog({ write: log, now })
  const sessions = new Sessions(limits.sessions)
  const tokens = new OneUseTokens({
    lifetime: limits.tokens.lifetime,
    capacity: limits.tokens.pending,
    now,
  })
  const attempts = new AttemptLimit({ ...limits.attempts, now })
  const engine = new EngineSupervisor({
    module: options.engineModule,
    policy: options.restart ?? restartPolicy,
    log,
    onState: (state) => rpcDoor.engineIs(state),
    onMessage: (message) => rpcDoor.receive(message),
  })
  const rpcDoor = new RpcDoor({
    engine,
    limits: limits.sockets,
    refused: (refusal) => refusals.add(refusal, 'a WebSocket'),
  })

  const server = createLimitedServer(limits.server, (refusal, what) => refusals.add(refusal, what))
  const assets = await options.assets(server)
  const port = await listen(server, options.port)
  const door = loopbackDoor(port)
  route(server, {
    access: shellAccess(door, limits.headers),
    session: { tokens, sessions, attempts, bodyBytes: limits.sessionBytes },
    assets,
    rpcDoor,
    refusals,
    log,
  })
  engine.start()

  return {
    port,
    origin: door.origin,
    engine,
    launchUrl: (onGone) => `http://127.0.0.1:${port}/#token=${tokens.issue(onGone)}`,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      await engine.stop()
      server.closeAllConnections()
      await closed
    },
  }
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    // The address is a constant on purpose: there is no option that opens the console to a network.
    server.listen({ host: '127.0.0.1', port, exclusive: true }, () => {
      server.off('error', reject)
      const address = server.address()
      if (address === null || typeof address === 'string') reject(new Error('The server has no port.'))
      else resolve(address.port)
    })
  })
}
