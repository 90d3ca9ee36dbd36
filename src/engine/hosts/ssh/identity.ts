import { toWireError } from '@shared/errors'
import type { KnownKeyView } from '@shared/model/prompt'
import type { ResolvedSshConfig } from '../../transports/ssh/config/model'
import type { HostIdentity, IdentityVerdict } from '../../transports/ssh'
import { targetText } from '../../transports/ssh/target'
import type { KnownKey } from '../../transports/ssh/known-hosts/entry'
import { removalCommand } from '../../transports/ssh/known-hosts/line'
import { addKnownHost, readKnownHosts } from '../../transports/ssh/known-hosts/store'
import { verdict, type HostKeyVerdict } from '../../transports/ssh/known-hosts/verdict'
import type { PromptBoard } from '../prompt-board'
import type { Attempt } from './attempt'
import type { Notes } from './notes'

/** A key that a person trusts and that no file names. */
interface TrustedKey {
  readonly keyBlob: Uint8Array
  /** Whether it was to be written to `known_hosts`. */
  readonly remember: boolean
}

/** What a key is judged by. */
export interface Judgement {
  readonly config: ResolvedSshConfig
  /** Fingerprints, one of which a host that is known must have as well; none to trust what is known. */
  readonly pins: readonly string[]
  readonly attempt: Attempt
}

interface Asking {
  readonly attempt: Attempt
  readonly signal: AbortSignal
  /** What could not be looked into; empty where all could. */
  readonly problem: string
}

const longestProblem = 4_096

/** Decides whether a host is the right one: by the known_hosts files, then by a person. Nothing was sent to it yet. */
export class IdentityJudge {
  readonly #host: string
  readonly #prompts: PromptBoard
  /** By the name they would have been saved under. */
  readonly #trusted = new Map<string, TrustedKey>()
  readonly #notes: Notes

  /** The notes tell of lists of known hosts that could not be read or written. */
  constructor(host: string, prompts: PromptBoard, notes: Notes) {
    this.#host = host
    this.#prompts = prompts
    this.#notes = notes
  }

  async judge(
    identity: HostIdentity,
    { config, pins, attempt }: Judgement,
    signal: AbortSignal,
  ): Promise<IdentityVerdict> {
    const query = queryFor(identity, config)
    const files = [...config.userKnownHostsFiles.value, ...config.globalKnownHostsFiles.value]
    const { entries, problems } = await readKnownHosts(files)
    const unread: string[] = []
    for (const file of files) {
      const problem = problems.find((one) => one.file === file && one.line === null)
      const detail = problem && `${file} is passed over: ${problem.message}`
      this.#note(file, detail)
      if (detail !== undefined) unread.push(detail)
    }
    const asking: Asking = { attempt, signal, problem: unread.join(' ') }
    const found = verdict(entries, query)
    switch (found.kind) {
      case 'known':
        return pins.length === 0 || pins.includes(identity.fingerprint)
          ? { accepted: true }
          : this.#otherThanPinned(identity)
      case 'revoked':
        return refused(
          `The key of ${found.name} is marked as revoked (${placesOf(found.revokedBy)}).`,
          'Do not sign in; ask whoever runs the host for its new key.',
        )
      case 'changed':
        return this.#changed(identity, query, found.old, asking)
      case 'unknown':
        // As ssh does: somebody in between only had to offer a type that is not known yet.
        if (found.otherTypes.length > 0) return this.#changed(identity, query, found.otherTypes, asking)
        return this.#unknown(identity, query, found, config, asking)
    }
  }

  #otherThanPinned(identity: HostIdentity): IdentityVerdict {
    const { keyType, fingerprint, showCommand } = this.#about(identity)
    return refused(
      `The key of ${targetText(identity.hop)} is not the one that was given, although it is known: it shows the ${keyType} key ${fingerprint}.`,
      `Compare it on the host itself: ${showCommand}`,
    )
  }

  async #changed(
    identity: HostIdentity,
    query: Query,
    old: readonly KnownKey[],
    { attempt, signal }: Asking,
  ): Promise<IdentityVerdict> {
    const file = old[0]?.file
    const removal = file === undefined ? '' : removalCommand(file, query)
    const asked = this.#prompts.ask(
      {
        kind: 'identity-changed',
        ...this.#about(identity),
        old: old.map(viewOf),
        removalCommand: removal,
      },
      signal,
    )
    await attempt.answered(asked, signal)
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
    { attempt, signal, problem }: Asking,
  ): Promise<IdentityVerdict> {
    const before = this.#trusted.get(found.name)
    if (before && Buffer.compare(before.keyBlob, identity.keyBlob) === 0)
      return this.#accepted(before, query, found.name, config)
    const asked = this.#prompts.ask(
      {
        kind: 'identity-unknown',
        ...this.#about(identity),
        sameKeyElsewhere: found.sameKeyElsewhere.map(viewOf),
        ...(problem !== '' && { problem: problem.slice(0, longestProblem) }),
      },
      signal,
    )
    const answer = await attempt.answered(asked, signal)
    if (answer.kind !== 'trust') return refused(`The key of ${found.name} was not accepted.`)
    const trusted = { keyBlob: identity.keyBlob, remember: answer.remember }
    this.#trusted.set(found.name, trusted)
    return this.#accepted(trusted, query, found.name, config)
  }

  /** Trusted for as long as the console runs; what could not be saved is tried again with each connection. */
  #accepted(
    { remember }: TrustedKey,
    query: Query,
    name: string,
    config: ResolvedSshConfig,
  ): IdentityVerdict {
    const file = config.userKnownHostsFiles.value[0]
    if (!remember || file === undefined) return { accepted: true }
    const { value, origin } = config.hashKnownHosts
    const hash = origin === null ? undefined : value
    return { accepted: true, proven: () => void this.#save(file, query, hash, name) }
  }

  /** A list that cannot be written keeps nobody out, but the person is told. */
  async #save(file: string, query: Query, hash: boolean | undefined, name: string): Promise<void> {
    try {
      await addKnownHost(file, query, { hash })
      this.#note(name, undefined)
    } catch (thrown) {
      const { message, hint } = toWireError(thrown)
      const why = [`${file}: ${message}`, hint].filter(Boolean).join(' ')
      this.#note(
        name,
        `The key of ${name} could not be saved, so that it is asked for again when the console was restarted. ${why}`,
      )
    }
  }

  /** `about` is a file or the name of a host; without a detail all is well with it. */
  #note(about: string, detail: string | undefined): void {
    this.#notes.set(`known hosts: ${about}`, detail)
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
