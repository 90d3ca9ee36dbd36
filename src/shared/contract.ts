import * as v from 'valibot'
import { wireError } from './errors'
import { sshAlias, trialStep, vaultState } from './model/connection'
import { connectForms } from './model/form'
import { hostDetails, hostId, hostSummary, processTable } from './model/host'
import {
  busSummary,
  callDetails,
  callState,
  latencyHeatmap,
  messagePayload,
  queueContents,
} from './model/messages'
import { demoHost, demoOffer, scenarioName } from './model/demo'
import { prompt, promptAnswer } from './model/prompt'
import { savedAddress, savedHost } from './model/saved-host'
import {
  logFormatName,
  rowBatch,
  rowDetails,
  rowHistogram,
  rowSelection,
  seenFields,
  viewUpdate,
} from './model/rows'
import { chosenBudget, memoryUse } from './model/settings'
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
const whole = v.pipe(v.number(), v.safeInteger())
const upTo = (most: number) => v.pipe(whole, v.minValue(0), v.maxValue(most))
/** Bytes of each row's text. */
const rowBytes = upTo(65_536)
/** Rows that are no lines for people (JSON) as `process[pid]: message`; otherwise their text is as it came. */
const lines = v.optional(v.boolean())
const oneBus = { host: hostId, bus: name }
const longName = v.pipe(v.string(), v.maxLength(4_096))
/** Milliseconds that a chart may show. */
export const longestRange = 31 * 86_400_000
const openView = v.pipe(v.string(), v.uuid())

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
  /** Adds a host for as long as the engine runs, without saving it; `conflict` for an id that is there already. */
  'hosts.add': exchange(v.strictObject({ host: savedHost }), nothing),
  'hosts.connect': exchange(oneHost, nothing),
  'hosts.disconnect': exchange(oneHost, nothing),
  'metrics.catalogue': exchange(oneHost, catalogue),
  'demo.offer': exchange(nothing, demoOffer),
  /** Starts a simulated host on this machine and connects to it; it lasts as long as the engine, and is not saved. */
  'demo.start': exchange(v.strictObject({ scenario: scenarioName }), demoHost),
  /** Ends a demo host and takes it out of the list; `not-found` for any other host. */
  'demo.stop': exchange(oneHost, nothing),
  /** Adds a host to the saved ones, or replaces the one with its id. */
  'saved.save': exchange(v.strictObject({ host: savedHost }), nothing),
  'saved.remove': exchange(v.strictObject({ id: savedHost.entries.id }), nothing),
  /** What there is to fill in for each transport: the connect dialog draws itself from it. */
  'connect.forms': exchange(nothing, connectForms),
  /** What a person typed or pasted: `user@host:port`, `ssh://...`, `ssh -p 2222 user@host`. */
  'address.parse': exchange(
    v.strictObject({ text: v.pipe(v.string(), v.maxLength(2_048)) }),
    v.object({
      address: savedAddress,
      via: savedHost.entries.via,
      keyFiles: v.array(v.string()),
      ignored: v.array(v.string()),
    }),
  ),
  /** The hosts that ~/.ssh/config names. */
  'ssh.aliases': exchange(nothing, v.array(sshAlias)),
  'prompts.answer': exchange(
    v.strictObject({ id: v.pipe(v.string(), v.uuid()), answer: promptAnswer }),
    nothing,
  ),
  /** Bytes for rows and for metrics from the next start on; null is the usual. */
  'memory.choose': exchange(v.strictObject({ rows: chosenBudget, series: chosenBudget }), nothing),
  /**
   * Makes a vault with this passphrase where there is none. `authentication-failed` when it is wrong, `not-supported`
   * where the system protects the vault.
   */
  'vault.unlock': exchange(
    v.strictObject({ passphrase: v.pipe(v.string(), v.minLength(1), v.maxLength(1_024)) }),
    nothing,
  ),
  /** `not-supported` where the system protects the vault. */
  'vault.lock': exchange(nothing, nothing),
  /** Rows of an open view by position; those that `mark` (a filter) matches too are marked. */
  'rows.read': exchange(
    v.strictObject({
      view: openView,
      from: whole,
      count: upTo(2_000),
      maxBytes: rowBytes,
      mark: v.nullable(rowSelection.entries.filter),
      lines,
    }),
    rowBatch,
  ),
  'rows.histogram': exchange(
    v.strictObject({
      view: openView,
      from: v.number(),
      to: v.number(),
      bins: v.pipe(upTo(2_000), v.minValue(1)),
    }),
    rowHistogram,
  ),
  /** The position of a row, or of the first at or after a moment; null where the row is not kept any more. */
  'rows.locate': exchange(
    v.strictObject({
      view: openView,
      at: v.variant('kind', [
        v.strictObject({ kind: v.literal('time'), time: v.number() }),
        v.strictObject({ kind: v.literal('row'), stream: whole, sequence: whole }),
      ]),
    }),
    v.object({ position: v.nullable(v.number()) }),
  ),
  'rows.details': exchange(v.strictObject({ stream: whole, sequence: whole }), rowDetails),
  /** Reads a log's rows, those stored already too, in a format that a person chose; null: in the one they look like. */
  'rows.readAs': exchange(v.strictObject({ stream: whole, format: v.nullable(logFormatName) }), nothing),
  /** For completion: what the newest rows of a view have. */
  'rows.fields': exchange(v.strictObject({ view: openView }), seenFields),
  /** Latencies of a service, or of one of its methods, by time. */
  'messages.latency': exchange(
    v.strictObject({
      ...oneBus,
      service: longName,
      method: v.nullable(longName),
      from: v.number(),
      to: v.number(),
      columns: v.pipe(upTo(2_000), v.minValue(1)),
    }),
    latencyHeatmap,
  ),
  /** The call that a request or a response belongs to; `not-found` when it is not remembered. */
  'messages.call': exchange(v.strictObject({ ...oneBus, message: longName }), callDetails),
  /** How far the calls of some requests are; null for one that is not remembered. */
  'messages.states': exchange(
    v.strictObject({ ...oneBus, messages: v.pipe(v.array(longName), v.maxLength(500)) }),
    v.array(v.nullable(callState)),
  ),
  /** The whole payload while the bus or the console has it; `not-found` otherwise. */
  'messages.payload': exchange(v.strictObject({ ...oneBus, message: longName }), messagePayload),
  /** Fetches rows from before the oldest of a stream; `limit-exceeded` where the memory for rows is full. */
  'rows.older': exchange(
    v.strictObject({ stream: whole, rows: upTo(10_000) }),
    v.object({ more: v.boolean() }),
  ),
} satisfies Record<string, Exchange>

export const subscriptions = {
  /** All hosts, again whenever one of them changes, at most ten times a second. */
  'hosts.watch': exchange(nothing, v.array(hostSummary)),
  'host.details': exchange(oneHost, hostDetails),
  'saved.watch': exchange(nothing, v.object({ hosts: v.array(savedHost), warnings: v.array(wireError) })),
  /** Connects once, without keeping the host: each stage as it begins, the outcome last. */
  'hosts.try': exchange(v.strictObject({ host: savedHost }), trialStep),
  /** Questions that wait for a person, oldest first. */
  'prompts.watch': exchange(nothing, v.array(prompt)),
  /** What rows and metrics take of the memory they may take, every two seconds. */
  'memory.watch': exchange(nothing, memoryUse),
  'vault.watch': exchange(nothing, vaultState),
  /**
   * First the points of `window` milliseconds up to `to`, or up to the newest sample, then what is new: at most about
   * `points` of each series, or twice as many samples as they came.
   */
  'metrics.watch': exchange(
    v.strictObject({
      host: hostId,
      paths: v.pipe(v.array(metricPathText), v.maxLength(512)),
      window: v.pipe(v.number(), v.minValue(1_000), v.maxValue(longestRange)),
      to: v.nullable(v.number()),
      points: v.pipe(upTo(4_000), v.minValue(16)),
    }),
    metricsUpdate,
  ),
  /** What can be watched, again whenever an instance or a metric comes or goes, at most once a second. */
  'catalogue.watch': exchange(oneHost, catalogue),
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
  /** The rows that match, live, at most ten times a second; positions and the newest rows. */
  'rows.view': exchange(
    v.strictObject({ selection: rowSelection, tail: upTo(500), maxBytes: rowBytes, lines }),
    viewUpdate,
  ),
  /** The buses of a host with their queues and services, once a second at most. */
  'messages.watch': exchange(oneHost, v.array(busSummary)),
  /** What waits in one queue, again whenever it was read. */
  'queues.contents': exchange(v.strictObject({ ...oneBus, queue: longName }), queueContents),
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
