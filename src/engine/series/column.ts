import type { MetricDescriptor } from '@shared/model/metrics'
import type { InstanceRef, Reading } from '../sink'

/** One metric of one instance in a group. */
export interface Column {
  readonly instance: InstanceRef
  readonly metric: MetricDescriptor
  /** The source's own, so a new one after each reconnect. */
  reading: Reading
  readonly slot: Slot
  /** Time of the last sample with it, -Infinity for none; null while it is there. */
  absentSince: number | null
}

/** Where a column's numbers are; goes to another column once this one is not remembered any more. */
export interface Slot {
  /** Position of the raw reading; a ratio's divisor is at the next one. */
  readonly at: number
  /** Raw positions: 2 for a ratio, 1 otherwise. */
  readonly width: number
  /** Position in the ring. */
  readonly index: number
}

export const widthOf = (reading: Reading): number => (reading.kind === 'ratio' ? 2 : 1)

export const columnKey = (instance: InstanceRef, metric: string): string =>
  JSON.stringify([instance.class, instance.id, metric])
