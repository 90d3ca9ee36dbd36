import type { KnownKeyView } from '@shared/model/prompt'
import type { ResolvedSshConfig } from '../../transports/ssh/config/model'
import type { HostIdentity, IdentityVerdict } from '../../transports/ssh'
import { targetText } from '../../transports/ssh/target'
import type { KnownKey } from '../../transports/ssh/known-hosts/entry'
import { removalCommand } from '../../transports/ssh/known-hosts/line'
import { addKnownHost, readKnownHosts } from '../../transports/ssh/known-hosts/store'
import { verdict, type HostKeyVerdict } from '../../transports/ssh/known-hosts/verdict'
import type { PromptBoard } from '../prompt-board'

/** Decides whether a host is the right one: by the known_hosts files, then by a person. Nothing was sent to it yet. */
export class IdentityJudge {
  readonly #host: string
  readonly #prompts: PromptBoard
  /** Keys that a person trusted without saving them, by the name they would have been saved under. */
  readonly #trusted = new Map<string, Uint8Array>()

  constructor(host: string, prompts: PromptBoard) {
    this.#host = host
    this.#prompts = prompts
  }

  async judge(
    identity: HostIdentity,
    config: ResolvedSshConfig,
    signal: AbortSignal,
  ): Promise<IdentityVerdict> {
    const query = queryFor(identity, config)
    const files = [...config.userKnownHostsFiles.value, ...config.globalKnownHostsFiles.value]
    const found = verdict((await readKnownHosts(files)).entries, query)
    switch (found.kind) {
      case 'known':
        return { accepted: true }
      case 'revoked':
        return refused(`The key of ${found.name} is marked as revoked (${placesOf(found.revokedBy)}).`)
      case 'changed':
        return this.#changed(identity, query, found.old, signal)
      case 'unknown':
        // As ssh does: somebody in between only had to offer a type that is not known yet.
        if (found.otherTypes.length > 0) return this.#changed(identity, query, found.otherTypes, signal)
        return this.#unknown(identity, query, found, config, signal)
    }
  }

  async #changed(
    identity: HostIdentity,
    query: Query,
    old: readonly KnownKey[],
    signal: AbortSignal,
  ): Promise<IdentityVerdict> {
    const file = old[0]?.file
    const removal = file === undefined ? '' : removalCommand(file, query)
    await this.#prompts.ask(
      {
        kind: 'identity-changed',
        ...this.#about(identity),
        old: old.map(viewOf),
        removalCommand: removal,
      },
      signal,
    )
    return refused(
      `The key of ${targetText(identity.hop)} has changed: it was another one in ${placesOf(old)}.`,
      removal && `If you know why, remove the old key: ${removal}`,
    )
  }

  async #unknown(
    identity: HostIdentity,
    query: Query,
    found: Of<'unknown'>,
    config: ResolvedSshConfig,
    signal: AbortSignal,
  ): Promise<IdentityVerdict> {
    const trusted = this.#trusted.get(found.name)
    if (trusted && Buffer.compare(trusted, identity.keyBlob) === 0) return { accepted: true }
    const answer = await this.#prompts.ask(
      {
        kind: 'identity-unknown',
        ...this.#about(identity),
        sameKeyElsewhere: found.sameKeyElsewhere.map(viewOf),
      },
      signal,
    )
    if (answer.kind !== 'trust') return refused(`The key of ${found.name} was not accepted.`)
    this.#trusted.set(found.name, identity.keyBlob)
    const file = config.userKnownHostsFiles.value[0]
    if (!answer.remember || file === undefined) return { accepted: true }
    const hash = config.hashKnownHosts.value || undefined
    // A list that cannot be written keeps nobody out: the key is trusted for this session all the same.
    return { accepted: true, proven: () => void addKnownHost(file, query, { hash }).catch(() => undefined) }
  }

  #about(identity: HostIdentity): {
    host: string
    hop: string
    keyType: string
    fingerprint: string
    showCommand: string
  } {
    return {
      host: this.#host,
      hop: targetText(identity.hop),
      keyType: identity.keyType,
      fingerprint: identity.fingerprint,
      showCommand: `ssh-keygen -lf /etc/ssh/${publicKeyFile(identity.keyType)}`,
    }
  }
}

type Of<K> = Extract<HostKeyVerdict, { kind: K }>
type Query = ReturnType<typeof queryFor>

function queryFor(identity: HostIdentity, config: ResolvedSshConfig) {
  const { hop, keyType, keyBlob } = identity
  return { host: hop.host, port: hop.port, alias: config.hostKeyAlias.value ?? undefined, keyType, keyBlob }
}

/** Where OpenSSH keeps the host key of a type. */
function publicKeyFile(keyType: string): string {
  const type = keyType.startsWith('ecdsa') ? 'ecdsa' : keyType === 'ssh-rsa' ? 'rsa' : 'ed25519'
  return `ssh_host_${type}_key.pub`
}

const refused = (reason: string, hint?: string): IdentityVerdict => ({
  accepted: false,
  reason,
  hint: hint || undefined,
})
const viewOf = (key: KnownKey): KnownKeyView => ({
  where: `${key.file}:${key.line}`,
  keyType: key.keyType,
  fingerprint: key.fingerprint,
})
const placesOf = (keys: readonly KnownKey[]): string =>
  keys.map(({ file, line }) => `${file}:${line}`).join(', ')
