import {
  calls,
  subscriptions,
  type CallName,
  type EngineInfo,
  type SubscriptionItem,
  type SubscriptionName,
  type SubscriptionParams,
} from '@shared/contract'
import { DiagnosticError, validate } from '@shared/errors'
import type { HostSummary } from '@shared/model/host'
import type { Carrier } from '@shared/rpc/carrier'
import { serveRpc, type BoundCall, type BoundSubscription, type Handlers } from '@shared/rpc/server'

/**
 * For tests only: the answering end of the real rpc, whose items the test decides. It knows every name of
 * the contract; a call without an answer here is refused with `not-supported`.
 */
export class TestEngine {
  /** Calls that came, in order, without the polls of `engine.info`. */
  readonly called: { name: CallName; params: unknown }[] = []
  /** Names of the subscriptions that were ever opened, in order. */
  readonly opened: SubscriptionName[] = []
  readonly #streams = new Set<Stream>()
  readonly #handlers: Handlers
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

  /** `answers` of calls, by name; an answer may throw. */
  constructor(answers: Partial<Record<CallName, (params: unknown) => unknown>> = {}) {
    const known: typeof answers = {
      'engine.info': () => ({ ...this.info, now: Date.now() }),
      'hosts.connect': () => ({}),
      'hosts.disconnect': () => ({}),
      ...answers,
    }
    const bound: Partial<Record<CallName, BoundCall>> = {}
    for (const name of namesOf(calls)) {
      bound[name] = (params) => Promise.resolve(this.#answer(name, params, known[name]))
    }
    const streams: Partial<Record<SubscriptionName, BoundSubscription>> = {}
    for (const name of namesOf(subscriptions)) {
      streams[name] = (params, signal) =>
        this.#stream(name, validate(subscriptions[name].params, params, 'params'), signal)
    }
    if (!covers(bound, calls) || !covers(streams, subscriptions)) throw new Error('a name has no handler')
    this.#handlers = { calls: bound, subscriptions: streams }
  }

  serve(carrier: Carrier): void {
    serveRpc(carrier, this.#handlers)
  }

  /** Parameters of the subscriptions of this name that are open now, oldest first. */
  wanted<N extends SubscriptionName>(name: N): SubscriptionParams<N>[] {
    return [...this.#streams]
      .filter((stream) => stream.name === name)
      .map((stream) => validate(subscriptions[name].params, stream.params, name))
  }

  push<N extends SubscriptionName>(name: N, item: SubscriptionItem<N>): void {
    for (const stream of this.#streams) if (stream.name === name) stream.push(item)
  }

  fail(name: SubscriptionName, error: DiagnosticError): void {
    for (const stream of this.#streams) if (stream.name === name) stream.fail(error)
  }

  #answer(name: CallName, params: unknown, answer: ((params: unknown) => unknown) | undefined): unknown {
    const valid: unknown = validate(calls[name].params, params, 'params')
    if (name !== 'engine.info') this.called.push({ name, params: valid })
    if (!answer) throw new DiagnosticError('not-supported', `The test engine has no answer to "${name}".`)
    return answer(valid)
  }

  async *#stream(
    name: SubscriptionName,
    params: unknown,
    signal: AbortSignal,
  ): AsyncGenerator<unknown, void, void> {
    const items: unknown[] = []
    const failures: Error[] = []
    let wake = (): void => undefined
    const stream: Stream = {
      name,
      params,
      push(item) {
        items.push(item)
        wake()
      },
      fail(error) {
        failures.push(error)
        wake()
      },
    }
    this.#streams.add(stream)
    this.opened.push(name)
    signal.addEventListener('abort', () => wake(), { once: true })
    try {
      while (!signal.aborted) {
        if (failures[0]) throw failures[0]
        if (items.length > 0) yield items.shift()
        else await new Promise<void>((resolve) => (wake = resolve))
      }
    } finally {
      this.#streams.delete(stream)
    }
  }
}

interface Stream {
  readonly name: SubscriptionName
  readonly params: unknown
  push(item: unknown): void
  fail(error: Error): void
}

function namesOf<N extends string>(table: Record<N, unknown>): N[] {
  return Object.keys(table).filter((name): name is N => name in table)
}

function covers<N extends string, T>(
  map: Partial<Record<N, T>>,
  table: Record<N, unknown>,
): map is Record<N, T> {
  return namesOf(table).every((name) => name in map)
}

export function hostNamed(id: string, changes: Partial<HostSummary> = {}): HostSummary {
  const usual = {
    id,
    name: id,
    address: `ssh root@${id}:22`,
    state: 'live' as const,
    stage: null,
    hop: null,
    error: null,
    since: 0,
    lastSampleAt: null,
    interval: 1_000,
    simulated: false,
    cost: { cpu: null, bytes: null },
    troubles: [],
  }
  return { ...usual, ...changes }
}
