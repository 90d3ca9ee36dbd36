import { DiagnosticError } from '@shared/errors'
import { shownWord } from '../commands/quoting'
import { requireKeyType } from './key-blob'
import { nameDigest } from './match'
import { lookupName, type HostKeyQuery } from './verdict'

export interface NewKnownHost extends Pick<HostKeyQuery, 'host' | 'port' | 'alias' | 'keyBlob'> {
  /** 20 random bytes to hash the name with; without them the name is written as it is. */
  readonly salt?: Uint8Array | undefined
}

/** What could be read as a pattern, a second name, another field, a marker or a comment. */
const unsafeInName = /[^\x21-\x7e]|[*?!,|#@"'\\]/

/** A line of known_hosts without its end, as ssh writes it. A name that is not one host's is refused. */
export function knownHostsLine(key: NewKnownHost): string {
  const name = lookupName(key)
  if (name === '' || unsafeInName.test(name)) {
    throw new DiagnosticError('bad-request', 'This host name cannot be written to known_hosts.', {
      where: JSON.stringify(name),
      hint: 'Use the plain name or address of one host, without spaces, commas or wildcards.',
    })
  }
  const keyType = requireKeyType(key.keyBlob, name)
  const names = key.salt === undefined ? name : hashedName(name, key.salt)
  return `${names} ${keyType} ${Buffer.from(key.keyBlob).toString('base64')}`
}

function hashedName(name: string, salt: Uint8Array): string {
  return `|1|${Buffer.from(salt).toString('base64')}|${nameDigest(name, salt)}`
}

/** The command that takes a host out of a file, for a person to run after checking the new key. */
export function removalCommand(file: string, target: Pick<HostKeyQuery, 'host' | 'port' | 'alias'>): string {
  return `ssh-keygen -f ${shownWord(file)} -R ${shownWord(lookupName(target))}`
}
