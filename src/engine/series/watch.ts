import { parseMetricPath, type MetricChunk, type MetricsUpdate } from '@shared/model/metrics'
import type { GroupStore } from './group-store'
import type { MetricStore, SeriesRef } from './metric-store'
import { joinHistory } from './join-history'
import { chunkOf } from './live-series'
import { resolutionFor, type Resolution } from './resolution'
import { aggregate, bucketOf, type Slice } from './slice'

export interface WatchedRange {
  /** Milliseconds. */
  readonly window: number
  /** Epoch milliseconds of the host's clock; null to follow what comes. */
  readonly to: number | null
  /** Points of each series that the window can show. */
  readonly points: number
}

interface Follower {
  readonly series: SeriesRef
  /** Position in the request. */
  readonly position: number
  readonly resolution: Resolution
  /** Time behind which nothing was handed out; NaN before the first. */
  until: number
  /** Start of the bucket that was handed out last and may still grow; points from there on are sent again. */
  since: number
}

/** Series that are read in one go, and milliseconds after which others get their turn. */
const seriesAtOnce = 32
const turn = 4

/**
 * Follows some series of a store for one window: first what lies in the range, then what is new. A series that appears
 * later joins with its own history.
 */
export class SeriesWatch {
  readonly #store: MetricStore
  readonly #paths: readonly string[]
  readonly #range: WatchedRange
  readonly #followers: Follower[] = []
  readonly #unknown = new Set<number>()
  #revision = -1
  #history: number
  #first = true
  #isBehind = false

  constructor(store: MetricStore, paths: readonly string[], range: WatchedRange) {
    this.#store = store
    this.#paths = paths
    this.#range = range
    this.#history = store.history.revision
    paths.forEach((_, position) => this.#unknown.add(position))
  }

  /** There was more than one turn's work: another update is to follow at once. */
  get isBehind(): boolean {
    return this.#isBehind
  }

  /** What is new since the last call, or as much of it as one turn holds; null when nothing is. */
  update(now: number): MetricsUpdate | null {
    this.#startOverWithHistory()
    const known = this.#unknown.size
    this.#resolve(now)
    const chunks = this.#chunks()
    const reset = this.#first
    if (!reset && chunks.length === 0 && known === this.#unknown.size) return null
    this.#first = false
    return { reset, now, chunks, unknown: [...this.#unknown] }
  }

  #startOverWithHistory(): void {
    if (this.#history === this.#store.history.revision) return
    this.#history = this.#store.history.revision
    for (const { position } of this.#followers.splice(0)) this.#unknown.add(position)
    this.#revision = -1
    this.#first = true
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
      this.#followers.push({
        series,
        position,
        resolution: this.#resolutionOf(series.group, now),
        until: NaN,
        since: -Infinity,
      })
    }
  }

  #resolutionOf(group: GroupStore, now: number): Resolution {
    const { window, to, points } = this.#range
    // By the newest sample's own clock: the host's may differ from ours.
    const newest = group.lastTime ?? now
    return resolutionFor(group, newest - ((to ?? newest) - window), window, points)
  }

  #find(position: number): SeriesRef | undefined {
    const address = parseMetricPath(this.#paths[position] ?? '')
    return address ? this.#store.find(address) : undefined
  }

  #chunks(): MetricChunk[] {
    const chunks: MetricChunk[] = []
    const begun = performance.now()
    this.#isBehind = false
    for (const together of this.#batches()) {
      this.#isBehind = chunks.length > 0 && performance.now() - begun > turn
      if (this.#isBehind) break
      chunks.push(...this.#read(together))
    }
    return chunks
  }

  /** Followers with something new that share a timeline and were at the same place. */
  #batches(): Follower[][] {
    const batches = new Map<GroupStore, Map<number, Follower[]>>()
    for (const follower of this.#followers) {
      const { group } = follower.series
      const newest = group.lastTime
      if (newest === null || newest <= follower.until) continue
      if (this.#range.to !== null && follower.until >= this.#range.to) continue
      const places = batches.get(group) ?? new Map<number, Follower[]>()
      batches.set(group, places)
      const same = places.get(follower.since)
      if (same) same.push(follower)
      else places.set(follower.since, [follower])
    }
    return [...batches.values()].flatMap((places) => [...places.values()].flatMap(inPieces))
  }

  #read(followers: readonly Follower[]): MetricChunk[] {
    const [first] = followers
    if (!first) return []
    const { group } = first.series
    const { resolution } = first
    const newest = group.lastTime ?? 0
    const to = this.#range.to ?? newest
    const isFirst = Number.isNaN(first.until)
    const from = isFirst ? to - this.#range.window : first.since
    const slice = readSlice(
      group,
      followers.map(({ series }) => series.column.slot.index),
      from,
      to,
      resolution,
    )
    const since =
      resolution.tier === null && resolution.isRolledUp
        ? nextAfter(newest)
        : bucketOf(newest, resolution.step) * resolution.step
    for (const follower of followers) {
      follower.until = newest
      follower.since = since
    }
    const live = {
      slice,
      series: followers.map(({ position }) => position),
      interval: resolution.step,
      since: from,
    }
    if (!isFirst) return [chunkOf(live)]
    const paths = followers.map(({ position }) => this.#paths[position] ?? '')
    return joinHistory(live, paths, this.#store.history, { from, to, points: this.#range.points })
  }
}

/** No further sample can have an earlier time. */
const nextAfter = (time: number): number => time + 0.001

function inPieces(followers: readonly Follower[]): Follower[][] {
  const pieces: Follower[][] = []
  for (let at = 0; at < followers.length; at += seriesAtOnce)
    pieces.push(followers.slice(at, at + seriesAtOnce))
  return pieces
}

function readSlice(
  group: GroupStore,
  columns: readonly number[],
  from: number,
  to: number,
  { tier, step, isRolledUp }: Resolution,
): Slice {
  const slice = tier?.read(columns, from, to) ?? readSamples(group, columns, from, to)
  return isRolledUp ? slice : aggregate(slice, columns.length, step)
}

function readSamples(group: GroupStore, columns: readonly number[], from: number, to: number): Slice {
  const { ring } = group
  const { times, values } = ring.read(columns, ring.firstSince(from), ring.firstSince(to + 0.001))
  return { times, values, lows: values, highs: values }
}
