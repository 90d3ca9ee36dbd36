import { readFile } from 'node:fs/promises'
import { isAborted } from '@shared/errors'
import type { SavedAuthentication } from '@shared/model/saved-host'
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
  for (const file of files) {
    const text = await readKey(file)
    if (text !== null) methods.push({ kind: 'key', label: file, text })
  }
  if (saved.password !== 'never') methods.push({ kind: 'keyboard-interactive' }, { kind: 'password' })
  return methods
}

/** A missing default key is no news; one that cannot be read is left to the host's refusal, which names what was tried. */
async function readKey(file: string): Promise<string | null> {
  try {
    const text = await readFile(file, 'utf8')
    return text.length <= largestKey ? text : null
  } catch {
    return null
  }
}

/** Of the keys whose public halves lie beside the files, as IdentitiesOnly means it. */
async function publicFingerprints(files: readonly string[]): Promise<string[]> {
  const found = await Promise.all(
    files.map(async (file) => {
      const blob = (await readKey(`${file}.pub`))?.trim().split(/\s+/)[1]
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
