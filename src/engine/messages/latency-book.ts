import { bucketOf, latencyBuckets, quantile } from './latency-buckets'

/** Seconds of one column, and columns that are kept: half an hour. */
const columnSeconds = 1
const keptColumns = 1_800

interface Column {
  readonly second: number
  readonly counts: Uint32Array
  highest: number
}

export interface LatencyFigures {
  readonly count: number
  /** Seconds; null of none. */
  readonly p50: number | null
  readonly p90: number | null
  readonly p99: number | null
  readonly max: number | null
}

/** Latencies by time: one histogram for each second in which there were any, oldest first. */
export class LatencySeries {
  readonly #columns: Column[] = []

  add(time: number, seconds: number): void {
    const second = Math.floor(time / 1_000 / columnSeconds)
    const column = this.#columnAt(second)
    const bucket = bucketOf(seconds)
    column.counts[bucket] = (column.counts[bucket] ?? 0) + 1
    column.highest = Math.max(column.highest, seconds)
  }

  /** Counts of [from, to), epoch milliseconds, in `columns` equal steps of time, column by column. */
  heatmap(from: number, to: number, columns: number): Uint32Array {
    const cells = new Uint32Array(columns * latencyBuckets)
    const each = (to - from) / columns
    for (const { second, counts } of this.#between(from, to)) {
      const at =
        Math.min(columns - 1, Math.max(0, Math.floor((second * 1_000 - from) / each))) * latencyBuckets
      for (let bucket = 0; bucket < latencyBuckets; bucket++) {
        cells[at + bucket] = (cells[at + bucket] ?? 0) + (counts[bucket] ?? 0)
      }
    }
    return cells
  }

  figures(from: number, to: number): LatencyFigures {
    const counts = new Uint32Array(latencyBuckets)
    let highest = 0
    for (const column of this.#between(from, to)) {
      column.counts.forEach((count, bucket) => (counts[bucket] = (counts[bucket] ?? 0) + count))
      highest = Math.max(highest, column.highest)
    }
    return figuresOf(counts, highest)
  }

  *#between(from: number, to: number): Iterable<Column> {
    for (const column of this.#columns) {
      const time = column.second * 1_000
      if (time >= Math.floor(from / 1_000) * 1_000 && time < to) yield column
    }
  }

  /** Replies come nearly in order, so the column is one of the last. */
  #columnAt(second: number): Column {
    let at = this.#columns.length
    while (at > 0 && (this.#columns[at - 1]?.second ?? 0) > second) at--
    const found = this.#columns[at - 1]
    if (found?.second === second) return found
    const column = { second, counts: new Uint32Array(latencyBuckets), highest: 0 }
    this.#columns.splice(at, 0, column)
    const newest = this.#columns.at(-1)?.second ?? second
    while ((this.#columns[0]?.second ?? newest) <= newest - keptColumns) this.#columns.shift()
    return column
  }
}

export function figuresOf(counts: Uint32Array, highest: number): LatencyFigures {
  let count = 0
  for (const each of counts) count += each
  const at = (share: number): number | null => quantile(counts, share, highest)
  return { count, p50: at(0.5), p90: at(0.9), p99: at(0.99), max: count === 0 ? null : highest }
}

/** Latencies of all services and of their methods. */
export class LatencyBook {
  readonly #series = new Map<string, Map<string | null, LatencySeries>>()

  /** `seconds` from request to response; `time` of the response, epoch milliseconds. */
  add(service: string, method: string | null, time: number, seconds: number): void {
    this.#open(service, null).add(time, seconds)
    if (method !== null) this.#open(service, method).add(time, seconds)
  }

  services(): string[] {
    return [...this.#series.keys()].sort()
  }

  methods(service: string): string[] {
    const methods = this.#series.get(service)?.keys() ?? []
    return [...methods].filter((method) => method !== null).sort()
  }

  /** Of all methods where `method` is null. */
  find(service: string, method: string | null): LatencySeries | undefined {
    return this.#series.get(service)?.get(method)
  }

  #open(service: string, method: string | null): LatencySeries {
    const methods = this.#series.get(service) ?? new Map<string | null, LatencySeries>()
    this.#series.set(service, methods)
    const series = methods.get(method) ?? new LatencySeries()
    // A hostile bus may name any number of methods.
    if (methods.size < maxMethods) methods.set(method, series)
    return series
  }
}
const maxMethods = 500
