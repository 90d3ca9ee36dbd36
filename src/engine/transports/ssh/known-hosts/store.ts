import { randomBytes } from 'node:crypto'
import { resolve } from 'node:path'
import { DiagnosticError, type WireError, toWireError } from '@shared/errors'
import { changeWholeFile, inTurn, readWholeFile } from '../../../files'
import { unchangedOr } from './cache'
import type { KnownHostEntry, KnownHosts } from './entry'
import { keyTypeOfBlob } from './key-blob'
import { knownHostsLine, removalCommand, type NewKnownHost } from './line'
import { entriesFor } from './match'
import { joinKnownHosts, parseKnownHosts } from './parse'
import { lookupName, sameKey } from './verdict'

const maxBytes = 64 * 1024 * 1024

/** The files that are there, in this order: the user's, then the global ones. Others are problems. */
export async function readKnownHosts(files: readonly string[]): Promise<KnownHosts> {
  return joinKnownHosts(await Promise.all(files.map(readOne)))
}

async function readOne(file: string): Promise<KnownHosts> {
  try {
    return await unchangedOr(file, async () => {
      const content = await readWholeFile(file, maxBytes)
      return content === null
        ? { entries: [], problems: [] }
        : parseKnownHosts(content.toString('utf8'), file)
    })
  } catch (thrown) {
    // UserKnownHostsFile /dev/null is how people keep no list at all.
    if (file === '/dev/null') return { entries: [], problems: [] }
    return { entries: [], problems: [{ file, line: null, message: sentence(toWireError(thrown)) }] }
  }
}

const sentence = (error: WireError): string => [error.message, error.hint].filter(Boolean).join(' ')

export interface AddOptions {
  /** HashKnownHosts. Where it is not given, a name is hashed if the file holds hashed names already. */
  readonly hash?: boolean | undefined
}

export interface AddedKnownHost {
  /** False when the file held this key for this host already; it was left alone then. */
  readonly added: boolean
  readonly file: string
  /** Of the new line or of the one that was there, from 1. */
  readonly line: number
}

/**
 * Appends a key to a file, which is made where it is missing. Old or new, never a mixture is left behind;
 * nothing is ever replaced: another key of the same type or a revocation of this one is a `conflict`.
 */
export function addKnownHost(
  file: string,
  key: Omit<NewKnownHost, 'salt'>,
  options: AddOptions = {},
): Promise<AddedKnownHost> {
  return inTurn(`known hosts ${resolve(file)}`, () => addNow(file, key, options))
}

async function addNow(file: string, key: NewKnownHost, options: AddOptions): Promise<AddedKnownHost> {
  let result: AddedKnownHost | undefined
  await changeWholeFile(file, maxBytes, (content) => {
    const { entries } = parseKnownHosts(content.toString('utf8'), file)
    const present = checkAgainst(entries, file, key)
    if (present !== null) {
      result = { added: false, file, line: present.line }
      return null
    }
    const hash = options.hash ?? entries.some((entry) => entry.hash !== null)
    const line = knownHostsLine({ ...key, salt: hash ? randomBytes(20) : undefined })
    const lineBreak = content.length > 0 && content.at(-1) !== 0x0a ? '\n' : ''
    const extended = Buffer.concat([content, Buffer.from(`${lineBreak}${line}\n`)])
    result = { added: true, file, line: extended.filter((byte) => byte === 0x0a).length }
    return extended
  })
  if (result === undefined) throw new DiagnosticError('internal', 'The key was not written.', { where: file })
  return result
}

/** The entry that says the same already; a contradiction is an error. */
function checkAgainst(
  entries: readonly KnownHostEntry[],
  file: string,
  key: NewKnownHost,
): KnownHostEntry | null {
  const named = entriesFor(entries, lookupName(key))
  const revoked = named.find((entry) => entry.marker === 'revoked' && sameKey(entry, key.keyBlob))
  if (revoked !== undefined) {
    throw new DiagnosticError('conflict', 'This key is marked as revoked and cannot be trusted.', {
      where: `${file}:${revoked.line}`,
      hint: 'Ask whoever runs the host for its new key.',
    })
  }
  const plain = named.filter((entry) => entry.marker === null)
  const present = plain.find((entry) => sameKey(entry, key.keyBlob))
  if (present !== undefined) return present
  const keyType = keyTypeOfBlob(key.keyBlob)
  const other = plain.find((entry) => entry.keyType === keyType)
  if (other === undefined) return null
  throw new DiagnosticError('conflict', `The host is known by another key of type ${other.keyType}.`, {
    where: `${file}:${other.line}`,
    hint: `If the host really has a new key, remove the old one: ${removalCommand(file, key)}`,
  })
}
