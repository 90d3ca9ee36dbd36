import { metricPath } from '@shared/model/metrics'
import type { HistoricSeries } from '../history-sink'
import type { SeriesBudget } from './budget'

export interface ToldSeries extends HistoricSeries {
  /** Kind of the source that told it. */
  readonly source: string
}

/** Of a point: time, mean, least, greatest. */
const bytesPerPoint = 8 + 3 * 4

/**
 * What hosts had noted of some metrics before we came, by their path. It is told anew at each connection: what the same
 * source told of a metric before goes.
 */
export class HistoryBook {
  readonly #budget: SeriesBudget
  readonly #series = new Map<string, ToldSeries[]>()
  #bytes = 0
  #revision = 0

  constructor(budget: SeriesBudget) {
    this.#budget = budget
  }

  /** Changes whenever there is other history. */
  get revision(): number {
    return this.#revision
  }

  /** Replaces what `source` told; the number of series for which there was no room. */
  put(source: string, told: readonly HistoricSeries[]): number {
    for (const [path, parts] of this.#series) {
      const others = parts.filter((part) => part.source !== source)
      for (const part of parts) if (part.source === source) this.#take(-part.times.length * bytesPerPoint)
      if (others.length > 0) this.#series.set(path, others)
      else this.#series.delete(path)
    }
    let refused = 0
    for (const part of told) {
      if (!this.#take(part.times.length * bytesPerPoint)) {
        refused++
        continue
      }
      const path = metricPath(part.address)
      const parts = [...(this.#series.get(path) ?? []), { ...part, source }]
      // Finer ones first: where two tell of one time, the finer one is heard.
      this.#series.set(
        path,
        parts.sort((a, b) => a.interval - b.interval),
      )
    }
    this.#revision++
    return refused
  }

  /** Finest first. */
  of(path: string): readonly ToldSeries[] {
    return this.#series.get(path) ?? []
  }

  close(): void {
    this.#take(-this.#bytes)
    this.#series.clear()
  }

  #take(bytes: number): boolean {
    if (bytes <= 0) this.#budget.give(-bytes)
    else if (!this.#budget.take(bytes)) return false
    this.#bytes += bytes
    return true
  }
}
