import type { DiagnosticError } from '@shared/errors'
import type { BusSummary, ListenerState, QueueSummary, ServiceSummary } from '@shared/model/messages'
import { formatAge } from '@shared/units'
import { defineStore } from 'pinia'
import { computed, shallowReadonly, shallowRef, watch, type ComputedRef, type ShallowRef } from 'vue'
import { useSubscription, type SubscriptionStatus } from '../link/subscription'
import { useConnection } from './connection'
import { useHosts } from './hosts'
import { CounterRates } from './messages-rates'
import { useTime } from './time'

/** Queues are read every few seconds; milliseconds without that are silence. */
const silence = 20_000

export interface ShownQueue extends QueueSummary {
  /** Messages a second; null until it is known. */
  readonly rate: number | null
}

export interface ShownService extends ServiceSummary {
  readonly requestRate: number | null
  readonly errorRate: number | null
}

export interface MessageBuses {
  /** Null until they were told for the host that is looked at. */
  readonly list: Readonly<ShallowRef<readonly BusSummary[] | null>>
  /** The one that is looked at. */
  readonly bus: ComputedRef<BusSummary | null>
  readonly queues: ComputedRef<readonly ShownQueue[]>
  readonly services: ComputedRef<readonly ShownService[]>
  /** Why what shows is old; null while it is not. */
  readonly stale: ComputedRef<string | null>
  readonly status: Readonly<ShallowRef<SubscriptionStatus>>
  readonly error: Readonly<ShallowRef<DiagnosticError | null>>
}

/** What is looked at of messages; kept while other views are. */
export const useMessageChoices = defineStore('message-choices', () => {
  const hosts = useHosts()
  const bus = shallowRef<string | null>(null)
  const queue = shallowRef<string | null>(null)
  const emptyReplies = shallowRef(false)
  const service = shallowRef<string | null>(null)
  const method = shallowRef<string | null>(null)
  function forget(): void {
    bus.value = queue.value = service.value = method.value = null
  }
  watch(() => hosts.selectedId, forget)
  return { bus, queue, emptyReplies, service, method }
})

/** Buses, queues and services of the host that is looked at, for as long as the component lives. */
export function useMessageBuses(): MessageBuses {
  const hosts = useHosts()
  const choices = useMessageChoices()
  const connection = useConnection()
  const time = useTime()
  const list = shallowRef<readonly BusSummary[] | null>(null)
  const rates = new CounterRates()
  watch(
    () => hosts.selectedId,
    () => {
      list.value = null
      rates.clear()
    },
    { flush: 'sync' },
  )
  const { status, error } = useSubscription(
    'messages.watch',
    () => (hosts.selectedId === null ? null : { host: hosts.selectedId }),
    (told) => {
      rates.note(performance.now(), countersOf(told))
      list.value = told
    },
  )
  const bus = computed(() => {
    const known = list.value ?? []
    return known.find(({ name }) => name === choices.bus) ?? known[0] ?? null
  })
  const stale = computed(() => {
    const read = bus.value?.time ?? null
    const age = read === null ? null : time.now - read
    const old = age === null ? '' : ` ${formatAge(Math.max(0, age))}`
    if (!connection.open || hosts.selected?.state !== 'live') return `stale${old}`
    return age !== null && age > silence ? `stale${old}` : null
  })
  const rate = (kind: string, name: string): number | null =>
    bus.value && rates.rate(`${bus.value.name} ${kind} ${name}`)
  return {
    list: shallowReadonly(list),
    bus,
    queues: computed(() =>
      (bus.value?.queues ?? []).map((queue) => ({ ...queue, rate: rate('queue', queue.name) })),
    ),
    services: computed(() =>
      (bus.value?.services ?? []).map((service) => ({
        ...service,
        requestRate: rate('requests', service.name),
        errorRate: rate('errors', service.name),
      })),
    ),
    stale,
    status,
    error,
  }
}

function countersOf(buses: readonly BusSummary[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const { name: bus, queues, services } of buses) {
    for (const { name, sent } of queues) counts.set(`${bus} queue ${name}`, sent)
    for (const { name, requests, errors } of services) {
      counts.set(`${bus} requests ${name}`, requests)
      counts.set(`${bus} errors ${name}`, errors)
    }
  }
  return counts
}

export const isReplies = (listener: ListenerState | null): boolean => listener?.kind === 'replies'
