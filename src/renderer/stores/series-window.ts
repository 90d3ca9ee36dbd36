import type { MetricsUpdate } from '@shared/model/metrics'
import { SampleRing } from './sample-ring'

/** The last samples of the series of one subscription, by their position in its `paths`. */
export class SeriesWindow {
  readonly #rings: readonly SampleRing[]
  readonly #intervals: number[]
  readonly #span: number
  #unknown: ReadonlySet<number> = new Set()
  #newest: number | null = null

  /** `span` in milliseconds. */
  constructor(count: number, span: number) {
    // A sample a second is the usual; slower series leave room unused, faster ones grow.
    const expected = Math.ceil(span / 1_000) + 16
    this.#rings = Array.from({ length: count }, () => new SampleRing(expected))
    this.#intervals = Array.from({ length: count }, () => 1_000)
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
    for (const { series, interval, times, values } of update.chunks) {
      for (const [row, position] of series.entries()) {
        const ring = this.#rings[position]
        if (!ring) continue
        this.#intervals[position] = interval
        for (const [column, time] of times.entries()) {
          ring.append(time, values[row * times.length + column] ?? NaN)
        }
        if (ring.newest !== null) {
          ring.dropBefore(ring.newest - this.#span)
          this.#newest = Math.max(this.#newest ?? -Infinity, ring.newest)
        }
      }
    }
  }

  /** Milliseconds for which all samples held, of all series, have no value; null where one has or none is held. */
  blankFor(): number | null {
    if (this.#newest === null || !this.#rings.every((ring) => ring.blank)) return null
    const oldest = Math.min(...this.#rings.map((ring) => ring.oldest ?? Infinity))
    return this.#newest - oldest
  }

  /** Views on the samples held; valid until the next update. */
  samples(position: number): { times: Float64Array; values: Float32Array; interval: number } {
    const ring = this.#rings[position]
    return {
      times: ring?.times ?? new Float64Array(),
      values: ring?.values ?? new Float32Array(),
      interval: this.#intervals[position] ?? 1_000,
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
