import { DiagnosticError } from '@shared/errors'
import { targetText, type SshTarget } from '../../transports/ssh'

/** One attempt to connect: whether a person was there to answer what it asked. */
export class Attempt {
  readonly target: SshTarget
  #unanswered = false

  constructor(target: SshTarget) {
    this.target = target
  }

  /** Waits for a person's answer; `signal` tells that the attempt ended, perhaps before they gave one. */
  async answered<T>(asking: Promise<T>, signal: AbortSignal): Promise<T> {
    // At once and not after the await: the attempt fails in the same moment.
    const missed = (): void => void (this.#unanswered = true)
    signal.addEventListener('abort', missed, { once: true })
    try {
      return await asking
    } finally {
      signal.removeEventListener('abort', missed)
    }
  }

  /** Asking again and again while nobody is there would lock accounts out: such an attempt is not repeated by itself. */
  reasonOf(error: unknown): unknown {
    if (!this.#unanswered) return error
    return new DiagnosticError(
      'cancelled',
      'The attempt to connect ended before its question was answered.',
      {
        where: targetText(this.target),
        hint: 'Connect again, and answer within the time that the host gives for a sign-in (LoginGraceTime).',
        cause: error,
      },
    )
  }
}
