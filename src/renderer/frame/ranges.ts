import type { RangeMinutes } from '../stores/settings'

const range = (value: RangeMinutes, label: string, words: string) => ({
  value,
  label,
  title: `Last ${words}`,
})

/** The live ranges, shortest first. */
export const ranges: readonly { value: RangeMinutes; label: string; title: string }[] = [
  range(5, '5 m', '5 minutes'),
  range(15, '15 m', '15 minutes'),
  range(30, '30 m', '30 minutes'),
  range(60, '1 h', 'hour'),
  range(180, '3 h', '3 hours'),
  range(360, '6 h', '6 hours'),
  range(1_440, '24 h', '24 hours'),
  range(4_320, '3 d', '3 days'),
  range(10_080, '7 d', '7 days'),
]

/** The range `step` places further, staying inside the list. */
export function neighbourRange(minutes: RangeMinutes, step: number): RangeMinutes {
  const at = ranges.findIndex((one) => one.value === minutes)
  return ranges[Math.min(ranges.length - 1, Math.max(0, at + step))]?.value ?? minutes
}
