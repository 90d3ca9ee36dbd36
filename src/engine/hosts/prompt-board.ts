import { randomUUID } from 'node:crypto'
import { DiagnosticError } from '@shared/errors'
import type { Prompt, PromptAnswer } from '@shared/model/prompt'
import { Notifier } from '../notifier'

/** A prompt without the id it gets on the board; spread over the kinds, so that each keeps its own fields. */
export type NewPrompt<P = Prompt> = P extends Prompt ? Omit<P, 'id'> : never

interface Pending {
  readonly prompt: Prompt
  settle(answer: PromptAnswer): void
}

/**
 * Questions that wait for a person. Every window sees them; the first answer counts. Sessions ask here, so that
 * nothing below them ever opens a dialog.
 */
export class PromptBoard {
  readonly changes = new Notifier()
  readonly #pending = new Map<string, Pending>()

  /** Oldest first. */
  list(): Prompt[] {
    return [...this.#pending.values()].map(({ prompt }) => prompt)
  }

  /** Waits for the answer; an abort takes the question back and counts as `cancel`. */
  ask(question: NewPrompt, signal: AbortSignal): Promise<PromptAnswer> {
    if (signal.aborted) return Promise.resolve({ kind: 'cancel' })
    const prompt: Prompt = { ...question, id: randomUUID() }
    return new Promise((resolve) => {
      const settle = (answer: PromptAnswer): void => {
        signal.removeEventListener('abort', withdraw)
        this.#pending.delete(prompt.id)
        this.changes.notify()
        resolve(answer)
      }
      const withdraw = (): void => settle({ kind: 'cancel' })
      signal.addEventListener('abort', withdraw, { once: true })
      this.#pending.set(prompt.id, { prompt, settle })
      this.changes.notify()
    })
  }

  /** Throws `not-found` for a question that was answered elsewhere or taken back, `bad-request` for an answer of another kind. */
  answer(id: string, answer: PromptAnswer): void {
    const pending = this.#pending.get(id)
    if (!pending) {
      throw new DiagnosticError('not-found', 'This question was answered or taken back already.', {
        where: id,
      })
    }
    if (!fits(pending.prompt, answer)) {
      throw new DiagnosticError('bad-request', `"${answer.kind}" does not answer "${pending.prompt.kind}".`, {
        where: id,
      })
    }
    pending.settle(answer)
  }
}

/** A changed key can only be turned down: there is no answer that trusts it. */
function fits(prompt: Prompt, answer: PromptAnswer): boolean {
  if (answer.kind === 'cancel') return true
  if (prompt.kind === 'identity-unknown') return answer.kind === 'trust'
  return (
    prompt.kind === 'secret' && answer.kind === 'answers' && answer.answers.length === prompt.fields.length
  )
}
