import { DiagnosticError } from '@shared/errors'
import type { Carrier } from '@shared/rpc/carrier'
import { RpcClient } from '@shared/rpc/client'
import { inject, shallowReadonly, shallowRef, type InjectionKey, type ShallowRef } from 'vue'
import { backoffDelay } from './backoff'

export type LinkState =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'open' }
  /** Lost or not reached; tries again at `retryAt`, epoch milliseconds of this window. */
  | { readonly kind: 'waiting'; readonly retryAt: number; readonly reason: DiagnosticError }
  /** The session is void: only a new address helps. */
  | { readonly kind: 'refused'; readonly reason: DiagnosticError }

/** The window's connection to its engine, for as long as the window lives. */
export interface Link {
  readonly state: Readonly<ShallowRef<LinkState>>
  /** Null while there is no connection; a new one after each reconnect. */
  readonly client: Readonly<ShallowRef<RpcClient | null>>
  /** Tries at once instead of waiting. */
  retry(): void
  /** Gives up a connection that no longer answers, and makes a new one. */
  renew(): void
  close(): void
}

/** A connection that held this long was good: the next failure starts from the shortest wait again. */
const settled = 5_000

/**
 * Keeps a connection open. `connect` makes one attempt; `authentication-failed` ends the attempts, any
 * other failure is tried again after a wait.
 */
export function createLink(connect: () => Promise<Carrier>, random: () => number = Math.random): Link {
  const state = shallowRef<LinkState>({ kind: 'connecting' })
  const client = shallowRef<RpcClient | null>(null)
  const closing = new AbortController()
  const closed = (): boolean => closing.signal.aborted
  let wake: (() => void) | null = null

  async function attempt(): Promise<DiagnosticError> {
    let carrier: Carrier
    try {
      carrier = await connect()
    } catch (error) {
      return error instanceof DiagnosticError ? error : new DiagnosticError('internal', String(error))
    }
    if (closed()) carrier.close()
    return new Promise((resolve) => {
      client.value = new RpcClient(
        watchClose(carrier, (reason) => {
          client.value = null
          resolve(new DiagnosticError('connection-lost', `The connection to the engine ended: ${reason}.`))
        }),
      )
      state.value = { kind: 'open' }
    })
  }

  async function run(): Promise<void> {
    let failures = 0
    for (;;) {
      const begun = performance.now()
      const reason = await attempt()
      if (closed()) return
      if (reason.code === 'authentication-failed') {
        state.value = { kind: 'refused', reason }
        return
      }
      if (performance.now() - begun > settled) failures = 0
      const delay = backoffDelay(failures++, random())
      state.value = { kind: 'waiting', retryAt: Date.now() + delay, reason }
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, delay)
        wake = () => {
          clearTimeout(timer)
          resolve()
        }
      })
      if (closed()) return
      state.value = { kind: 'connecting' }
    }
  }

  void run()
  return {
    state: shallowReadonly(state),
    client: shallowReadonly(client),
    retry: () => wake?.(),
    renew: () => client.value?.close(),
    close() {
      closing.abort()
      client.value?.close()
      wake?.()
    },
  }
}

/** The carrier itself, telling a second listener of its end. */
function watchClose(carrier: Carrier, closed: (reason: string) => void): Carrier {
  return {
    post: (message) => carrier.post(message),
    onMessage: (receive) => carrier.onMessage(receive),
    onClose: (tell) =>
      carrier.onClose((reason) => {
        // First: whoever is told by the client's own listeners sees that this client is gone.
        closed(reason)
        tell(reason)
      }),
    close: () => carrier.close(),
  }
}

export const linkKey: InjectionKey<Link> = Symbol('link')

export function useLink(): Link {
  const link = inject(linkKey)
  if (!link) throw new DiagnosticError('internal', 'The application has no link to an engine.')
  return link
}
