import * as v from 'valibot'
import { hostDetails, hostId, hostSummary, processTable } from './model/host'
import { catalogue, metricPathText, metricsUpdate, ranking } from './model/metrics'

/**
 * Everything a window may ask of the engine, and the validators of both directions.
 * A call has one answer; a subscription has many items, each asked for by credit.
 */

interface Exchange {
  readonly params: v.GenericSchema
  readonly result: v.GenericSchema
}
const exchange = <P extends v.GenericSchema, R extends v.GenericSchema>(params: P, result: R) => ({
  params,
  result,
})

const nothing = v.strictObject({})
const oneHost = v.strictObject({ host: hostId })
const name = v.pipe(v.string(), v.maxLength(256))

export const engineInfo = v.object({
  name: v.string(),
  version: v.string(),
  /** New at each start of the engine: what a window held of an older one is void. */
  instance: v.string(),
  startedAt: v.number(),
  now: v.number(),
  pid: v.number(),
  node: v.string(),
  /** Resident memory of the engine's process, bytes. */
  memory: v.number(),
})
export type EngineInfo = v.InferOutput<typeof engineInfo>

export const calls = {
  'engine.info': exchange(nothing, engineInfo),
  'hosts.connect': exchange(oneHost, nothing),
  'hosts.disconnect': exchange(oneHost, nothing),
  'metrics.catalogue': exchange(oneHost, catalogue),
} satisfies Record<string, Exchange>

export const subscriptions = {
  /** All hosts, again whenever one of them changes, at most ten times a second. */
  'hosts.watch': exchange(nothing, v.array(hostSummary)),
  'host.details': exchange(oneHost, hostDetails),
  /** First the last `window` milliseconds of each series, then what is new. */
  'metrics.watch': exchange(
    v.strictObject({
      host: hostId,
      paths: v.pipe(v.array(metricPathText), v.maxLength(512)),
      window: v.pipe(v.number(), v.minValue(1_000), v.maxValue(7 * 86_400_000)),
    }),
    metricsUpdate,
  ),
  /** The `limit` instances of a class with the highest latest value of metrics[0]. */
  'metrics.top': exchange(
    v.strictObject({
      host: hostId,
      class: name,
      metrics: v.pipe(v.array(name), v.minLength(1), v.maxLength(16)),
      limit: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1_000)),
    }),
    ranking,
  ),
  'processes.watch': exchange(
    v.strictObject({
      host: hostId,
      sortBy: v.picklist(['cpu', 'memory']),
      limit: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1_000)),
    }),
    processTable,
  ),
} satisfies Record<string, Exchange>

export type CallName = keyof typeof calls
export type SubscriptionName = keyof typeof subscriptions

export type CallParams<N extends CallName> = v.InferOutput<(typeof calls)[N]['params']>
export type CallResult<N extends CallName> = v.InferOutput<(typeof calls)[N]['result']>
export type SubscriptionParams<N extends SubscriptionName> = v.InferOutput<
  (typeof subscriptions)[N]['params']
>
export type SubscriptionItem<N extends SubscriptionName> = v.InferOutput<(typeof subscriptions)[N]['result']>
