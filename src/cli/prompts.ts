import { DiagnosticError } from '@shared/errors'
import type { Prompt, PromptAnswer } from '@shared/model/prompt'
import { exitCode, Failure } from './exit'
import { plain, plainLines } from './text'
import type { Ask } from './terminal'

export interface AnswerSources {
  readonly fingerprints: readonly string[]
  /** Read from a file descriptor. */
  readonly password: string | null
  /** Null where there is no terminal. */
  readonly ask: Ask | null
  readonly write: (text: string) => void
}

type Of<K> = Extract<Prompt, { kind: K }>

/** Answers what the engine asks for while it connects. Nothing is remembered: neither keys nor secrets. */
export class Answers {
  readonly #from: AnswerSources
  /** Whether the host was given the password of the file descriptor. */
  #given = false

  constructor(from: AnswerSources) {
    this.#from = from
  }

  /** Throws a {@link Failure} where there is no answer. */
  async answer(prompt: Prompt, signal: AbortSignal): Promise<PromptAnswer> {
    switch (prompt.kind) {
      case 'identity-unknown':
        return this.#unknown(prompt)
      case 'identity-changed':
        throw changed(prompt)
      case 'secret':
        return { kind: 'answers', answers: await this.#secrets(prompt, signal), remember: false }
    }
  }

  #unknown({ hop, keyType, fingerprint, showCommand, problem }: Of<'identity-unknown'>): PromptAnswer {
    const { fingerprints } = this.#from
    // It may be revoked there, or known by another key.
    if (problem !== undefined) {
      throw refused(
        `Whether the key of ${hop} is known cannot be told: ${problem}`,
        'Make the list readable, or take it out of the ssh configuration (UserKnownHostsFile, GlobalKnownHostsFile).',
      )
    }
    if (fingerprints.includes(fingerprint)) return { kind: 'trust', remember: false }
    const seen = `it shows the ${keyType} key ${fingerprint}`
    const message =
      fingerprints.length > 0
        ? `The key of ${hop} is not the one that was given: ${seen}.`
        : `The key of ${hop} is not known: ${seen}.`
    throw refused(
      message,
      `Compare it on the host itself: ${showCommand}\n  If it is the same: --fingerprint ${fingerprint}`,
    )
  }

  async #secrets(prompt: Of<'secret'>, signal: AbortSignal): Promise<string[]> {
    const fromDescriptor = this.#fromDescriptor(prompt)
    if (fromDescriptor !== null) return [fromDescriptor]
    const { ask, write } = this.#from
    // As ssh does: another key may need none.
    if (ask === null && isPassphrase(prompt)) return ['']
    if (ask === null) {
      throw unanswered(
        `${prompt.hop} asks for "${prompt.fields[0]?.label.trim() ?? prompt.title}", and there is no terminal to ask on.`,
        'Load a key into the SSH agent (ssh-add), name a key file without passphrase (IdentityFile in ~/.ssh/config), or give the password with --password-fd.',
      )
    }
    if (prompt.again) write('That was not accepted.\n')
    write(`${plain(prompt.title)} (${plain(prompt.hop)})\n`)
    if (prompt.instructions) write(`${plainLines(prompt.instructions)}\n`)
    const answers: string[] = []
    for (const { label, secret } of prompt.fields) {
      const answer = await ask(`${plain(label).trim().replace(/:$/, '')}: `, secret, signal)
      if (answer === null) throw unanswered('The sign-in was cancelled.')
      answers.push(answer)
    }
    return answers
  }

  /** The password once, to the host itself and to no jump host; for the passphrase of a key it is tried, and then the key is passed over. */
  #fromDescriptor(prompt: Of<'secret'>): string | null {
    const { hop, target, fields, again } = prompt
    const { password, ask } = this.#from
    const [field, ...more] = fields
    if (password === null || !field?.secret || more.length > 0) return null
    if (isPassphrase(prompt)) return again && ask ? null : again ? '' : password
    if (!target) return null
    if (this.#given) {
      throw unanswered(
        `${hop} did not accept the password of the file descriptor.`,
        'Check the user name and the password.',
      )
    }
    this.#given = true
    return password
  }
}

/** Of a key. A host may call its own question so as well; what a host asks for can never be kept. */
const isPassphrase = ({ title, rememberable }: Of<'secret'>): boolean =>
  rememberable && title.startsWith('Passphrase of ')

function changed({
  hop,
  keyType,
  fingerprint,
  showCommand,
  old,
  removalCommand,
}: Of<'identity-changed'>): Failure {
  const before = old.map((key) => `${key.keyType} ${key.fingerprint} (${key.where})`).join(', ')
  const removal = removalCommand && `\n  If you know why it changed, remove the old one: ${removalCommand}`
  return refused(
    `The key of ${hop} has changed: it shows the ${keyType} key ${fingerprint}; known is ${before}. Somebody may be listening in.`,
    `Compare it on the host itself: ${showCommand}${removal}`,
  )
}

const refused = (message: string, hint: string): Failure =>
  new Failure(
    exitCode.identityRefused,
    new DiagnosticError('identity-refused', message, { hint }),
    'identity',
  )

const unanswered = (message: string, hint?: string): Failure =>
  new Failure(
    exitCode.authenticationFailed,
    new DiagnosticError('authentication-failed', message, { hint }),
    'authenticate',
  )
