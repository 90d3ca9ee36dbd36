import { homedir, hostname, userInfo } from 'node:os'
import { loadSshConfig, usualConfigFiles } from '../../transports/ssh/config/load'
import type { JumpHop, ResolvedSshConfig } from '../../transports/ssh/config/model'
import type { ResolveContext } from '../../transports/ssh/config/resolve'
import { routeTo } from '../../transports/ssh/config/route'
import type { SshTarget } from '../../transports/ssh/target'
import type { SavedHost } from '@shared/model/saved-host'

/** The way to a saved host, and for each host on it all that the person's ssh configuration says. */
export interface PlannedRoute {
  readonly target: SshTarget
  /** By hop, jump hosts included. */
  configOf(hop: SshTarget): ResolvedSshConfig
}

/** The account that the console runs under. */
export function localContext(): ResolveContext {
  const { username, uid } = userInfo()
  return { user: username, userId: uid, home: homedir(), localHost: hostname(), environment: process.env }
}

/** What was saved counts before what ~/.ssh/config says, as typed options do for ssh. */
export async function planRoute(saved: SavedHost, context = localContext()): Promise<PlannedRoute> {
  const config = await loadSshConfig(usualConfigFiles(context.home), context)
  const { address, via, authentication } = saved
  const proxyJump = via.map(({ host, port, user }): JumpHop => ({ host, port, user }))
  const route = routeTo(config, address.host, {
    ...context,
    typed: {
      user: address.user ?? undefined,
      port: address.port ?? undefined,
      identityFiles: authentication.keyFiles,
      proxyJump: proxyJump.length > 0 ? proxyJump : undefined,
    },
  })
  const configs = new Map<SshTarget, ResolvedSshConfig>()
  let target: SshTarget | undefined
  for (const hop of [...route.jumps, route.target]) {
    target = { host: hop.hostName.value, port: hop.port.value, user: hop.user.value, via: target }
    configs.set(target, hop)
  }
  const last = target ?? { host: address.host, port: address.port ?? 22, user: address.user ?? context.user }
  return { target: last, configOf: (hop) => configs.get(hop) ?? route.target }
}
