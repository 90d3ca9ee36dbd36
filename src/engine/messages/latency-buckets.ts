/**
 * Log-spaced buckets for latencies, seconds: 8 for each factor of ten from 0.1 ms to 30 s, one below, one above.
 * Bucket b holds latencies in [bounds[b - 1], bounds[b]).
 */
const perDecade = 8
const lowest = 1e-4
const highest = 30
const steps = Math.ceil(Math.log10(highest / lowest) * perDecade)

/** Upper bounds of all buckets but the last, which is open. */
export const latencyBounds: readonly number[] = Array.from({ length: steps + 1 }, (_, step) =>
  step === steps ? highest : lowest * 10 ** (step / perDecade),
)
export const latencyBuckets = latencyBounds.length + 1

export function bucketOf(seconds: number): number {
  if (!(seconds >= lowest)) return 0
  if (seconds >= highest) return latencyBuckets - 1
  const guess = Math.min(steps, Math.floor(Math.log10(seconds / lowest) * perDecade) + 1)
  // The logarithm may be off by the last bit at a bound.
  if (seconds < (latencyBounds[guess - 1] ?? 0)) return guess - 1
  return seconds >= (latencyBounds[guess] ?? Infinity) ? guess + 1 : guess
}

/** The latency below which a share of the counted ones lies, by interpolation inside its bucket; null of none. */
export function quantile(counts: Uint32Array, share: number, highestSeen = highest): number | null {
  let total = 0
  for (const count of counts) total += count
  if (total === 0) return null
  const rank = share * total
  let below = 0
  for (let bucket = 0; bucket < counts.length; bucket++) {
    const count = counts[bucket] ?? 0
    if (count > 0 && below + count >= rank) {
      const low = bucket === 0 ? 0 : (latencyBounds[bucket - 1] ?? 0)
      const high = latencyBounds[bucket] ?? Math.max(highest, highestSeen)
      return Math.min(highestSeen, low + ((high - low) * Math.max(0, rank - below)) / count)
    }
    below += count
  }
  return highestSeen
}
