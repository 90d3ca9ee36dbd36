import type { SubscriptionItem, SubscriptionName, SubscriptionParams } from '@shared/contract'
import { DiagnosticError } from '@shared/errors'
import type { Subscription } from '@shared/rpc/client'
import { computed, onScopeDispose, shallowReadonly, shallowRef, watch, type ShallowRef } from 'vue'
import { useLink, type Link } from './link'

export type SubscriptionStatus = 'waiting' | 'live' | 'error'

export interface SubscriptionView {
  readonly status: Readonly<ShallowRef<SubscriptionStatus>>
  readonly error: Readonly<ShallowRef<DiagnosticError | null>>
}

/** A subscription that failed is tried again, so that a panel heals without a reload. */
const retryAfter = 5_000

/**
 * Subscribes for as long as the component or store lives: again after each reconnect and whenever the
 * parameters change; not at all while they are null. What the handler already has stays its own.
 */
export function useSubscription<N extends SubscriptionName>(
  name: N,
  params: () => SubscriptionParams<N> | null,
  handle: (item: SubscriptionItem<N>) => void,
  /** For a scope that is made later, where nothing can be injected any more. */
  link: Link = useLink(),
): SubscriptionView {
  const { client } = link
  const status = shallowRef<SubscriptionStatus>('waiting')
  const error = shallowRef<DiagnosticError | null>(null)
  let subscription: Subscription | null = null
  let timer: ReturnType<typeof setTimeout> | undefined

  function stop(): void {
    clearTimeout(timer)
    subscription?.close()
    subscription = null
  }

  function start(): void {
    stop()
    const wanted = params()
    const rpc = client.value
    if (!rpc || !wanted) return
    const fail = (reason: DiagnosticError): void => {
      subscription = null
      // The connection's own end is the link's to tell; a new one brings a new subscription.
      if (client.value !== rpc) return
      status.value = 'error'
      error.value = reason
      timer = setTimeout(start, retryAfter)
    }
    subscription = rpc.subscribe(name, wanted, {
      next(item) {
        status.value = 'live'
        error.value = null
        handle(item)
      },
      error: fail,
      end: () => fail(new DiagnosticError('internal', `The engine ended "${name}".`)),
    })
  }

  // Compared as text: a getter makes a new object each time it runs.
  const key = computed(() => JSON.stringify(params()))
  watch(
    [client, key],
    () => {
      status.value = 'waiting'
      error.value = null
      start()
    },
    { immediate: true },
  )
  onScopeDispose(stop)
  return { status: shallowReadonly(status), error: shallowReadonly(error) }
}
