import { abortError, DiagnosticError, fromWireError, validate } from '../errors'
import {
  calls,
  subscriptions,
  type CallName,
  type CallParams,
  type CallResult,
  type SubscriptionItem,
  type SubscriptionName,
  type SubscriptionParams,
} from '../contract'
import type { Carrier } from './carrier'
import { response, type Request, type Response } from './protocol'

export interface CallOptions {
  readonly signal?: AbortSignal | undefined
  /** Milliseconds; 30,000 by default. */
  readonly timeout?: number | undefined
}

export interface SubscriptionListener<T> {
  /** Called for each item, in order. Credit goes back when it returns. */
  next(item: T): void
  error?(error: DiagnosticError): void
  end?(): void
}

export interface Subscription {
  /** Ends it; nothing is delivered afterwards. Safe to call twice. */
  close(): void
}

/** Items that may be on the way at once: enough to hide a round trip, few enough to bound the backlog. */
const initialCredit = 4
const defaultTimeout = 30_000

type Settle = (answer: Response | DiagnosticError) => void

/** The asking end of the contract. All that is pending fails with `connection-lost` when the carrier closes. */
export class RpcClient {
  readonly #carrier: Carrier
  readonly #pending = new Map<number, Settle>()
  #nextId = 0
  #closed: DiagnosticError | null = null

  constructor(carrier: Carrier) {
    this.#carrier = carrier
    carrier.onMessage((message) => this.#receive(message))
    carrier.onClose((reason) =>
      this.#fail(new DiagnosticError('connection-lost', `The connection to the engine ended: ${reason}`)),
    )
  }

  async call<N extends CallName>(
    name: N,
    params: CallParams<N>,
    options: CallOptions = {},
  ): Promise<CallResult<N>> {
    const { signal, timeout = defaultTimeout } = options
    if (signal?.aborted) throw abortError(signal)
    const id = this.#nextId++
    const answer = await new Promise<Response>((resolve, reject) => {
      const settle: Settle = (value) => {
        clearTimeout(timer)
        signal?.removeEventListener('abort', cancel)
        this.#pending.delete(id)
        if (value instanceof DiagnosticError) reject(value)
        else resolve(value)
      }
      const giveUp = (error: DiagnosticError): void => {
        settle(error)
        this.#send({ type: 'cancel', id })
      }
      const cancel = (): void => {
        if (signal) giveUp(abortError(signal))
      }
      const timer = setTimeout(
        () =>
          giveUp(new DiagnosticError('timeout', `"${name}" was not answered within ${timeout / 1000} s.`)),
        timeout,
      )
      signal?.addEventListener('abort', cancel, { once: true })
      this.#pending.set(id, settle)
      this.#send({ type: 'call', id, name, params })
    })
    if (answer.type === 'error') throw fromWireError(answer.error)
    if (answer.type !== 'result')
      throw new DiagnosticError('bad-data', `"${name}" got a "${answer.type}" for an answer.`)
    return validate(calls[name].result, answer.value, name)
  }

  subscribe<N extends SubscriptionName>(
    name: N,
    params: SubscriptionParams<N>,
    listener: SubscriptionListener<SubscriptionItem<N>>,
  ): Subscription {
    const id = this.#nextId++
    const finish = (error: DiagnosticError | null): void => {
      if (!this.#pending.delete(id)) return
      if (error) listener.error?.(error)
      else listener.end?.()
    }
    this.#pending.set(id, (answer) => {
      if (answer instanceof DiagnosticError) return finish(answer)
      if (answer.type === 'error') return finish(fromWireError(answer.error))
      if (answer.type !== 'item') return finish(null)
      this.#deliver(name, id, answer.value, listener, finish)
    })
    this.#send({ type: 'subscribe', id, name, params, credit: initialCredit })
    return {
      close: () => {
        if (this.#pending.delete(id)) this.#send({ type: 'cancel', id })
      },
    }
  }

  close(): void {
    this.#fail(new DiagnosticError('cancelled', 'The connection to the engine was closed.'))
    this.#carrier.close()
  }

  #deliver<N extends SubscriptionName>(
    name: N,
    id: number,
    value: unknown,
    listener: SubscriptionListener<SubscriptionItem<N>>,
    finish: (error: DiagnosticError) => void,
  ): void {
    let item: SubscriptionItem<N>
    try {
      item = validate(subscriptions[name].result, value, name)
    } catch (error) {
      this.#send({ type: 'cancel', id })
      return finish(error instanceof DiagnosticError ? error : new DiagnosticError('internal', String(error)))
    }
    try {
      listener.next(item)
    } finally {
      // Also after a listener that threw: its fault must not stall the stream.
      if (this.#pending.has(id)) this.#send({ type: 'credit', id, credit: 1 })
    }
  }

  #receive(message: unknown): void {
    const answer = validate(response, message, 'response')
    // An answer nobody waits for was cancelled while it was on its way.
    this.#pending.get(answer.id)?.(answer)
  }

  #send(message: Request): void {
    if (!this.#closed) this.#carrier.post(message)
    else queueMicrotask(() => this.#fail(this.#closed ?? new DiagnosticError('internal', 'unreachable')))
  }

  #fail(error: DiagnosticError): void {
    this.#closed ??= error
    const waiting = [...this.#pending.values()]
    for (const settle of waiting) settle(this.#closed)
  }
}
