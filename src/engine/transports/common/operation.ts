import type { DiagnosticError } from '@shared/errors'
import type { OperationOptions } from '../transport'
import { onAbort } from './abort'
import { longestDelay } from './deadlines'
import { cancelled, timedOut, type Subject } from './failures'

export interface Operation<T> {
  readonly subject: Subject
  readonly limits: OperationOptions | undefined
  /** Milliseconds, where the limits give none. */
  readonly defaultDeadline: number
  /** `ended` tells the work that it is given up, with the error as its reason. */
  readonly work: (ended: AbortSignal) => Promise<T>
  /** Gets what arrives too late. */
  readonly discard: (value: T) => void
  /** What the work threw, as the caller is to see it. */
  readonly errorOf: (thrown: unknown) => Error
  /** Has the operation given up at the end of the connection; returns how to stop that. */
  readonly onEnd: (abandon: (error: DiagnosticError) => void) => () => void
}

/**
 * Runs one operation under the caller's signal, a deadline and the life of the connection. The promise settles with the
 * first of them, whether or not the work notices: a thread that hangs in the kernel cannot be cancelled, only left
 * behind.
 */
export function runOperation<T>(operation: Operation<T>): Promise<T> {
  const { subject, limits, defaultDeadline, work, discard, errorOf, onEnd } = operation
  return new Promise((resolve, reject) => {
    const signal = limits?.signal
    const controller = new AbortController()
    const deadline = Math.min(limits?.deadline ?? defaultDeadline, longestDelay)

    const settle = (): void => {
      clearTimeout(timer)
      unlisten()
      disown()
    }
    const abandon = (error: DiagnosticError): void => {
      settle()
      controller.abort(error)
      reject(error)
    }
    const timer = setTimeout(() => abandon(timedOut(subject, deadline)), deadline)
    const unlisten = onAbort(signal, () => signal && abandon(cancelled(subject, signal)))
    const disown = onEnd(abandon)

    ;(async () => work(controller.signal))().then(
      (value) => {
        if (controller.signal.aborted) return discard(value)
        settle()
        resolve(value)
      },
      (thrown: unknown) => {
        if (controller.signal.aborted) return
        settle()
        reject(errorOf(thrown))
      },
    )
  })
}
