import type { Units } from '@shared/model/metrics'
import type { MetricDescriptor } from '@shared/model/metrics'
import type { InstanceRef, Reading, SampleGroup } from '../source'

/** One metric of a class: what it is called, and how its raw reading is taken from a parsed sample `S`. */
export interface Column<S> {
  readonly descriptor: MetricDescriptor
  readonly reading: Reading
  readonly read: (sample: S) => number
  /** Of a `ratio`. */
  readonly divisor?: (sample: S) => number
  /**
   * A cumulative reading that kernels let go back a little at times (iowait): a step back of at most
   * this much is read as standing still instead of as a reset.
   */
  readonly steady?: number
}

/** Name, units, description. */
export type Label = readonly [name: string, units: Units, description: string]

const descriptor = (label: Label, type: MetricDescriptor['type']): MetricDescriptor => ({
  name: label[0],
  units: label[1],
  description: label[2],
  type,
})

export function gauge<S>(label: Label, read: (sample: S) => number): Column<S> {
  return { descriptor: descriptor(label, 'gauge'), reading: { kind: 'gauge' }, read }
}

/** Increase a second times `scale`; `bits` is the width at which the kernel lets it wrap. */
export function counter<S>(
  label: Label,
  read: (sample: S) => number,
  { scale = 1, bits = 64 }: { scale?: number; bits?: 32 | 64 } = {},
): Column<S> {
  return { descriptor: descriptor(label, 'counter'), reading: { kind: 'counter', scale, bits }, read }
}

/** Increase of one reading by the increase of another, times `scale`. */
export function ratio<S>(
  label: Label,
  read: (sample: S) => number,
  divisor: (sample: S) => number,
  { scale = 1, steady }: { scale?: number; steady?: number } = {},
): Column<S> {
  const column = {
    descriptor: descriptor(label, 'counter'),
    reading: { kind: 'ratio', scale },
    read,
    divisor,
  } as const
  return steady === undefined ? column : { ...column, steady }
}

/** The sum of a metric over the instances of a class, made by the store. */
export function sum<S>(
  label: Label,
  className: string,
  metric: string,
  includes: (instance: string) => boolean,
): Column<S> {
  const reading = { kind: 'sum', class: className, metric, includes } as const
  return { descriptor: descriptor(label, 'counter'), reading, read: () => NaN }
}

/** The columns of one instance and their positions in the group's raw readings. */
export class InstanceColumns<S> {
  readonly instance: InstanceRef
  readonly #columns: readonly Column<S>[]
  readonly #positions: Int32Array
  /** The last value of columns that must not go back. */
  readonly #last: Float64Array

  constructor(group: SampleGroup, instance: InstanceRef, columns: readonly Column<S>[]) {
    this.instance = instance
    this.#columns = columns
    this.#positions = Int32Array.from(columns, (column) =>
      group.add(instance, column.descriptor, column.reading),
    )
    this.#last = new Float64Array(columns.length).fill(NaN)
  }

  write(raw: Float64Array, sample: S): void {
    for (let index = 0; index < this.#columns.length; index++) {
      const column = this.#columns[index]
      const position = this.#positions[index]
      if (column === undefined || position === undefined) continue
      raw[position] =
        column.steady === undefined
          ? column.read(sample)
          : this.#steady(index, column.steady, column.read(sample))
      if (column.divisor !== undefined) raw[position + 1] = column.divisor(sample)
    }
  }

  #steady(index: number, limit: number, value: number): number {
    const last = this.#last[index] ?? NaN
    if (value < last && last - value <= limit) return last
    this.#last[index] = value
    return value
  }
}
