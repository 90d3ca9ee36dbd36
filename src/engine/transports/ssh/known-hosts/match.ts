import { createHmac } from 'node:crypto'
import { matchHostList } from '../pattern'
import type { KnownHostEntry } from './entry'

/** The digest of a name under a salt, as it stands behind `|1|salt|`. */
export function nameDigest(name: string, salt: Uint8Array): string {
  return createHmac('sha1', salt).update(name).digest('base64')
}

/**
 * Whether a line speaks of this name, given as `knownHostsName` makes it. A negated pattern that matches
 * takes the line away, whatever else it names.
 */
export function entryNames(entry: KnownHostEntry, name: string): boolean {
  if (entry.hash !== null) return nameDigest(name, entry.hash.salt) === entry.hash.digest
  return matchHostList(name, entry.names) === 'match'
}

/** The lines of any marker that speak of this name. */
export function entriesFor(entries: readonly KnownHostEntry[], name: string): KnownHostEntry[] {
  return entries.filter((entry) => entryNames(entry, name))
}
