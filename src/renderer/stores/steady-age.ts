import { formatDuration } from '@shared/units'

/** How long something has lasted, in whole seconds from one on; empty where it is not known. */
export const formatSteadyAge = (since: number | null, now: number): string =>
  since === null ? '' : formatDuration(Math.max(1_000, Math.floor((now - since) / 1_000) * 1_000))
