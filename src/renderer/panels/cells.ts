import type { Ranking, Units } from '@shared/model/metrics'
import { formatValue } from '@shared/units'
import type { Cell } from '../ui/shown'

export const textCell = (text: string, title = text): Cell => ({ value: { text, unit: '' }, title })

export function valueCell(value: number | null, units: Units, title?: string): Cell {
  const shown = formatValue(value, units)
  return title === undefined ? { value: shown } : { value: shown, title }
}

/** "4 busiest of 36 disks" where a table shows only some; else null. */
export function busiestNote(ranking: Ranking | null, what: string): string | null {
  if (!ranking || ranking.total <= ranking.rows.length) return null
  return `${ranking.rows.length} busiest of ${ranking.total} ${what}`
}
