const first = 500
const longest = 10_000

/**
 * Milliseconds to wait before attempt `attempt` (0 = the first one again): doubles up to ten seconds.
 * `random` in [0, 1) spreads the upper half, so that many windows do not return in step.
 */
export function backoffDelay(attempt: number, random: number): number {
  const limit = Math.min(longest, first * 2 ** Math.min(attempt, 16))
  return Math.round(limit * (0.5 + random / 2))
}
