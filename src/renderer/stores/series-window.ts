import type { MetricChunk, MetricsUpdate, Seam } from '@shared/model/metrics'
import { SampleRing } from './sample-ring'

/** Points of one series as a chart takes them. */
export interface HeldSamples {
  readonly times: Float64Array
  readonly values: Float32Array
  /** Least and greatest of what each point stands for; null where all are single samples. */
  readonly lows: Float32Array | null
  readonly highs: Float32Array | null
  readonly interval: number
  /** Where the distance of points changes; empty where it does not. */
  readonly seams: readonly Seam[]
}

/** The last samples of the series of one subscription, by their position in its `paths`. */
export class SeriesWindow {
  readonly #rings: readonly SampleRing[]
  readonly #intervals: number[]
  readonly #seams: (readonly Seam[])[]
  readonly #span: number
  #unknown: ReadonlySet<number> = new Set()
  #newest: number | null = null

  /** `span` in milliseconds. */
  constructor(count: number, span: number) {
    // A sample a second is the usual; of longer spans come fewer points; who has more grows.
    const expected = Math.min(Math.ceil(span / 1_000), 2_048) + 16
    this.#rings = Array.from({ length: count }, () => new SampleRing(expected))
    this.#intervals = Array.from({ length: count }, () => 1_000)
    this.#seams = Array.from({ length: count }, () => [])
    this.#span = span
  }

  /** Time of the newest sample of any series; null before the first. */
  get newest(): number | null {
    return this.#newest
  }

  get empty(): boolean {
    return this.#newest === null
  }

  apply(update: MetricsUpdate): void {
    if (update.reset) {
      this.#newest = null
      for (const ring of this.#rings) ring.clear()
    }
    this.#unknown = new Set(update.unknown)
    for (const chunk of update.chunks) {
      for (const [row, position] of chunk.series.entries()) this.#take(chunk, row, position)
    }
  }

  #take(chunk: MetricChunk, row: number, position: number): void {
    const ring = this.#rings[position]
    if (!ring) return
    ring.dropSince(chunk.since)
    this.#intervals[position] = chunk.interval
    // What follows later has the distance of the last of them.
    if (ring.length === 0) this.#seams[position] = chunk.seams
    addPoints(ring, chunk, row)
    if (ring.newest === null) return
    ring.dropBefore(ring.newest - this.#span)
    this.#newest = Math.max(this.#newest ?? -Infinity, ring.newest)
  }

  /** Milliseconds for which all samples held, of all series, have no value; null where one has or none is held. */
  blankFor(): number | null {
    if (this.#newest === null || !this.#rings.every((ring) => ring.blank)) return null
    const oldest = Math.min(...this.#rings.map((ring) => ring.oldest ?? Infinity))
    return this.#newest - oldest
  }

  /** Views on the samples held; valid until the next update. */
  samples(position: number): HeldSamples {
    const ring = this.#rings[position]
    return {
      times: ring?.times ?? new Float64Array(),
      values: ring?.values ?? new Float32Array(),
      lows: ring?.lows ?? null,
      highs: ring?.highs ?? null,
      interval: this.#intervals[position] ?? 1_000,
      seams: this.#seams[position] ?? [],
    }
  }

  /** The newest value; null where the newest sample has none or there is no sample. */
  latest(position: number): number | null {
    const value = this.#rings[position]?.latest ?? null
    return value === null || Number.isNaN(value) ? null : value
  }

  /** Time of the newest sample of one series; null before its first. */
  newestOf(position: number): number | null {
    return this.#rings[position]?.newest ?? null
  }

  /** The host has no such metric (yet). */
  isUnknown(position: number): boolean {
    return this.#unknown.has(position)
  }

  intervalOf(position: number): number {
    return this.#intervals[position] ?? 1_000
  }
}

function addPoints(ring: SampleRing, { times, values, lows, highs }: MetricChunk, row: number): void {
  const first = row * times.length
  for (const [column, time] of times.entries()) {
    const at = first + column
    const value = values[at] ?? NaN
    if (lows.length === 0) ring.append(time, value)
    else ring.appendRolledUp(time, value, lows[at] ?? NaN, highs[at] ?? NaN)
  }
}
