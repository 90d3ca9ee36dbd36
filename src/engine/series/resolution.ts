import type { GroupStore } from './group-store'
import { fullResolutionWindow } from './retention'
import type { Tier } from './tier'

/** Steps between points that people read well, milliseconds. */
const steps = [
  1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 10_800, 21_600, 43_200, 86_400,
].map((seconds) => seconds * 1_000)

/** Samples as they came may be twice as many as points that stand for a least and a greatest each. */
const samplesForPoint = 2

export interface Resolution {
  /** Null where samples are read as they came. */
  readonly tier: Tier | null
  /** Milliseconds between two points. */
  readonly step: number
  /** Whether what is read is rolled up to `step` yet. */
  readonly isRolledUp: boolean
}

/**
 * How finely to read a group: as finely as its memory goes back to `age` milliseconds, and no more than `points` points
 * in a window of `span` milliseconds.
 */
export function resolutionFor(group: GroupStore, age: number, span: number, points: number): Resolution {
  const tier =
    age <= fullResolutionWindow
      ? null
      : (group.tiers.find(({ options }) => options.horizon >= age) ?? group.tiers.at(-1) ?? null)
  const interval = tier?.options.interval ?? group.options.interval
  const most = tier === null ? points * samplesForPoint : points
  if (span / interval <= most) return { tier, step: interval, isRolledUp: true }
  return { tier, step: stepFor(interval, span / points), isRolledUp: false }
}

/** The least step of at least `wanted` milliseconds that holds whole intervals. */
export function stepFor(interval: number, wanted: number): number {
  const step = steps.find((one) => one >= wanted && one % interval === 0)
  return step ?? Math.ceil(wanted / interval) * interval
}
