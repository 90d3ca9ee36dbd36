import { aliasesOf, type ConfigAlias } from './aliases'
import { loadSshConfig, type LoadContext } from './load'
import type { ConfigFile, ResolvedSshConfig } from './model'
import { resolveLoaded, type ResolveContext } from './resolve'
import { routeTo, type SshRoute } from './route'

/** Reads the files and says what they mean for one host, called by an alias, a name or an address. */
export async function resolveSshConfig(
  files: readonly ConfigFile[],
  alias: string,
  context: LoadContext & ResolveContext,
): Promise<ResolvedSshConfig> {
  return resolveLoaded(await loadSshConfig(files, context), alias, context)
}

/** The same with the jump hosts on the way. */
export async function resolveSshRoute(
  files: readonly ConfigFile[],
  alias: string,
  context: LoadContext & ResolveContext,
): Promise<SshRoute> {
  return routeTo(await loadSshConfig(files, context), alias, context)
}

/** The hosts that the files name in full. */
export async function listAliases(
  files: readonly ConfigFile[],
  context: LoadContext,
): Promise<ConfigAlias[]> {
  return aliasesOf(await loadSshConfig(files, context))
}
