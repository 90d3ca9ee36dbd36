import type { OperationOptions } from '../transport'
import { longestDelay } from './deadlines'
import { onAbort } from './abort'
import { cancelled, connectionClosed, systemError, timedOut, type Subject } from './failures'

/** How long `close` waits for file operations that hang in the kernel, milliseconds. */
const hangingGrace = 1_000

const nothing = (): void => undefined

/** Everything that is open or under way in one transport, so that `close` leaves nothing behind. */
export class Lifetime {
  readonly #closers = new Set<() => Promise<void> | void>()
  readonly #lingering = new Set<Promise<unknown>>()
  #closing: Promise<void> | undefined

  /** Throws where nothing may start any more. */
  assertOpen(subject: Subject, signal?: AbortSignal): void {
    if (this.#closing !== undefined) throw connectionClosed(subject)
    if (signal?.aborted) throw cancelled(subject, signal)
  }

  /** Has `close` called at the end, at once if that was already; returns how to give it up. */
  own(close: () => Promise<void> | void): () => void {
    if (this.#closing !== undefined) this.linger(Promise.resolve(close()))
    else this.#closers.add(close)
    return () => this.#closers.delete(close)
  }

  /** Work that nobody waits for any more, but that may still hold a descriptor. */
  linger(work: Promise<unknown>): void {
    const settled = work.then(nothing, nothing).finally(() => this.#lingering.delete(settled))
    this.#lingering.add(settled)
  }

  /**
   * Runs one operation under the caller's signal, a deadline and the life of the transport. The promise
   * settles when one of them ends it, whether or not the work notices: a thread that hangs in the kernel
   * cannot be cancelled, only left behind. `ended` tells the work, with the error as its reason;
   * `discard` gets what arrives too late.
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
      const ended = controller.signal
      const deadline = Math.min(limits?.deadline ?? defaultDeadline, longestDelay)

      const settle = (): void => {
        clearTimeout(timer)
        unlisten()
        disown()
      }
      const abandon = (error: Error): void => {
        settle()
        controller.abort(error)
        reject(error)
      }
      const timer = setTimeout(() => abandon(timedOut(subject, deadline)), deadline)
      const unlisten = onAbort(signal, () => signal && abandon(cancelled(subject, signal)))
      const disown = this.own(() => abandon(connectionClosed(subject)))

      const running = (async () => work(ended))().then(
        (value) => {
          if (ended.aborted) return discard(value)
          settle()
          resolve(value)
        },
        (thrown: unknown) => {
          if (ended.aborted) return
          settle()
          reject(systemError(thrown, subject))
        },
      )
      this.linger(running)
    })
  }

  close(): Promise<void> {
    this.#closing ??= this.#closeAll()
    return this.#closing
  }

  async #closeAll(): Promise<void> {
    // Operations that start while this runs must already be refused.
    await Promise.resolve()
    const closers = [...this.#closers]
    this.#closers.clear()
    await Promise.allSettled(closers.map(async (close) => close()))
    let timer: NodeJS.Timeout | undefined
    const patience = new Promise((resolve) => (timer = setTimeout(resolve, hangingGrace)))
    await Promise.race([Promise.allSettled(this.#lingering), patience])
    clearTimeout(timer)
  }
}
