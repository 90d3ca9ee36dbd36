import type { HashedName, KnownHostEntry, KnownHostMarker, KnownHostProblem, KnownHosts } from './entry'
import { isKeyType, keyTypeOf, keyTypeOfBlob } from './key-blob'

const saltLength = 20
const strictBase64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/

/** Reads one file's text. Lines that cannot be used are problems, never errors: the others still count. */
export function parseKnownHosts(text: string, file: string): KnownHosts {
  const entries: KnownHostEntry[] = []
  const problems: KnownHostProblem[] = []
  for (const [index, written] of text.split('\n').entries()) {
    const result = parseLine(written)
    if (result === null) continue
    if (typeof result === 'string') problems.push({ file, line: index + 1, message: result })
    else entries.push({ file, line: index + 1, ...result })
  }
  return { entries, problems }
}

/** Puts files together in the order in which they are searched: the user's, then the global ones. */
export function joinKnownHosts(parts: readonly KnownHosts[]): KnownHosts {
  return {
    entries: parts.flatMap((part) => part.entries),
    problems: parts.flatMap((part) => part.problems),
  }
}

/** An entry, the reason why there is none, or null for blank lines and comments. */
function parseLine(written: string): Omit<KnownHostEntry, 'file' | 'line'> | string | null {
  // As in OpenSSH, a NUL ends the line; CR before the line's end belongs to no field.
  const line = (written.split('\0')[0] ?? '').replace(/\r$/, '').replace(/^[ \t]+/, '')
  if (line === '' || line.startsWith('#')) return null
  const marked = readMarkers(line)
  if (typeof marked === 'string') return marked
  const [names, afterNames] = firstField(marked.rest)
  const hash = names.startsWith('|') ? readHash(names) : null
  if (names.startsWith('|') && hash === null) return 'The hashed host name is not of the form |1|salt|hash.'
  const [typeName, afterType] = firstField(afterNames)
  const [base64, comment] = firstField(afterType)
  if (typeName === '' || typeName.startsWith('#') || base64 === '') return 'The line ends before the key.'
  const type = keyTypeOf(typeName)
  if (!isKeyType(type)) return `Keys of type ${printable(typeName)} are not supported.`
  const keyBlob = decodeBase64(base64)
  if (keyBlob === null) return 'The key is not valid base64.'
  const keyType = keyTypeOfBlob(keyBlob)
  if (keyType === null) return 'The key is damaged or cut off.'
  if (keyType !== type) return `The line says ${type}, but the key is of type ${keyType}.`
  return { marker: marked.marker, names, hash, keyType, keyBlob, comment: comment.trimEnd() }
}

function readMarkers(line: string): { marker: KnownHostMarker | null; rest: string } | string {
  if (!line.startsWith('@')) return { marker: null, rest: line }
  const [name, rest] = firstField(line)
  const marker = name === '@revoked' ? 'revoked' : name === '@cert-authority' ? 'cert-authority' : null
  if (marker === null) return `The marker ${printable(name)} is not known.`
  if (rest.startsWith('@')) return 'A line may have one marker only.'
  return { marker, rest }
}

/** Fields are separated by spaces and tabs. */
function firstField(text: string): [field: string, rest: string] {
  const end = text.search(/[ \t]/)
  return end < 0 ? [text, ''] : [text.slice(0, end), text.slice(end).replace(/^[ \t]+/, '')]
}

function readHash(names: string): HashedName | null {
  const [empty, version, salt64, digest, more] = names.split('|')
  if (empty !== '' || version !== '1' || salt64 === undefined || digest === undefined || more !== undefined) {
    return null
  }
  const salt = decodeBase64(salt64)
  return salt?.length === saltLength ? { salt, digest } : null
}

/** Null for anything that an encoder would not have written. */
function decodeBase64(text: string): Uint8Array | null {
  if (text === '' || !strictBase64.test(text)) return null
  const bytes = Buffer.from(text, 'base64')
  return bytes.toString('base64') === text ? bytes : null
}

/** A word of the file for a message: short, and without characters that could upset a terminal. */
function printable(word: string): string {
  const visible = word.replace(/[^\x21-\x7e]/g, '?')
  return `"${visible.length > 40 ? `${visible.slice(0, 40)}...` : visible}"`
}
