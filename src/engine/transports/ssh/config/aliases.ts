import { matchesPattern } from '../pattern'
import type { ConfigLine, LoadedFile, Origin, SshConfig } from './model'

export interface ConfigAlias {
  readonly alias: string
  /** The `Host` line that names it first. */
  readonly origin: Origin
}

/** Patterns, and what could not be typed as a host. */
const notConcrete = /[*?!\p{C}\p{Z}'"`$\\;&<>|(){}]|^-/u

/**
 * The hosts that `Host` lines name in full, once each, in the order of the files; for the import in the
 * connect dialog. Names in included files count only if the lines around the Include apply to them.
 */
export function aliasesOf(config: SshConfig): ConfigAlias[] {
  const found = new Map<string, ConfigAlias>()
  for (const file of config.files) collect(file, [], found)
  return [...found.values()]
}

function collect(file: LoadedFile, around: readonly ConfigLine[], found: Map<string, ConfigAlias>): void {
  let block: ConfigLine | null = null
  for (const line of file.lines) {
    if (line.keyword === 'host') {
      block = line
      for (const alias of line.args) {
        if (notConcrete.test(alias) || alias === '' || found.has(alias)) continue
        if ([...around, line].every((host) => applies(host, alias)))
          found.set(alias, { alias, origin: line.origin })
      }
    } else if (line.keyword === 'match') {
      // What a Match decides is not known before somebody connects.
      block = null
    }
    for (const included of line.included)
      collect(included, block === null ? around : [...around, block], found)
  }
}

function applies(host: ConfigLine, alias: string): boolean {
  const negated = host.args.filter((pattern) => pattern.startsWith('!'))
  return (
    host.args.some((pattern) => matchesPattern(alias, pattern)) &&
    !negated.some((pattern) => matchesPattern(alias, pattern.slice(1)))
  )
}
