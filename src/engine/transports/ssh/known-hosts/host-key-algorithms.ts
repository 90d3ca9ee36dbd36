import type { KnownHostEntry } from './entry'
import { keyTypeOf } from './key-blob'
import { entriesFor } from './match'
import { lookupName, portlessName, sameKey, type HostKeyQuery } from './verdict'

/**
 * The algorithms in the order in which to offer them: those whose key type is known for this host first,
 * otherwise as they were. Without this a host that is known by one type could present another and would
 * seem new. As OpenSSH does, the list stays untouched when the type of its first algorithm is known.
 */
export function preferKnownAlgorithms(
  entries: readonly KnownHostEntry[],
  target: Pick<HostKeyQuery, 'host' | 'port' | 'alias'>,
  algorithms: readonly string[],
): string[] {
  const known = knownTypes(entries, target)
  const isKnown = (algorithm: string) => known.has(keyTypeOf(algorithm))
  const first = algorithms[0]
  if (first !== undefined && isKnown(first)) return [...algorithms]
  return [...algorithms.filter(isKnown), ...algorithms.filter((algorithm) => !isKnown(algorithm))]
}

/** The key types by which a host is known; on an unknown port those of the host itself. */
export function knownTypes(
  entries: readonly KnownHostEntry[],
  target: Pick<HostKeyQuery, 'host' | 'port' | 'alias'>,
): Set<string> {
  const types = typesUnder(entries, lookupName(target))
  const bareName = portlessName(target)
  return types.size > 0 || bareName === null ? types : typesUnder(entries, bareName)
}

function typesUnder(entries: readonly KnownHostEntry[], name: string): Set<string> {
  const named = entriesFor(entries, name)
  const revoked = named.filter((entry) => entry.marker === 'revoked')
  const trusted = named.filter(
    (entry) => entry.marker === null && !revoked.some((other) => sameKey(other, entry.keyBlob)),
  )
  return new Set(trusted.map((entry) => entry.keyType))
}
