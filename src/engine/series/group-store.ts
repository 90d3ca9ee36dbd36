import type { MetricDescriptor } from '@shared/model/metrics'
import type { InstanceRef, Reading, SampleGroup } from '../sink'
import { derive } from './derive'
import { SampleRing } from './ring'

export interface Column {
  readonly instance: InstanceRef
  readonly metric: MetricDescriptor
  /** The source's own, so a new one after each reconnect. */
  reading: Reading
  /** Position of the raw reading. */
  readonly at: number
  /** Position in the ring. */
  readonly index: number
  present: boolean
}

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
  onCommit(group: GroupStore): void
  onColumn(group: GroupStore, column: Column): void
}

/** The samples of one group: turns raw readings into values and keeps them in one ring. */
export class GroupStore implements SampleGroup {
  readonly options: GroupOptions
  readonly ring: SampleRing
  readonly #columns: Column[] = []
  readonly #byMetric = new Map<string, Column>()
  #raw = new Float64Array(0)
  #before = new Float64Array(0)
  #latest = new Float64Array(0)
  #used = 0
  /** Null until made for the columns there are now. */
  #sums: readonly Sum[] | null = null
  #lastMonotonic = NaN
  #lastTime = -Infinity

  constructor(options: GroupOptions) {
    this.options = options
    this.ring = new SampleRing(options.capacity)
  }

  get raw(): Float64Array {
    return this.#raw
  }

  get columns(): readonly Column[] {
    return this.#columns
  }

  add(instance: InstanceRef, metric: MetricDescriptor, reading: Reading): number {
    this.#sums = null
    const key = JSON.stringify([instance.class, instance.id, metric.name])
    const returned = this.#byMetric.get(key)
    if (returned) {
      returned.present = true
      returned.reading = reading
      this.options.onColumn(this, returned)
      return returned.at
    }
    const at = this.#used
    this.#used += reading.kind === 'ratio' ? 2 : 1
    this.#raw = grown(this.#raw, this.#used)
    this.#before = grown(this.#before, this.#used)
    this.#latest = grown(this.#latest, this.#columns.length + 1)
    const column = { instance, metric, reading, at, index: this.ring.addColumn(), present: true }
    this.#columns.push(column)
    this.#byMetric.set(key, column)
    this.options.onColumn(this, column)
    return at
  }

  remove(instance: InstanceRef): void {
    this.#removeWhere((other) => other.id === instance.id && other.class === instance.class)
  }

  /** All instances are gone until they are added again. */
  retire(): void {
    this.#removeWhere(() => true)
  }

  #removeWhere(meant: (instance: InstanceRef) => boolean): void {
    this.#sums = null
    for (const column of this.#columns) {
      if (!column.present || !meant(column.instance)) continue
      column.present = false
      this.options.onColumn(this, column)
    }
  }

  commit(time: number, monotonic: number): void {
    const elapsed = monotonic - this.#lastMonotonic
    this.#derive(elapsed / 1000)
    this.#addUp()
    // A wall clock that was set back would fold the timeline: go on from the last sample until it has caught up.
    const steady =
      time > this.#lastTime || Number.isNaN(elapsed) ? time : this.#lastTime + Math.max(1, elapsed)
    this.ring.append(steady, this.#latest)
    this.#lastTime = steady
    this.#lastMonotonic = monotonic
    this.#before.set(this.#raw)
    this.#raw.fill(NaN)
    this.options.onCommit(this)
  }

  #derive(seconds: number): void {
    for (const { reading, present, at, index } of this.#columns) {
      if (reading.kind === 'sum') continue
      this.#latest[index] = present ? derive(reading, this.#before, this.#raw, at, seconds) : NaN
    }
  }

  #addUp(): void {
    this.#sums ??= this.#columns.flatMap((column) => this.#membersOf(column))
    for (const { index, members } of this.#sums) {
      let sum = NaN
      for (const member of members) {
        const value = this.#latest[member] ?? NaN
        if (!Number.isNaN(value)) sum = Number.isNaN(sum) ? value : sum + value
      }
      this.#latest[index] = sum
    }
  }

  #membersOf({ reading, index }: Column): Sum[] {
    if (reading.kind !== 'sum') return []
    const belongs = ({ instance, metric, present }: Column): boolean =>
      present &&
      metric.name === reading.metric &&
      instance.class === reading.class &&
      reading.includes(instance.id)
    return [{ index, members: this.#columns.filter(belongs).map((column) => column.index) }]
  }

  /** Value of the newest sample, NaN where missing. Full precision: the ring keeps single. */
  latest(column: Column): number {
    return column.present ? (this.#latest[column.index] ?? NaN) : NaN
  }

  get lastTime(): number | null {
    return this.ring.next > 0 ? this.#lastTime : null
  }
}

/** The same numbers in an array of at least `length`, the rest NaN. */
function grown(array: Float64Array<ArrayBuffer>, length: number): Float64Array<ArrayBuffer> {
  if (array.length >= length) return array
  const larger = new Float64Array(Math.max(16, length, array.length * 2)).fill(NaN)
  larger.set(array)
  return larger
}
