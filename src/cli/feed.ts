import { DiagnosticError } from '@shared/errors'
import { metricPath, metricsOf, type Catalogue, type MetricChunk } from '@shared/model/metrics'
import type { RpcClient, Subscription } from '@shared/rpc/client'

/** All metrics of a host at one of its sampling times; null for what is missing or too old. */
export interface Sample {
  /** Epoch milliseconds. */
  readonly time: number
  readonly values: ReadonlyMap<string, number | null>
  readonly catalogue: Catalogue
}

export interface FeedOptions {
  readonly client: RpcClient
  readonly host: string
  /** Called in the order of time; may throw. */
  readonly onSample: (sample: Sample) => void
  readonly onError: (error: unknown) => void
}

interface Reading {
  readonly time: number
  readonly interval: number
  readonly value: number
}
interface Row {
  readonly chunk: MetricChunk
  readonly at: number
  readonly time: number
  readonly paths: readonly string[]
  /** Of the timeline that samples are made by. */
  readonly leads: boolean
}

export const hostMetric = (metric: string): string => metricPath({ class: 'host', instance: 'host', metric })

/** Its timeline is the host's: a sample is made for each of its times. */
const leader = hostMetric('cpu')
const pathsAtOnce = 512
/** Long enough to hold the last value of what is sampled every five seconds. */
const history = 6_000
/** Milliseconds for the other subscriptions to bring their part of a time. */
const settling = 20
const missedIntervals = 3
/** More than come in that time: each sample as it is. */
const mostPoints = 1_000
/** The catalogue is looked at after each of the first samples, then after every tenth. */
const [eagerLooks, looksEvery] = [5, 10]

/** Joins the series of a host to samples, also of instances that come later. */
export class Feed {
  readonly #options: FeedOptions
  readonly #latest = new Map<string, Reading>()
  #catalogue: Catalogue = { revision: -1, classes: [] }
  #paths: string[] = []
  #subscriptions: Subscription[] = []
  #queue: Row[] = []
  #timer: NodeJS.Timeout | null = null
  #lastTime = -Infinity
  #count = 0

  constructor(options: FeedOptions) {
    this.#options = options
  }

  /** Looks at what the host has, and follows all of it. */
  async refresh(): Promise<void> {
    const { client, host } = this.#options
    const catalogue = await client.call('metrics.catalogue', { host })
    if (catalogue.revision === this.#catalogue.revision) return
    this.#catalogue = catalogue
    const paths = pathsOf(catalogue)
    if (paths.length === this.#paths.length && paths.every((path, at) => path === this.#paths[at])) return
    this.#paths = paths
    for (const subscription of this.#subscriptions) subscription.close()
    this.#subscriptions = []
    for (let at = 0; at < paths.length; at += pathsAtOnce) this.#follow(paths.slice(at, at + pathsAtOnce))
  }

  close(): void {
    if (this.#timer) clearTimeout(this.#timer)
    for (const subscription of this.#subscriptions) subscription.close()
  }

  #follow(paths: string[]): void {
    const { client, host, onError } = this.#options
    const subscription = client.subscribe(
      'metrics.watch',
      { host, paths, window: history, to: null, points: mostPoints },
      {
        next: ({ chunks }) => chunks.forEach((chunk) => this.#enqueue(chunk, paths)),
        error: onError,
      },
    )
    this.#subscriptions.push(subscription)
  }

  #enqueue(chunk: MetricChunk, paths: readonly string[]): void {
    const leads = chunk.series.some((position) => paths[position] === leader)
    chunk.times.forEach((time, at) => this.#queue.push({ chunk, at, time, paths, leads }))
    if (leads) this.#timer ??= setTimeout(() => this.#flush(), settling)
  }

  #flush(): void {
    this.#timer = null
    const rows = this.#queue.sort((a, b) => a.time - b.time || Number(a.leads) - Number(b.leads))
    this.#queue = []
    try {
      for (const row of rows) this.#take(row)
    } catch (error) {
      this.#options.onError(error)
    }
  }

  #take({ chunk, at, time, paths, leads }: Row): void {
    chunk.series.forEach((position, k) => {
      const path = paths[position]
      const value = chunk.values[k * chunk.times.length + at] ?? NaN
      if (path !== undefined) this.#latest.set(path, { time, interval: chunk.interval, value })
    })
    if (!leads || time <= this.#lastTime) return
    this.#lastTime = time
    this.#count += 1
    const values = new Map(this.#paths.map((path) => [path, this.#valueAt(path, time)]))
    this.#options.onSample({ time, values, catalogue: this.#catalogue })
    if (this.#count <= eagerLooks || this.#count % looksEvery === 0) {
      this.refresh().catch((error: unknown) => this.#options.onError(error))
    }
  }

  #valueAt(path: string, time: number): number | null {
    const reading = this.#latest.get(path)
    if (!reading || !Number.isFinite(reading.value)) return null
    return time - reading.time > missedIntervals * reading.interval ? null : reading.value
  }
}

function pathsOf({ classes }: Catalogue): string[] {
  const paths = classes.flatMap((one) =>
    one.instances
      .filter(({ present }) => present)
      .flatMap((instance) =>
        metricsOf(one, instance).map(({ name }) =>
          metricPath({ class: one.name, instance: instance.id, metric: name }),
        ),
      ),
  )
  if (paths.length > 0 && !paths.includes(leader)) {
    throw new DiagnosticError('not-supported', 'This host has no load to show.')
  }
  return paths
}
