import type { OperationOptions } from '../transport'
import { runOperation } from '../common/operation'
import { cancelled, connectionClosed, systemError, type Subject } from './failures'

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

  /** Runs one operation: see `runOperation`. What it left behind when it was given up is waited for at the end. */
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
      work: (ended) => {
        const working = work(ended)
        this.linger(working)
        return working
      },
      discard,
      errorOf: (thrown) => systemError(thrown, subject),
      onEnd: (abandon) => this.own(() => abandon(connectionClosed(subject))),
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
