import type { RowHistogram } from '@shared/model/rows'

/** Levels of a histogram in the order in which they are stacked, from below; 8 is unknown. */
const bands: readonly {
  readonly levels: readonly number[]
  readonly token: string
  readonly opacity: number
}[] = [
  { levels: [5, 6, 8], token: '--color-control', opacity: 0.75 },
  { levels: [7], token: '--color-control', opacity: 0.35 },
  { levels: [4], token: '--color-amber', opacity: 0.95 },
  { levels: [0, 1, 2, 3], token: '--color-red', opacity: 1 },
]

export interface Bar {
  readonly bin: number
  readonly token: string
  readonly opacity: number
  /** Shares of the height, from below. */
  readonly from: number
  readonly to: number
}

/** Rows of a bin, and of those the ones at least as severe as a syslog level. */
export function countIn({ counts }: RowHistogram, bin: number, upTo = 8): number {
  let sum = 0
  for (let level = 0; level <= upTo; level++) sum += counts[bin * 9 + level] ?? 0
  return sum
}

/**
 * Bars of a histogram by the square root of their count, so that one error beside a thousand lines is seen; the
 * severest are at the foot, where all bars begin, and have at least `least` of the height.
 */
export function barsOf(histogram: RowHistogram, least: number): Bar[] {
  const { bins, counts } = histogram
  let most = 1
  for (let bin = 0; bin < bins; bin++) most = Math.max(most, countIn(histogram, bin))
  const bars: Bar[] = []
  for (let bin = 0; bin < bins; bin++) {
    const total = countIn(histogram, bin)
    if (total === 0) continue
    const height = Math.max(least, Math.sqrt(total / most))
    let from = 0
    for (const { levels, token, opacity } of [...bands].reverse()) {
      const own = levels.reduce((sum, level) => sum + (counts[bin * 9 + level] ?? 0), 0)
      if (own === 0) continue
      const to = Math.min(1, from + Math.max(least, (own / total) * height))
      bars.push({ bin, token, opacity, from, to })
      from = to
    }
  }
  return bars
}
