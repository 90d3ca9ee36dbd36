import type * as v from 'valibot'
import { DiagnosticError, isAborted, toWireError, validate } from '../errors'
import type { CallName, SubscriptionName } from '../contract'
import type { Carrier } from './carrier'
import { request, type Request, type Response } from './protocol'

/** A handler with its validator applied: takes what came from the wire. */
export type BoundCall = (params: unknown, signal: AbortSignal) => Promise<unknown>
export type BoundSubscription = (params: unknown, signal: AbortSignal) => AsyncIterator<unknown, void, void>

export interface Handlers {
  readonly calls: Readonly<Record<CallName, BoundCall>>
  readonly subscriptions: Readonly<Record<SubscriptionName, BoundSubscription>>
}

interface Exchange<P extends v.GenericSchema, R extends v.GenericSchema> {
  readonly params: P
  readonly result: R
}

/** Joins a call of the contract with the function that answers it. */
export function bindCall<P extends v.GenericSchema, R extends v.GenericSchema>(
  exchange: Exchange<P, R>,
  handle: (params: v.InferOutput<P>, signal: AbortSignal) => Promise<v.InferOutput<R>> | v.InferOutput<R>,
): BoundCall {
  return async (params, signal) => handle(validate(exchange.params, params, 'params'), signal)
}

/**
 * Joins a subscription with the generator of its items. The generator is asked for the next item only when the
 * window has credit, so it should make the newest state then, and end when the signal is aborted.
 */
export function bindSubscription<P extends v.GenericSchema, R extends v.GenericSchema>(
  exchange: Exchange<P, R>,
  items: (params: v.InferOutput<P>, signal: AbortSignal) => AsyncGenerator<v.InferOutput<R>, void, void>,
): BoundSubscription {
  return (params, signal) => items(validate(exchange.params, params, 'params'), signal)
}

/** What one window may have under way; beyond it new ones are refused with `limit-exceeded`. */
export const maxPending = 1024

interface Pending {
  readonly abort: AbortController
  credit: number
  /** Wakes the pump of a subscription that waits for credit. */
  wake: (() => void) | null
}

export interface ServeOptions {
  /** Hears of messages that are no requests; the connection is closed for them. */
  readonly onRefused?: ((error: DiagnosticError) => void) | undefined
  readonly onClosed?: (() => void) | undefined
}

/** Answers one connection until its carrier closes. */
export function serveRpc(carrier: Carrier, handlers: Handlers, options: ServeOptions = {}): void {
  const connection = new RpcConnection(carrier, handlers)
  carrier.onClose(() => {
    connection.end()
    options.onClosed?.()
  })
  carrier.onMessage((message) => {
    try {
      connection.receive(validate(request, message, 'request'))
    } catch (error) {
      // A peer that does not speak the protocol is not spoken to.
      options.onRefused?.(
        error instanceof DiagnosticError ? error : new DiagnosticError('internal', String(error)),
      )
      connection.end()
      carrier.close()
    }
  })
}

class RpcConnection {
  readonly #carrier: Carrier
  readonly #handlers: Handlers
  readonly #pending = new Map<number, Pending>()
  #open = true

  constructor(carrier: Carrier, handlers: Handlers) {
    this.#carrier = carrier
    this.#handlers = handlers
  }

  receive(message: Request): void {
    if (!this.#open) return
    switch (message.type) {
      case 'call':
      case 'subscribe':
        return this.#start(message)
      case 'credit': {
        const pending = this.#pending.get(message.id)
        if (!pending) return
        pending.credit += message.credit
        pending.wake?.()
        return
      }
      case 'cancel':
        return this.#pending.get(message.id)?.abort.abort()
    }
  }

  end(): void {
    this.#open = false
    for (const { abort } of this.#pending.values()) abort.abort()
  }

  #start(message: Extract<Request, { type: 'call' | 'subscribe' }>): void {
    const { id, name } = message
    if (this.#pending.has(id)) throw new DiagnosticError('bad-request', `Request ${id} is under way already.`)
    const pending: Pending = {
      abort: new AbortController(),
      credit: message.type === 'subscribe' ? message.credit : 0,
      wake: null,
    }
    if (this.#pending.size >= maxPending) {
      return this.#post({
        type: 'error',
        id,
        error: { code: 'limit-exceeded', message: `More than ${maxPending} requests are under way.` },
      })
    }
    this.#pending.set(id, pending)
    const work =
      message.type === 'call'
        ? this.#call(id, name, message.params, pending)
        : this.#pump(id, name, message.params, pending)
    void work
      .catch((error: unknown) => {
        if (!pending.abort.signal.aborted) this.#post({ type: 'error', id, error: toWireError(error) })
      })
      .finally(() => this.#pending.delete(id))
  }

  async #call(id: number, name: string, params: unknown, pending: Pending): Promise<void> {
    const handler = lookUp(this.#handlers.calls, name)
    const value = await handler(params, pending.abort.signal)
    if (!pending.abort.signal.aborted) this.#post({ type: 'result', id, value })
  }

  async #pump(id: number, name: string, params: unknown, pending: Pending): Promise<void> {
    const { signal } = pending.abort
    const items = lookUp(this.#handlers.subscriptions, name)(params, signal)
    signal.addEventListener('abort', () => pending.wake?.(), { once: true })
    try {
      while (!isAborted(signal)) {
        if (pending.credit === 0) {
          await new Promise<void>((resolve) => (pending.wake = resolve))
          pending.wake = null
          continue
        }
        const step = await items.next()
        if (isAborted(signal)) return
        if (step.done) {
          this.#post({ type: 'end', id })
          return
        }
        pending.credit--
        this.#post({ type: 'item', id, value: step.value })
      }
    } finally {
      await items.return?.()
    }
  }

  #post(message: Response): void {
    if (this.#open) this.#carrier.post(message)
  }
}

function lookUp<T>(table: Readonly<Record<string, T>>, name: string): T {
  const found = Object.hasOwn(table, name) ? table[name] : undefined
  if (found === undefined) throw new DiagnosticError('not-found', `The engine knows no "${name}".`)
  return found
}
