import { baseTime, readTime } from '@shared/filter/times'
import { usageFailure } from './exit'

const day = 24 * 60 * 60_000

/**
 * A time of the filter language as epoch milliseconds: its beginning, where it leaves something open. A time of day
 * that has not come yet is yesterday's. `utcOffset`: minutes that the reader's clock is ahead of UTC at a moment, which
 * in summer is another one than in winter. Throws a usage failure.
 */
export function readSince(text: string, now: number, utcOffset: (time: number) => number): number {
  const written = readTime(text.trim())
  if (!written) {
    throw usageFailure(
      `--since must be a time, not "${text}".`,
      'For example -10m, -2h, 12:30, 2026-02-03, 2026-02-03T12:30:05Z, @1770120000.',
    )
  }
  const onClock = (moment: number): number => {
    const today = baseTime(written.base, { now: moment, utcOffset: utcOffset(moment) }) + written.start
    // The offset is that of the time itself.
    const zoned = written.base === 'local' || written.base === 'midnight'
    return zoned ? today + (utcOffset(moment) - utcOffset(today)) * 60_000 : today
  }
  const time = onClock(now)
  if (written.base === 'midnight' && time > now) return onClock(now - day)
  if (time > now) throw usageFailure(`--since must be in the past; "${text}" is not.`)
  return time
}
