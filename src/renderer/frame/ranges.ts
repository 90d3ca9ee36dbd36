import type { RangeMinutes } from '../stores/settings'

/** The live ranges, shortest first. */
export const ranges: readonly { value: RangeMinutes; label: string; title: string }[] = [
  { value: 5, label: '5 m', title: 'Last 5 minutes' },
  { value: 15, label: '15 m', title: 'Last 15 minutes' },
  { value: 30, label: '30 m', title: 'Last 30 minutes' },
]

/** The range `step` places further, staying inside the list. */
export function neighbourRange(range: RangeMinutes, step: number): RangeMinutes {
  const at = ranges.findIndex((one) => one.value === range)
  return ranges[Math.min(ranges.length - 1, Math.max(0, at + step))]?.value ?? range
}
