import { stat } from 'node:fs/promises'
import { DiagnosticError, toWireError } from '@shared/errors'
import type { SavedAuthentication } from '@shared/model/saved-host'
import { readWholeFile } from '../../files'
import type { AuthenticationMethod } from '../../transports/ssh'
import { shownWord } from '../../transports/ssh/commands/quoting'
import type { ResolvedSshConfig } from '../../transports/ssh/config/model'
import { fingerprint } from '../../transports/ssh/known-hosts/fingerprint'

const largestKey = 256 * 1024

/** What to sign in with, in ssh's order: agent, keys, what the host asks, password. */
export async function signInMethods(
  config: ResolvedSshConfig,
  saved: SavedAuthentication,
): Promise<AuthenticationMethod[]> {
  const files = config.identityFiles.map(({ value }) => value)
  const methods: AuthenticationMethod[] = []
  const socket = config.identityAgent.value
  if (saved.agent && socket !== null) {
    const only = config.identitiesOnly.value ? await publicFingerprints(files) : undefined
    methods.push({ kind: 'agent', socket, only })
  }
  for (const { value: file, origin } of config.identityFiles) {
    const isNamed = origin !== null || saved.keyFiles.length > 0
    const method = await keyMethod(file, isNamed)
    if (method !== null) methods.push(method)
  }
  if (saved.password !== 'never') methods.push({ kind: 'keyboard-interactive' }, { kind: 'password' })
  return methods
}

/** Null where there is nothing to say: a default key that does not exist. */
async function keyMethod(file: string, isNamed: boolean): Promise<AuthenticationMethod | null> {
  // How people keep ssh from trying keys.
  if (file === '/dev/null') return null
  try {
    const content = await readWholeFile(file, largestKey)
    const loose = content === null ? null : await looseMode(file)
    if (loose !== null) return { kind: 'unread-key', label: file, error: unprotected(file, loose) }
    if (content !== null) return { kind: 'key', label: file, text: content.toString('utf8') }
  } catch (thrown) {
    const { message, hint } = toWireError(thrown)
    return {
      kind: 'unread-key',
      label: file,
      error: new DiagnosticError('permission-denied', message, { where: file, hint }),
    }
  }
  if (!isNamed) return null
  const error = new DiagnosticError('not-found', 'There is no such file.', { where: file })
  return { kind: 'unread-key', label: file, error }
}

/** The mode of a key file of our own that others may read, as ssh judges it; null where it is well. */
async function looseMode(file: string): Promise<number | null> {
  const { uid, mode } = await stat(file)
  return uid === process.getuid?.() && (mode & 0o077) !== 0 ? mode & 0o777 : null
}

const unprotected = (file: string, mode: number): DiagnosticError =>
  new DiagnosticError(
    'permission-denied',
    `Its permissions (${mode.toString(8).padStart(4, '0')}) let others read it: it is not used, as ssh would not.`,
    { where: file, hint: `chmod 600 ${shownWord(file)}` },
  )

/** Of the keys whose public halves lie beside the files, as IdentitiesOnly means it. */
async function publicFingerprints(files: readonly string[]): Promise<string[]> {
  const found = await Promise.all(
    files.map(async (file) => {
      const text = await readWholeFile(`${file}.pub`, largestKey).catch(() => null)
      const blob = text?.toString('utf8').trim().split(/\s+/)[1]
      return blob === undefined ? [] : [fingerprint(Buffer.from(blob, 'base64'))]
    }),
  )
  return found.flat()
}
