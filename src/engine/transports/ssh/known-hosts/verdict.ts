import { DiagnosticError } from '@shared/errors'
import { defaultSshPort, knownHostsName } from '../host-name'
import { lowerAscii } from '../pattern'
import type { KnownHostEntry, KnownKey } from './entry'
import { fingerprint } from './fingerprint'
import { keyTypeOf, requireKeyType } from './key-blob'
import { entriesFor, entryNames } from './match'

export interface HostKeyQuery {
  readonly host: string
  readonly port: number
  /** HostKeyAlias: looked up instead of host and port. */
  readonly alias?: string | undefined
  /** The type or the algorithm that was negotiated; a key of another type is refused with `bad-data`. */
  readonly keyType: string
  /** The public key as the host sent it. */
  readonly keyBlob: Uint8Array
}

/** `name` is what was looked up: `host`, `[host]:port` or the alias. */
export type HostKeyVerdict =
  | {
      readonly kind: 'known'
      readonly name: string
      readonly keyType: string
      readonly fingerprint: string
      readonly entry: KnownKey
      /** Nothing was known of this port, and the key is the one known for the host on port 22. */
      readonly withoutPort: boolean
    }
  | {
      readonly kind: 'unknown'
      readonly name: string
      readonly keyType: string
      readonly fingerprint: string
      /**
       * The host is known, but by keys of other types. OpenSSH refuses this as a changed key: somebody in
       * between can always offer a type that is not known yet.
       */
      readonly otherTypes: readonly KnownKey[]
      /** The same key under other names: the host may have been renamed, or be reached by another address. */
      readonly sameKeyElsewhere: readonly KnownKey[]
      /** Authorities named for this host; host certificates are not supported, so they vouch for nothing. */
      readonly authorities: readonly KnownKey[]
    }
  | {
      readonly kind: 'changed'
      readonly name: string
      readonly keyType: string
      readonly fingerprint: string
      /** The keys of the same type that the host was known by. */
      readonly old: readonly KnownKey[]
    }
  | {
      readonly kind: 'revoked'
      readonly name: string
      readonly keyType: string
      readonly fingerprint: string
      readonly revokedBy: readonly KnownKey[]
    }

const maxElsewhere = 16

/**
 * What the files say of the key that a host sent. As OpenSSH decides it, with three differences: another
 * type alone is `unknown` (see `otherTypes`); a key revoked for a host is revoked on each of its ports;
 * authorities count as unknown.
 */
export function verdict(entries: readonly KnownHostEntry[], query: HostKeyQuery): HostKeyVerdict {
  const name = lookupName(query)
  const keyType = requireKeyType(query.keyBlob, name)
  if (keyTypeOf(query.keyType) !== keyType) {
    throw new DiagnosticError('bad-data', `The host key is of type ${keyType}, not ${query.keyType}.`, {
      where: name,
      hint: 'The host did not keep to what was negotiated. Do not sign in before you know why.',
    })
  }
  const about = { name, keyType, fingerprint: fingerprint(query.keyBlob) }
  const here = entriesFor(entries, name)
  const bareName = portlessName(query)
  const onHost = bareName === null ? [] : entriesFor(entries, bareName)

  const revokedBy = new Set([...here, ...onHost].filter((entry) => isRevocationOf(entry, query.keyBlob)))
  if (revokedBy.size > 0) return { kind: 'revoked', ...about, revokedBy: [...revokedBy].map(knownKey) }

  const plain = here.filter((entry) => entry.marker === null)
  const same = plain.find((entry) => sameKey(entry, query.keyBlob))
  if (same !== undefined) return { kind: 'known', ...about, entry: knownKey(same), withoutPort: false }
  if (plain.length === 0) {
    const onDefaultPort = onHost.find((entry) => entry.marker === null && sameKey(entry, query.keyBlob))
    if (onDefaultPort !== undefined) {
      return { kind: 'known', ...about, entry: knownKey(onDefaultPort), withoutPort: true }
    }
  }
  const old = plain.filter((entry) => entry.keyType === keyType)
  if (old.length > 0) return { kind: 'changed', ...about, old: old.map(knownKey) }
  return {
    kind: 'unknown',
    ...about,
    otherTypes: plain.map(knownKey),
    sameKeyElsewhere: elsewhere(entries, name, query.keyBlob),
    authorities: here.filter((entry) => entry.marker === 'cert-authority').map(knownKey),
  }
}

/** The name under which OpenSSH would look this host up. */
export function lookupName(query: Pick<HostKeyQuery, 'host' | 'port' | 'alias'>): string {
  return query.alias === undefined ? knownHostsName(query.host, query.port) : lowerAscii(query.alias)
}

/** The name to fall back to on a port other than 22; null where there is none. */
export function portlessName(query: Pick<HostKeyQuery, 'host' | 'port' | 'alias'>): string | null {
  const fallsBack = query.alias === undefined && query.port !== defaultSshPort
  return fallsBack ? knownHostsName(query.host, defaultSshPort) : null
}

export function sameKey(entry: KnownHostEntry, keyBlob: Uint8Array): boolean {
  return Buffer.compare(entry.keyBlob, keyBlob) === 0
}

function isRevocationOf(entry: KnownHostEntry, keyBlob: Uint8Array): boolean {
  return entry.marker === 'revoked' && sameKey(entry, keyBlob)
}

function elsewhere(entries: readonly KnownHostEntry[], name: string, keyBlob: Uint8Array): KnownKey[] {
  return entries
    .filter((entry) => entry.marker === null && sameKey(entry, keyBlob) && !entryNames(entry, name))
    .slice(0, maxElsewhere)
    .map(knownKey)
}

export function knownKey(entry: KnownHostEntry): KnownKey {
  return {
    file: entry.file,
    line: entry.line,
    keyType: entry.keyType,
    fingerprint: fingerprint(entry.keyBlob),
    names: entry.hash === null ? entry.names : null,
  }
}
