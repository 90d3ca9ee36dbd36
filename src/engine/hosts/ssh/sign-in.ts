import { stat } from 'node:fs/promises'
import { DiagnosticError, isAborted, toWireError } from '@shared/errors'
import type { SavedAuthentication } from '@shared/model/saved-host'
import { readWholeFile } from '../../files'
import type { AskPerson, AuthenticationMethod, Question } from '../../transports/ssh'
import type { ResolvedSshConfig } from '../../transports/ssh/config/model'
import { fingerprint } from '../../transports/ssh/known-hosts/fingerprint'
import { targetText } from '../../transports/ssh/target'
import { Secret, type Vault } from '../../vault'
import type { PromptBoard } from '../prompt-board'

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
    { where: file, hint: `chmod 600 ${file}` },
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

/** Answers a sign-in's questions from the vault where it may, and from a person otherwise. */
export function askThrough(host: string, prompts: PromptBoard, vault: Vault): AskPerson {
  return async (question, signal) => {
    const name = secretName(question)
    // What was kept was tried already where the host asks again.
    const kept = name === null || question.again ? null : await keptSecret(vault, name)
    if (kept !== null) return [kept]
    const end = new AbortController()
    const ended = AbortSignal.any([signal, end.signal])
    const asked = prompts.ask(
      {
        kind: 'secret',
        host,
        hop: targetText(question.hop),
        title: question.title,
        instructions: question.instructions,
        fields: question.prompts.map(({ text, secret }) => ({ label: text, secret })),
        again: question.again,
        rememberable: name !== null,
      },
      ended,
    )
    const found = name === null || question.again ? asked : keptOnceUnlocked(vault, name, ended)
    const answer = await Promise.race([asked, found])
    end.abort()
    if (typeof answer === 'string') return [answer]
    if (answer?.kind !== 'answers') return null
    const [secret] = answer.answers
    if (answer.remember && name !== null && secret !== undefined) await vault.set(name, new Secret(secret))
    return answer.answers
  }
}

/** What the vault holds as soon as it is unlocked, while the person is being asked; null at the abort. */
async function keptOnceUnlocked(vault: Vault, name: string, signal: AbortSignal): Promise<string | null> {
  while (!isAborted(signal)) {
    const { version } = vault.changes
    const kept = await keptSecret(vault, name)
    if (kept !== null) return kept
    await vault.changes.changed(version, signal)
  }
  return null
}

/** The vault's name of what is asked for; null for what is good only once, as codes are. */
function secretName({ kind, hop, title, prompts }: Question): string | null {
  if (prompts.length !== 1) return null
  if (kind === 'password') return `ssh password ${targetText(hop)}`
  return kind === 'passphrase' ? `ssh ${title}` : null
}

/** A vault that is locked or damaged is as good as an empty one: the person is asked. */
async function keptSecret(vault: Vault, name: string): Promise<string | null> {
  try {
    const secret = await vault.get(name)
    const text = secret?.reveal() ?? null
    secret?.wipe()
    return text
  } catch {
    return null
  }
}
