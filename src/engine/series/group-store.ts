import type { MetricDescriptor } from '@shared/model/metrics'
import type { InstanceRef, Reading, SampleGroup } from '../sink'
import type { SeriesBudget } from './budget'
import { columnKey, widthOf, type Column, type Slot } from './column'
import { derive } from './derive'
import { SampleRing } from './ring'
import { Tier, type TierOptions } from './tier'

/** Positions in the ring of a sum and of what it adds up. */
interface Sum {
  readonly index: number
  readonly members: readonly number[]
}

export interface GroupOptions {
  readonly name: string
  readonly source: string
  /** Milliseconds between samples. */
  readonly interval: number
  /** Samples kept. */
  readonly capacity: number
  readonly budget: SeriesBudget
  /** Resolutions of the history, finest first. */
  readonly tiers: readonly TierOptions[]
  /** Milliseconds that an instance that went away is remembered. */
  readonly memory: number
  onCommit(group: GroupStore): void
  /** A column came or went. */
  onColumn(group: GroupStore, column: Column): void
  /** A column that went is not remembered any more. */
  onRelease(group: GroupStore, column: Column): void
}

/** Samples between two looks for columns that are not remembered any more. */
const releaseEvery = 64

/** The samples of one group: turns raw readings into values and keeps them in one ring. */
export class GroupStore implements SampleGroup {
  readonly options: GroupOptions
  readonly ring: SampleRing
  /** Finest first; those that would be finer than the samples are left out. */
  readonly tiers: readonly Tier[]
  readonly #columns = new Map<string, Column>()
  readonly #freeSlots: Slot[] = []
  /** The first two raw positions belong to nobody: what is over the budget is written there. */
  #raw = new Float64Array(2)
  #before = new Float64Array(2)
  #latest = new Float64Array(0)
  #used = 2
  /** Null until made for the columns there are now. */
  #sums: readonly Sum[] | null = null
  #lastMonotonic = NaN
  #lastTime = -Infinity

  constructor(options: GroupOptions) {
    this.options = options
    this.ring = new SampleRing(options.capacity)
    this.tiers = options.tiers
      .filter(({ interval }) => interval >= options.interval)
      .map((tier) => new Tier(tier, options.budget))
  }

  get raw(): Float64Array {
    return this.#raw
  }

  add(instance: InstanceRef, metric: MetricDescriptor, reading: Reading): number {
    this.#sums = null
    const key = columnKey(instance, metric.name)
    const returned = this.#columns.get(key)
    if (returned?.slot.width === widthOf(reading)) {
      returned.absentSince = null
      returned.reading = reading
      this.options.onColumn(this, returned)
      return returned.slot.at
    }
    const slot = this.#takeSlot(widthOf(reading))
    if (!slot) return 0
    const column: Column = { instance, metric, reading, slot, absentSince: null }
    this.#columns.set(key, column)
    this.options.onColumn(this, column)
    return slot.at
  }

  remove(instance: InstanceRef): void {
    this.#removeWhere((other) => other.id === instance.id && other.class === instance.class)
  }

  /** All instances are gone until they are added again. */
  retire(): void {
    this.#removeWhere(() => true)
  }

  commit(time: number, monotonic: number): void {
    const elapsed = monotonic - this.#lastMonotonic
    this.#derive(elapsed / 1000)
    this.#addUp()
    // A wall clock that was set back would fold the timeline: go on from the last sample until it has caught up.
    const steady =
      time > this.#lastTime || Number.isNaN(elapsed) ? time : this.#lastTime + Math.max(1, elapsed)
    this.ring.append(steady, this.#latest)
    this.#rollUp(steady)
    this.#lastTime = steady
    this.#lastMonotonic = monotonic
    this.#before.set(this.#raw)
    this.#raw.fill(NaN)
    if (this.ring.next % releaseEvery === 0) this.#release()
    this.options.onCommit(this)
  }

  /** Value of the newest sample, NaN where missing. Full precision: the ring keeps single. */
  latest({ absentSince, slot }: Column): number {
    return absentSince === null ? (this.#latest[slot.index] ?? NaN) : NaN
  }

  get lastTime(): number | null {
    return this.ring.next > 0 ? this.#lastTime : null
  }

  #removeWhere(meant: (instance: InstanceRef) => boolean): void {
    this.#sums = null
    for (const column of this.#columns.values()) {
      if (column.absentSince !== null || !meant(column.instance)) continue
      column.absentSince = this.#lastTime
      this.options.onColumn(this, column)
    }
  }

  #takeSlot(width: number): Slot | null {
    const free = this.#freeSlots.findIndex((slot) => slot.width === width)
    const [reused] = free < 0 ? [] : this.#freeSlots.splice(free, 1)
    if (reused) return reused
    if (!this.options.budget.take(this.ring.bytesPerColumn)) {
      this.options.budget.omit()
      return null
    }
    const slot = { at: this.#used, width, index: this.ring.addColumn() }
    this.#used += width
    this.#raw = grown(this.#raw, this.#used)
    this.#before = grown(this.#before, this.#used)
    this.#latest = grown(this.#latest, slot.index + 1)
    return slot
  }

  #rollUp(time: number): void {
    for (const tier of this.tiers) tier.add(time, this.#latest, this.ring.columns)
  }

  /** Gives back all memory. */
  close(): void {
    for (const tier of this.tiers) tier.close()
    this.options.budget.give(this.ring.bytesPerColumn * this.ring.columns)
  }

  /** Frees the slots of columns that have been away for long. */
  #release(): void {
    for (const [key, column] of this.#columns) {
      if (column.absentSince === null || column.absentSince > this.#lastTime - this.options.memory) continue
      this.#columns.delete(key)
      this.ring.clearColumn(column.slot.index)
      for (const tier of this.tiers) tier.clearColumn(column.slot.index)
      this.#before.fill(NaN, column.slot.at, column.slot.at + column.slot.width)
      this.#freeSlots.push(column.slot)
      this.options.onRelease(this, column)
    }
  }

  #derive(seconds: number): void {
    for (const { reading, absentSince, slot } of this.#columns.values()) {
      if (reading.kind === 'sum') continue
      this.#latest[slot.index] =
        absentSince === null ? derive(reading, this.#before, this.#raw, slot.at, seconds) : NaN
    }
  }

  #addUp(): void {
    this.#sums ??= [...this.#columns.values()].flatMap((column) => this.#membersOf(column))
    for (const { index, members } of this.#sums) {
      let sum = NaN
      for (const member of members) {
        const value = this.#latest[member] ?? NaN
        if (!Number.isNaN(value)) sum = Number.isNaN(sum) ? value : sum + value
      }
      this.#latest[index] = sum
    }
  }

  #membersOf({ reading, slot, absentSince }: Column): Sum[] {
    if (reading.kind !== 'sum') return []
    const belongs = (other: Column): boolean =>
      other.absentSince === null &&
      other.metric.name === reading.metric &&
      other.instance.class === reading.class &&
      reading.includes(other.instance.id)
    const members = absentSince === null ? [...this.#columns.values()].filter(belongs) : []
    return [{ index: slot.index, members: members.map((member) => member.slot.index) }]
  }
}

/** The same numbers in an array of at least `length`, the rest NaN. */
function grown(array: Float64Array<ArrayBuffer>, length: number): Float64Array<ArrayBuffer> {
  if (array.length >= length) return array
  const larger = new Float64Array(Math.max(16, length, array.length * 2)).fill(NaN)
  larger.set(array)
  return larger
}
