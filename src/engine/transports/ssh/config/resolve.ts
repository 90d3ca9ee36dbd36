import { canonicalHost, defaultSshPort } from '../host-name'
import { lowerAscii } from '../pattern'
import { isNone, type Draft } from './draft'
import { Evaluation } from './evaluate'
import {
  expandTilde,
  expandTokens,
  pathTokens,
  type ConnectionFacts,
  type Expanded,
  type Tokens,
} from './expand'
import type { ConfigWarning, JumpHop, Origin, ResolvedSshConfig, Setting, SshConfig } from './model'
import { printable } from './words'

export interface ResolveContext {
  /** The local user's name, id and home directory. */
  readonly user: string
  readonly userId?: number | undefined
  readonly home: string
  /** This machine's name, for `%l`, `%L` and `%C`. */
  readonly localHost?: string | undefined
  readonly environment: Readonly<Record<string, string | undefined>>
  /** What was typed, which counts before the files. */
  readonly typed?: TypedOptions | undefined
}

export interface TypedOptions {
  readonly user?: string | undefined
  readonly port?: number | undefined
  /** Tried before the files' own. */
  readonly identityFiles?: readonly string[] | undefined
  readonly proxyJump?: readonly JumpHop[] | undefined
}

const defaultIdentityFiles = ['~/.ssh/id_rsa', '~/.ssh/id_ecdsa', '~/.ssh/id_ed25519']
const defaultUserKnownHosts = ['~/.ssh/known_hosts', '~/.ssh/known_hosts2']
const defaultGlobalKnownHosts = ['/etc/ssh/ssh_known_hosts', '/etc/ssh/ssh_known_hosts2']
const controlCharacter = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u

/** What the configuration says of a host, whatever it is called in it. The files are not read again. */
export function resolveLoaded(config: SshConfig, alias: string, context: ResolveContext): ResolvedSshConfig {
  return new Resolution(config, alias, context).result()
}

class Resolution {
  readonly #alias: string
  readonly #context: ResolveContext
  readonly #draft: Draft
  readonly #warnings: ConfigWarning[]
  readonly #hostName: Setting<string>
  readonly #facts: ConnectionFacts
  readonly #tokens: Tokens

  constructor(config: SshConfig, alias: string, context: ResolveContext) {
    this.#alias = alias
    this.#context = context
    const evaluation = new Evaluation({ alias, localUser: context.user })
    this.#draft = evaluation.draft
    this.#takeTyped(context.typed)
    evaluation.walk(config, alias, false)
    this.#warnings = [...config.warnings, ...evaluation.warnings]
    this.#hostName = this.#takeHostName()
    if (evaluation.wantsFinal) {
      const before = evaluation.warnings.length
      this.#draft.settings.hostName = this.#hostName
      evaluation.walk(config, this.#hostName.value, true)
      this.#warnings.push(...evaluation.warnings.slice(before))
    }
    this.#facts = {
      localHost: context.localHost ?? '',
      localUser: context.user,
      localUserId: context.userId ?? 0,
      home: context.home,
      alias,
      hostName: this.#hostName.value,
      hostKeyAlias:
        this.#draft.settings.hostKeyAlias === undefined
          ? null
          : lowerAscii(this.#draft.settings.hostKeyAlias.value),
      port: this.#draft.settings.port?.value ?? defaultSshPort,
      user: this.#draft.settings.user?.value ?? context.user,
    }
    this.#tokens = pathTokens(this.#facts)
  }

  result(): ResolvedSshConfig {
    const draft = this.#draft.settings
    const strict = draft.strictHostKeyChecking ?? { value: 'ask', origin: null }
    if (strict.value === 'no' || strict.value === 'accept-new') {
      const message = `StrictHostKeyChecking ${strict.value} is not followed: a host with a new key is always shown, one with a changed key refused.`
      this.#warn('note', message, strict.origin)
    }
    const settings = {
      alias: this.#alias,
      hostName: this.#hostName,
      user: { value: this.#facts.user, origin: draft.user?.origin ?? null },
      port: { value: this.#facts.port, origin: draft.port?.origin ?? null },
      identityFiles: this.#identityFiles(),
      identityAgent: this.#identityAgent(),
      identitiesOnly: draft.identitiesOnly ?? { value: false, origin: null },
      proxyJump: this.#proxyJump(),
      proxyCommand: this.#proxyCommand(),
      hostKeyAlias: { value: this.#facts.hostKeyAlias, origin: draft.hostKeyAlias?.origin ?? null },
      userKnownHostsFiles: this.#files(draft.userKnownHostsFiles, defaultUserKnownHosts, true),
      globalKnownHostsFiles: this.#files(draft.globalKnownHostsFiles, defaultGlobalKnownHosts, false),
      hashKnownHosts: draft.hashKnownHosts ?? { value: false, origin: null },
      strictHostKeyChecking: strict,
      connectTimeout: draft.connectTimeout ?? { value: null, origin: null },
      serverAliveInterval: draft.serverAliveInterval ?? { value: null, origin: null },
      serverAliveCountMax: draft.serverAliveCountMax ?? { value: null, origin: null },
    }
    this.#refuseControlCharacters(settings.user, 'user name')
    return { ...settings, warnings: this.#warnings }
  }

  #takeTyped(typed: TypedOptions | undefined): void {
    const { user, port, proxyJump, identityFiles = [] } = typed ?? {}
    if (user !== undefined) this.#draft.settings.user = { value: user, origin: null }
    if (port !== undefined) this.#draft.settings.port = { value: port, origin: null }
    if (proxyJump !== undefined) this.#draft.settings.proxyJump = { value: proxyJump, origin: null }
    for (const value of identityFiles) {
      this.#draft.identityFiles.push({ value, origin: null, scope: 'user' })
    }
  }

  #takeHostName(): Setting<string> {
    const written = this.#draft.settings.hostName
    const origin = written?.origin ?? null
    const name =
      written === undefined
        ? this.#alias
        : this.#expanded('HostName', written.value, origin, { h: this.#alias })
    const setting = { value: canonicalHost(name ?? this.#alias), origin }
    this.#refuseControlCharacters(setting, 'host name')
    return setting
  }

  #identityFiles(): ResolvedSshConfig['identityFiles'] {
    const configured = this.#draft.identityFiles
    const usual = defaultIdentityFiles.map((value) => ({ value, origin: null }))
    const files: (Setting<string> & { readonly written: string })[] = []
    for (const { value: written, origin } of configured.length > 0 ? configured : usual) {
      if (isNone(written)) continue
      const value = this.#expandedPath('IdentityFile', written, origin)
      if (value === null || files.some((file) => file.value === value)) continue
      if (!value.startsWith('/')) {
        const message = `IdentityFile ${printable(written)} is a relative path: it begins where the console was started.`
        this.#warn('note', message, origin, 'Write the path from ~/ or from /.')
      }
      files.push({ value, origin, written })
    }
    return files
  }

  #identityAgent(): Setting<string | null> {
    const written = this.#draft.settings.identityAgent
    const fromEnvironment = (name: string) => this.#context.environment[name] || null
    if (written === undefined) return { value: fromEnvironment('SSH_AUTH_SOCK'), origin: null }
    const { origin } = written
    const value = this.#expandedPath('IdentityAgent', written.value, origin)
    if (value === null || value === 'none') return { value: null, origin }
    if (value === 'SSH_AUTH_SOCK') return { value: fromEnvironment('SSH_AUTH_SOCK'), origin }
    return { value: value.startsWith('$') ? fromEnvironment(value.slice(1)) : value, origin }
  }

  #proxyJump(): Setting<readonly JumpHop[]> {
    const { value: hops, origin } = this.#draft.settings.proxyJump ?? { value: [], origin: null }
    const tokens = {
      h: this.#facts.hostName,
      n: this.#alias,
      p: String(this.#facts.port),
      r: this.#facts.user,
    }
    const expand = (text: string) => this.#expanded('ProxyJump', text, origin, tokens) ?? text
    return {
      value: hops.map(({ user, host, port }) => ({
        user: user === null ? null : expand(user),
        host: expand(host),
        port,
      })),
      origin,
    }
  }

  #proxyCommand(): Setting<string | null> {
    const written = this.#draft.settings.proxyCommand
    if (written === undefined || isNone(written.value))
      return { value: null, origin: written?.origin ?? null }
    const jumps =
      /\bssh\b.*\s-W\s*\[?%h\]?:%p/.test(written.value) || /\bssh\b.*\s(nc|netcat)\s/.test(written.value)
    this.#warn(
      'unsupported',
      'ProxyCommand is not supported: the console runs no commands of the configuration.',
      written.origin,
      jumps
        ? 'This one goes through another SSH host: write "ProxyJump user@that-host" instead.'
        : 'If it leads through another SSH host, write "ProxyJump user@that-host" instead.',
    )
    return written
  }

  #files(
    written: Setting<readonly string[]> | undefined,
    usual: readonly string[],
    withTokens: boolean,
  ): Setting<readonly string[]> {
    const { value: files, origin } = written ?? { value: usual, origin: null }
    const expand = (file: string) =>
      withTokens
        ? this.#expandedPath('UserKnownHostsFile', file, origin)
        : this.#afterTilde('GlobalKnownHostsFile', file, origin)
    const value = files.filter((file) => !isNone(file)).map(expand)
    return { value: value.filter((file) => file !== null), origin }
  }

  #afterTilde(keyword: string, written: string, origin: Origin | null): string | null {
    return this.#valueOf(keyword, expandTilde(written, this.#context), origin)
  }

  #expandedPath(keyword: string, written: string, origin: Origin | null): string | null {
    const path = this.#afterTilde(keyword, written, origin)
    if (path === null) return null
    return this.#valueOf(keyword, expandTokens(path, this.#tokens, this.#context.environment), origin)
  }

  #expanded(keyword: string, written: string, origin: Origin | null, tokens: Tokens): string | null {
    return this.#valueOf(keyword, expandTokens(written, tokens), origin)
  }

  #valueOf(keyword: string, expanded: Expanded, origin: Origin | null): string | null {
    if ('value' in expanded) return expanded.value
    this.#warn('mistake', `${keyword} is passed over: ${expanded.mistake}`, origin)
    return null
  }

  /** They could hide from the person where a connection goes. */
  #refuseControlCharacters(setting: Setting<string>, what: string): void {
    if (!controlCharacter.test(setting.value)) return
    this.#warn('mistake', `The ${what} ${printable(setting.value)} holds control characters.`, setting.origin)
  }

  #warn(kind: ConfigWarning['kind'], message: string, origin: Origin | null, hint?: string): void {
    this.#warnings.push({ kind, message, hint, origin })
  }
}
