import { createHash } from 'node:crypto'
import { isAborted, toWireError } from '@shared/errors'
import { SshConnectError, targetText, type Question, type SshTarget } from '../../transports/ssh'
import { endpointKey } from '../../transports/ssh/target'
import { Secret, type Vault } from '../../vault'
import type { PromptBoard } from '../prompt-board'
import type { Attempt } from './attempt'
import type { Notes } from './notes'

/** As long as a name in the vault may be. */
const longestName = 256

export interface QuestionServices {
  /** The id of the saved host. */
  readonly host: string
  readonly prompts: PromptBoard
  readonly vault: Vault
  readonly notes: Notes
  readonly attempt: Attempt
}

/** Answers what one attempt to sign in asks: from the vault where it may, and from a person otherwise. */
export class SignInQuestions {
  readonly #services: QuestionServices
  /** What the person wants kept, once it has been of use. */
  readonly #toKeep = new Map<string, Secret>()
  /** Names of what came from the vault. */
  readonly #fromVault = new Set<string>()
  /** The password that came from the vault, where it was the last thing that was asked for. */
  #lastKept: { readonly name: string; readonly hop: SshTarget } | null = null

  constructor(services: QuestionServices) {
    this.#services = services
  }

  /** Answers in the order of the prompts; null when the person gives up. */
  async ask(question: Question, signal: AbortSignal): Promise<readonly string[] | null> {
    const name = secretName(question)
    this.#lastKept = null
    if (name !== null && question.again) await this.#wasWrong(name)
    const mayBeKept = name !== null && !question.again
    const kept = mayBeKept ? await keptSecret(this.#services.vault, name) : null
    const answers = kept ?? (await this.#askPerson(question, name, signal))
    if (typeof answers !== 'string') return answers
    if (name !== null) this.#fromVault.add(name)
    if (name !== null && question.kind === 'password') this.#lastKept = { name, hop: question.hop }
    return [answers]
  }

  /** The connection is made: what was typed is right, and kept where the person wants that. */
  async accepted(): Promise<void> {
    for (const [name, secret] of this.#toKeep) {
      await this.#note(name, 'could not be remembered', () => this.#services.vault.set(name, secret))
      secret.wipe()
    }
    this.#toKeep.clear()
  }

  /** The attempt failed: a remembered password that was refused is not sent a second time. */
  async failed(error: unknown): Promise<void> {
    for (const secret of this.#toKeep.values()) secret.wipe()
    this.#toKeep.clear()
    const last = this.#lastKept
    const isRefusal = error instanceof SshConnectError && error.code === 'authentication-failed'
    if (last !== null && isRefusal && error.hop === last.hop) await this.#wasWrong(last.name)
  }

  async #wasWrong(name: string): Promise<void> {
    this.#toKeep.get(name)?.wipe()
    this.#toKeep.delete(name)
    if (!this.#fromVault.delete(name)) return
    await this.#note(name, 'is wrong, and could not be forgotten', () => this.#services.vault.delete(name))
  }

  /** The answers, or the one answer that the vault gave meanwhile. */
  async #askPerson(
    question: Question,
    name: string | null,
    signal: AbortSignal,
  ): Promise<readonly string[] | string | null> {
    const { host, prompts, vault, attempt } = this.#services
    const end = new AbortController()
    const ended = AbortSignal.any([signal, end.signal])
    const { hop, title, instructions, again } = question
    const asked = prompts.ask(
      {
        kind: 'secret',
        host,
        hop: targetText(hop),
        target: hop === attempt.target,
        title,
        instructions,
        fields: question.prompts.map(({ text, secret }) => ({ label: text, secret })),
        again,
        rememberable: name !== null,
      },
      ended,
    )
    const found = name === null || again ? asked : keptOnceUnlocked(vault, name, ended)
    const answer = await attempt.answered(Promise.race([asked, found]), signal)
    end.abort()
    if (typeof answer === 'string') return answer
    if (answer?.kind !== 'answers') return null
    const [secret] = answer.answers
    if (answer.remember && name !== null && secret !== undefined) this.#toKeep.set(name, new Secret(secret))
    return answer.answers
  }

  /** A vault that fails keeps nobody out, but the person is told. */
  async #note(name: string, what: string, work: () => Promise<void>): Promise<void> {
    try {
      await work()
      this.#services.notes.set(`remembered: ${name}`, undefined)
    } catch (thrown) {
      const { message, hint } = toWireError(thrown)
      const why = [message, hint].filter(Boolean).join(' ')
      this.#services.notes.set(`remembered: ${name}`, `The ${name} ${what}. ${why}`)
    }
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

/**
 * The vault's name of what is asked for; null for what is good only once, as codes are. One address behind two jump
 * hosts is two hosts.
 */
function secretName({ kind, hop, title, prompts }: Question): string | null {
  if (prompts.length !== 1) return null
  if (kind === 'passphrase') return bounded(`ssh ${title}`)
  if (kind !== 'password') return null
  const way = hop.via === undefined ? '' : ` via ${endpointKey(hop.via)}`
  return bounded(`ssh password ${targetText(hop)}${way}`)
}

const bounded = (name: string): string =>
  name.length <= longestName ? name : `ssh ${createHash('sha256').update(name).digest('hex')}`

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
