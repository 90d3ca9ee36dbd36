import * as v from 'valibot'

/**
 * The field's model: class -> instance -> metric, addressed as in the REST API:
 * `/metrics/<class>/<instance>/<metric>`, each segment percent-encoded.
 */

/** Base units only; what a person reads (KiB, ms, %) is made by `units.ts`. */
export const units = v.picklist([
  'ratio',
  'bytes',
  'bytes/s',
  'seconds',
  'requests/s',
  'packets/s',
  'errors/s',
  'events/s',
  'messages/s',
  'hertz',
  'watts',
  'celsius',
  'count',
  '',
])
export type Units = v.InferOutput<typeof units>

const name = v.pipe(v.string(), v.minLength(1), v.maxLength(256))

/** One metric of an instance. `type` says what the source counts; values are always rates or levels. */
export const metricDescriptor = v.object({
  name,
  units,
  description: v.string(),
  type: v.picklist(['gauge', 'counter']),
})
export type MetricDescriptor = v.InferOutput<typeof metricDescriptor>

export const instanceEntry = v.object({
  /** Stable identifier inside its class: a uuid, a device name, a mount point. */
  id: name,
  /** What a person calls it; the id where it has no other name. */
  name: v.string(),
  /** Kind of the source that measures it. */
  source: v.string(),
  /** False once the thing is gone; its history stays until it ages out. */
  present: v.boolean(),
  /** Which of the class's `sets` it has. */
  set: v.number(),
})
export type InstanceEntry = v.InferOutput<typeof instanceEntry>

/** Instances of a class mostly have the same metrics, so that each descriptor is told once, and each set of them. */
export const classEntry = v.object({
  name,
  description: v.string(),
  metrics: v.array(metricDescriptor),
  /** Positions in `metrics`. */
  sets: v.array(v.array(v.number())),
  instances: v.array(instanceEntry),
})
export type ClassEntry = v.InferOutput<typeof classEntry>

export const catalogue = v.object({ revision: v.number(), classes: v.array(classEntry) })
export type Catalogue = v.InferOutput<typeof catalogue>

/** What an instance of the class has, in the order its source tells it. */
export function metricsOf({ metrics, sets }: ClassEntry, { set }: InstanceEntry): MetricDescriptor[] {
  return (sets[set] ?? []).flatMap((at) => metrics[at] ?? [])
}

export interface MetricAddress {
  readonly class: string
  readonly instance: string
  readonly metric: string
}

/** `/metrics/disk/sda1/read`, with each segment percent-encoded. */
export function metricPath(address: MetricAddress): string {
  return `/metrics/${encodeURIComponent(address.class)}/${encodeURIComponent(address.instance)}/${encodeURIComponent(address.metric)}`
}

/** The reverse of {@link metricPath}; null for a text that is no metric path. */
export function parseMetricPath(path: string): MetricAddress | null {
  const parts = path.split('/')
  if (parts.length !== 5 || parts[0] !== '' || parts[1] !== 'metrics') return null
  try {
    const [, , cls, instance, metric] = parts.map(decodeURIComponent)
    return cls && instance && metric ? { class: cls, instance, metric } : null
  } catch {
    return null
  }
}

export const metricPathText = v.pipe(
  v.string(),
  v.maxLength(2048),
  v.check((path) => parseMetricPath(path) !== null, 'expected /metrics/<class>/<instance>/<metric>'),
)

/** From `from` on (epoch milliseconds), points are `interval` milliseconds apart. */
const seam = v.object({ from: v.number(), interval: v.number() })
export type Seam = v.InferOutput<typeof seam>

/**
 * New points of some series of one subscription that share a timeline.
 * `values` is series-major: series k of `series` holds values[k*times.length ... (k+1)*times.length).
 * NaN is "missing" (typed arrays hold no null); times are epoch milliseconds of the host's samples, ascending.
 */
export const metricChunk = v.object({
  /** Positions in the `paths` of the request. */
  series: v.array(v.number()),
  /** Expected distance between two points, milliseconds; a larger one is a gap. */
  interval: v.number(),
  /** Points of these series at or after this time that were sent before are void: the last one grows. */
  since: v.number(),
  times: v.instance(Float64Array<ArrayBufferLike>),
  /** A sample, or the mean of those that were rolled up into the point. */
  values: v.instance(Float32Array<ArrayBufferLike>),
  /** Least and greatest of those; empty where nothing was rolled up. */
  lows: v.instance(Float32Array<ArrayBufferLike>),
  highs: v.instance(Float32Array<ArrayBufferLike>),
  /** Where the distance is not the same for all points of the chunk: where it changes, the first point included. */
  seams: v.array(seam),
})
export type MetricChunk = v.InferOutput<typeof metricChunk>

export const metricsUpdate = v.object({
  /** True when the receiver must forget what it had (first update, store rebuilt). */
  reset: v.boolean(),
  /** The engine's clock when the update was made, epoch milliseconds. */
  now: v.number(),
  chunks: v.array(metricChunk),
  /** Positions of paths that do not exist (yet). */
  unknown: v.array(v.number()),
})
export type MetricsUpdate = v.InferOutput<typeof metricsUpdate>

/** Instances of one class ranked by one of their metrics, with their latest values. */
export const ranking = v.object({
  time: v.nullable(v.number()),
  /** Instances in the class that are present, also those beyond the limit. */
  total: v.number(),
  rows: v.array(v.object({ id: v.string(), name: v.string(), values: v.array(v.nullable(v.number())) })),
})
export type Ranking = v.InferOutput<typeof ranking>
