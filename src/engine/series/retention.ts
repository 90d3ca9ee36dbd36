import type { TierOptions } from './tier'

const minute = 60_000
const hour = 60 * minute

/** Milliseconds of full resolution that are kept of each series. */
export const fullResolutionWindow = 30 * minute

/** What is kept of older samples, finest first. */
export const historyTiers: readonly TierOptions[] = [
  { interval: 10_000, horizon: 6 * hour },
  { interval: minute, horizon: 7 * 24 * hour },
]

/** Milliseconds that an instance that went away stays in the catalogue, with its history. */
export const departedMemory = 6 * hour
