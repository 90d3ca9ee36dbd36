import type { DiagnosticError } from '@shared/errors'
import { onAbort } from '../local/abort'
import { longestDelay } from '../local/deadlines'
import type { OperationOptions } from '../transport'
import { cancelled, errorOf, failure, timedOut, type Subject } from './failures'

const nothing = (): void => undefined

/** The life of one connection: when it ends, everything that is under way ends with its reason. */
export class Lifetime {
  readonly #callbacks = new Set<(reason: DiagnosticError) => void>()
  #reason: DiagnosticError | undefined

  get reason(): DiagnosticError | undefined {
    return this.#reason
  }

  /** The first reason stays. */
  end(reason: DiagnosticError): void {
    if (this.#reason !== undefined) return
    this.#reason = reason
    const callbacks = [...this.#callbacks]
    this.#callbacks.clear()
    for (const callback of callbacks) callback(reason)
  }

  /** Calls back once, at once if it has ended; returns how to stop listening. */
  onEnd(callback: (reason: DiagnosticError) => void): () => void {
    if (this.#reason !== undefined) {
      callback(this.#reason)
      return nothing
    }
    const call = (reason: DiagnosticError): void => callback(reason)
    this.#callbacks.add(call)
    return () => this.#callbacks.delete(call)
  }

  /** Throws where nothing may start any more. */
  assertOpen(subject: Subject, signal?: AbortSignal): void {
    if (this.#reason !== undefined) throw this.#lost(subject, this.#reason)
    if (signal?.aborted) throw cancelled(subject, signal)
  }

  /**
   * Runs one operation under the caller's signal, a deadline and the life of the connection; the promise
   * settles with the first of them, whether or not the work notices. `ended` tells the work, with the error
   * as its reason; `discard` gets what arrives too late.
   */
  run<T>(
    subject: Subject,
    limits: OperationOptions | undefined,
    defaultDeadline: number,
    work: (ended: AbortSignal) => Promise<T>,
    discard: (value: T) => void = nothing,
  ): Promise<T> {
    return new Promise((resolve, reject) => {
      const signal = limits?.signal
      this.assertOpen(subject, signal)
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
      const disown = this.onEnd((reason) => abandon(this.#lost(subject, reason)))

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

  #lost(subject: Subject, reason: DiagnosticError): DiagnosticError {
    return failure('connection-lost', `${subject.doing} failed: the connection has ended.`, subject, reason)
  }
}
