/** OpenSSH's client configuration, ssh_config(5), as far as it concerns how to reach a host. */

/** A file to read, in order of precedence: the person's own first. */
export interface ConfigFile {
  readonly path: string
  readonly scope: 'user' | 'system'
}

/** A line, from 1. */
export interface Origin {
  readonly file: string
  readonly line: number
}

export interface ConfigWarning {
  /**
   * `mistake`: ssh itself would stop here; the line is passed over. `unsupported`: ssh would act on the
   * line and this console does not, so that connecting may fail or differ. `note`: worth knowing.
   */
  readonly kind: 'mistake' | 'unsupported' | 'note'
  readonly message: string
  readonly hint?: string | undefined
  readonly origin: Origin | null
}

/** A value and the line it comes from; null for a default or what was typed. */
export interface Setting<T> {
  readonly value: T
  readonly origin: Origin | null
}

/** A line with a keyword and at least one argument. */
export interface ConfigLine {
  readonly origin: Origin
  /** In lower case. */
  readonly keyword: string
  /** What stands behind the keyword, as written. */
  readonly rest: string
  /** The same, split into words, quotes removed; comments end it. */
  readonly args: readonly string[]
  /** Of an `Include` line: the files it names that were there. */
  readonly included: readonly LoadedFile[]
}

export interface LoadedFile extends ConfigFile {
  readonly lines: readonly ConfigLine[]
}

/** Configuration files with all that they include, ready to be asked for any number of hosts. */
export interface SshConfig {
  readonly files: readonly LoadedFile[]
  readonly warnings: readonly ConfigWarning[]
}

/** One host of ProxyJump. */
export interface JumpHop {
  readonly user: string | null
  /** A name or an alias of the configuration, or an address without brackets. */
  readonly host: string
  readonly port: number | null
}

export type StrictHostKeyChecking = 'yes' | 'no' | 'ask' | 'accept-new'

/** Everything that the files and what was typed say about one host. */
export interface ResolvedSshConfig {
  /** What was asked for. */
  readonly alias: string
  readonly hostName: Setting<string>
  readonly user: Setting<string>
  readonly port: Setting<number>
  /** In the order to try them; `written` is the path before it was expanded. */
  readonly identityFiles: readonly (Setting<string> & { readonly written: string })[]
  /** The agent's socket; null where there is none or it was turned off. */
  readonly identityAgent: Setting<string | null>
  readonly identitiesOnly: Setting<boolean>
  /** From the first host to dial to the one next to the target; empty for a direct connection. */
  readonly proxyJump: Setting<readonly JumpHop[]>
  /** A command that would have to be run to reach the host; it is not run here. */
  readonly proxyCommand: Setting<string | null>
  /** In lower case; looked up in known_hosts instead of host and port. */
  readonly hostKeyAlias: Setting<string | null>
  readonly userKnownHostsFiles: Setting<readonly string[]>
  readonly globalKnownHostsFiles: Setting<readonly string[]>
  readonly hashKnownHosts: Setting<boolean>
  /** Read to be shown; it never weakens what the console does. */
  readonly strictHostKeyChecking: Setting<StrictHostKeyChecking>
  /** Seconds; null where nothing is said. */
  readonly connectTimeout: Setting<number | null>
  /** Seconds, 0 for never; null where nothing is said. */
  readonly serverAliveInterval: Setting<number | null>
  readonly serverAliveCountMax: Setting<number | null>
  readonly warnings: readonly ConfigWarning[]
}
