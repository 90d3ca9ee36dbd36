import { SshConnectError, excerpt } from '../failures'
import type { SshTarget } from '../target'
import type { AskPerson, Question } from './methods'

/** Asks the person on behalf of one sign-in; the server's deadlines stand still meanwhile. */
export interface Person {
  readonly available: boolean
  /** Rejects with `cancelled` when the person gives up. */
  ask(question: Omit<Question, 'hop'>): Promise<readonly string[]>
}

export interface PauseableTimer {
  pause(): void
  resume(): void
}

export function personFor(
  hop: SshTarget,
  ask: AskPerson | undefined,
  timer: PauseableTimer,
  signal: AbortSignal,
): Person {
  return {
    available: ask !== undefined,
    async ask(question) {
      if (ask === undefined) throw new Error('There is nobody to ask.')
      timer.pause()
      try {
        const answers = await ask({ ...cleaned(question), hop }, signal)
        if (answers === null) {
          throw new SshConnectError('authenticate', hop, 'cancelled', 'The sign-in was cancelled.')
        }
        return question.prompts.map((_, index) => answers[index] ?? '')
      } finally {
        timer.resume()
      }
    },
  }
}

const longestText = 2_000

function cleaned(question: Omit<Question, 'hop'>): Omit<Question, 'hop'> {
  return {
    ...question,
    title: excerpt(question.title),
    instructions: excerpt(question.instructions, longestText),
    prompts: question.prompts.map(({ text, secret }) => ({ text: excerpt(text), secret })),
  }
}

/** For a password that has expired. Rejects where nobody can be asked. */
export async function askNewPassword(person: Person, hop: SshTarget, message: string): Promise<string> {
  if (!person.available) throw passwordExpired(hop)
  for (let again = false; ; again = true) {
    const [first = '', second = ''] = await person.ask({
      kind: 'new-password',
      title: `New password of ${hop.user}`,
      instructions: message,
      prompts: [
        { text: 'New password', secret: true },
        { text: 'New password, again', secret: true },
      ],
      again,
    })
    if (first === second && first !== '') return first
  }
}

export function passwordExpired(hop: SshTarget): SshConnectError {
  return new SshConnectError(
    'authenticate',
    hop,
    'authentication-failed',
    `The password of ${hop.user} has expired; the host wants it changed first.`,
    { hint: `Sign in once in a terminal and change it: ssh ${hop.user}@${hop.host}` },
  )
}
