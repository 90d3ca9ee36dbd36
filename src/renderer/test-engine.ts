import {
  calls,
  subscriptions,
  type CallName,
  type EngineInfo,
  type SubscriptionItem,
  type SubscriptionName,
  type SubscriptionParams,
} from '@shared/contract'
import type { DiagnosticError } from '@shared/errors'
import type { HostSummary } from '@shared/model/host'
import { bindCall, bindSubscription, serveRpc, type Handlers } from '@shared/rpc/server'
import type { Carrier } from '@shared/rpc/carrier'

/**
 * For tests only: the answering end of the real rpc, whose items the test decides.
 * `wanted` lists the parameters of the subscriptions that are open now.
 */
export class TestEngine {
  readonly wanted: { [N in SubscriptionName]?: SubscriptionParams<N>[] } = {}
  readonly called: { name: CallName; params: unknown }[] = []
  info: EngineInfo = {
    name: 'test engine',
    version: '0',
    instance: 'one',
    startedAt: 0,
    now: Date.now(),
    pid: 1,
    node: 'v20',
    memory: 50e6,
  }
  readonly #streams = new Set<{
    name: SubscriptionName
    push(item: unknown): void
    fail(error: Error): void
  }>()

  readonly handlers: Handlers = {
    calls: {
      'engine.info': bindCall(calls['engine.info'], () => ({ ...this.info, now: Date.now() })),
      'hosts.connect': bindCall(calls['hosts.connect'], (params) => this.#note('hosts.connect', params)),
      'hosts.disconnect': bindCall(calls['hosts.disconnect'], (params) =>
        this.#note('hosts.disconnect', params),
      ),
      'metrics.catalogue': bindCall(calls['metrics.catalogue'], () => ({ revision: 0, classes: [] })),
    },
    subscriptions: {
      'hosts.watch': bindSubscription(subscriptions['hosts.watch'], this.#stream('hosts.watch')),
      'host.details': bindSubscription(subscriptions['host.details'], this.#stream('host.details')),
      'metrics.watch': bindSubscription(subscriptions['metrics.watch'], this.#stream('metrics.watch')),
      'metrics.top': bindSubscription(subscriptions['metrics.top'], this.#stream('metrics.top')),
      'processes.watch': bindSubscription(subscriptions['processes.watch'], this.#stream('processes.watch')),
    },
  }

  serve(carrier: Carrier): void {
    serveRpc(carrier, this.handlers)
  }

  push<N extends SubscriptionName>(name: N, item: SubscriptionItem<N>): void {
    for (const stream of this.#streams) if (stream.name === name) stream.push(item)
  }

  fail(name: SubscriptionName, error: DiagnosticError): void {
    for (const stream of this.#streams) if (stream.name === name) stream.fail(error)
  }

  #note(name: CallName, params: unknown): Record<string, never> {
    this.called.push({ name, params })
    return {}
  }

  #stream<N extends SubscriptionName>(name: N) {
    const open: SubscriptionParams<N>[] = []
    Object.assign(this.wanted, { [name]: open })
    const streams = this.#streams
    return async function* (
      params: SubscriptionParams<N>,
      signal: AbortSignal,
    ): AsyncGenerator<SubscriptionItem<N>, void, void> {
      const items: SubscriptionItem<N>[] = []
      const failures: Error[] = []
      let wake = (): void => undefined
      const stream = {
        name,
        push(item: SubscriptionItem<N>) {
          items.push(item)
          wake()
        },
        fail(error: Error) {
          failures.push(error)
          wake()
        },
      }
      streams.add(stream)
      open.push(params)
      signal.addEventListener('abort', () => wake(), { once: true })
      try {
        while (!signal.aborted) {
          if (failures[0]) throw failures[0]
          const item = items.shift()
          if (item === undefined) await new Promise<void>((resolve) => (wake = resolve))
          else yield item
        }
      } finally {
        streams.delete(stream)
        open.splice(open.indexOf(params), 1)
      }
    }
  }
}

export function hostNamed(id: string, changes: Partial<HostSummary> = {}): HostSummary {
  return {
    id,
    name: id,
    address: `ssh root@${id}:22`,
    state: 'live',
    stage: null,
    error: null,
    since: 0,
    lastSampleAt: null,
    interval: 1_000,
    simulated: false,
    cost: { cpu: null, bytes: null },
    ...changes,
  }
}
