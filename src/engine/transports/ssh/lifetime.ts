import type { DiagnosticError } from '@shared/errors'
import { cancelled, failure, type Subject } from '../common/failures'
import { runOperation } from '../common/operation'
import type { OperationOptions } from '../transport'
import { errorOf } from './failures'

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

  /** Runs one operation: see `runOperation`. */
  async run<T>(
    subject: Subject,
    limits: OperationOptions | undefined,
    defaultDeadline: number,
    work: (ended: AbortSignal) => Promise<T>,
    discard: (value: T) => void = nothing,
  ): Promise<T> {
    this.assertOpen(subject, limits?.signal)
    return runOperation({
      subject,
      limits,
      defaultDeadline,
      work,
      discard,
      errorOf,
      onEnd: (abandon) => this.onEnd((reason) => abandon(this.#lost(subject, reason))),
    })
  }

  #lost(subject: Subject, reason: DiagnosticError): DiagnosticError {
    return failure('connection-lost', `${subject.doing} failed: the connection has ended.`, subject, reason)
  }
}
