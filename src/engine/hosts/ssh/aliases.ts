import type { SshAlias } from '@shared/model/connection'
import { aliasesOf } from '../../transports/ssh/config/aliases'
import { loadSshConfig, usualConfigFiles } from '../../transports/ssh/config/load'
import { resolveLoaded } from '../../transports/ssh/config/resolve'
import { localContext } from './route'

/** The hosts that the person's ssh configuration names, each as ssh would reach it. */
export async function sshAliases(context = localContext()): Promise<SshAlias[]> {
  const config = await loadSshConfig(usualConfigFiles(context.home), context)
  return aliasesOf(config).map(({ alias, origin }) => {
    const resolved = resolveLoaded(config, alias, context)
    return {
      alias,
      hostName: resolved.hostName.value,
      user: resolved.user.value,
      port: resolved.port.value,
      via: resolved.proxyJump.value.map(({ host }) => host),
      where: `${origin.file}:${origin.line}`,
      warnings: resolved.warnings.map(({ message }) => message),
    }
  })
}
