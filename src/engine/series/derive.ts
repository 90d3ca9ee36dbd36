import type { Reading, SumReading } from '../sink'

const wrap32 = 2 ** 32
/** A counter that wrapped moved at most this far; a larger "wrap" is a reset of the counter. */
const plausibleWrap = 2 ** 31

/**
 * How far a cumulative counter moved between two readings; NaN across a reset, or where one is missing.
 * A 32-bit counter that went down may have wrapped; it was reset if it would have had to run half its range.
 */
export function increase(before: number, after: number, bits: 32 | 64): number {
  const moved = after - before
  if (moved >= 0 || Number.isNaN(moved)) return moved
  if (bits === 64 || before >= wrap32) return NaN
  const wrapped = moved + wrap32
  return wrapped < plausibleWrap ? wrapped : NaN
}

/**
 * The value of one metric from two successive raw readings.
 * `at` is the position of the reading (a ratio's divisor is at `at + 1`), `seconds` the time between them.
 */
export function derive(
  reading: Exclude<Reading, SumReading>,
  before: Float64Array,
  after: Float64Array,
  at: number,
  seconds: number,
): number {
  const scale = reading.scale ?? 1
  const now = after[at] ?? NaN
  switch (reading.kind) {
    case 'gauge':
      return now * scale
    case 'counter':
      return seconds > 0 ? (increase(before[at] ?? NaN, now, reading.bits ?? 64) / seconds) * scale : NaN
    case 'ratio': {
      const part = increase(before[at] ?? NaN, now, 64)
      const whole = increase(before[at + 1] ?? NaN, after[at + 1] ?? NaN, 64)
      if (whole === 0) return part === 0 && reading.idle === 0 ? 0 : NaN
      return (part / whole) * scale
    }
  }
}
