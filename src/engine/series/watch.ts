import { parseMetricPath, type MetricChunk, type MetricsUpdate } from '@shared/model/metrics'
import type { GroupStore } from './group-store'
import type { MetricStore, SeriesRef } from './metric-store'

interface Follower {
  readonly series: SeriesRef
  /** Position in the request. */
  readonly position: number
  /** Sequence of the next sample to hand out. */
  next: number
}

/**
 * Follows some series of a store for one window: first the last `window` milliseconds, then what is new.
 * A series that appears later joins with its own history.
 */
export class SeriesWatch {
  readonly #store: MetricStore
  readonly #paths: readonly string[]
  readonly #window: number
  readonly #followers: Follower[] = []
  readonly #unknown = new Set<number>()
  #revision = -1
  #first = true

  constructor(store: MetricStore, paths: readonly string[], window: number) {
    this.#store = store
    this.#paths = paths
    this.#window = window
    paths.forEach((_, position) => this.#unknown.add(position))
  }

  /** What is new since the last call; null when nothing is. */
  update(now: number): MetricsUpdate | null {
    const known = this.#unknown.size
    this.#resolve(now)
    const chunks = this.#chunks()
    const reset = this.#first
    if (!reset && chunks.length === 0 && known === this.#unknown.size) return null
    this.#first = false
    return { reset, now, chunks, unknown: [...this.#unknown] }
  }

  #resolve(now: number): void {
    if (this.#revision === this.#store.revision) return
    this.#revision = this.#store.revision
    // A series whose history has left: its place may be another's by now.
    const gone = this.#followers.filter(
      ({ series, position }) => this.#find(position)?.column !== series.column,
    )
    for (const follower of gone) {
      this.#followers.splice(this.#followers.indexOf(follower), 1)
      this.#unknown.add(follower.position)
    }
    for (const position of this.#unknown) {
      const series = this.#find(position)
      if (!series) continue
      this.#unknown.delete(position)
      // By the newest sample's own clock: the host's may differ from ours.
      const newest = series.group.lastTime ?? now
      this.#followers.push({ series, position, next: series.group.ring.firstSince(newest - this.#window) })
    }
  }

  #find(position: number): SeriesRef | undefined {
    const address = parseMetricPath(this.#paths[position] ?? '')
    return address ? this.#store.find(address) : undefined
  }

  #chunks(): MetricChunk[] {
    const together = new Map<GroupStore, Map<number, Follower[]>>()
    for (const follower of this.#followers) {
      const { group } = follower.series
      if (follower.next >= group.ring.next) continue
      const starts = together.get(group) ?? new Map<number, Follower[]>()
      together.set(group, starts)
      const same = starts.get(follower.next)
      if (same) same.push(follower)
      else starts.set(follower.next, [follower])
    }
    const chunks: MetricChunk[] = []
    for (const [group, starts] of together) {
      for (const [start, followers] of starts) chunks.push(readChunk(group, start, followers))
    }
    return chunks
  }
}

function readChunk(group: GroupStore, start: number, followers: Follower[]): MetricChunk {
  const { times, values } = group.ring.read(
    followers.map(({ series }) => series.column.slot.index),
    start,
  )
  for (const follower of followers) follower.next = group.ring.next
  return {
    series: followers.map(({ position }) => position),
    interval: group.options.interval,
    times,
    values,
  }
}
