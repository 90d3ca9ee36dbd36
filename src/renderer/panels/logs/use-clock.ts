import { formatClock, formatDateTime, formatZone } from '@shared/units'
import { computed, type ComputedRef } from 'vue'
import { useRowZone } from '../../stores/rows-zone'

export interface RowClock {
  /** Undefined is the reader's own. */
  readonly zone: string | undefined
  readonly label: string
  /** "14:05:09"; with its day where `dated`. Milliseconds follow where `fine`. */
  format(time: number, dated: boolean, fine: boolean): string
}

/** Rows of one second share their text. */
function cached(zone: string | undefined): RowClock['format'] {
  const known = new Map<number, string>()
  return (time, dated, fine) => {
    if (!Number.isFinite(time)) return '–'
    const second = Math.floor(time / 1_000)
    const key = dated ? -second : second
    let text = known.get(key)
    if (text === undefined) {
      if (known.size > 2_000) known.clear()
      text = dated ? formatDateTime(time, zone).slice(5) : formatClock(time, zone)
      known.set(key, text)
    }
    return fine ? `${text}.${String(Math.floor(time) - second * 1_000).padStart(3, '0')}` : text
  }
}

/** The clock that times of rows are told by, as the person chose it. */
export function useRowClock(): ComputedRef<RowClock> {
  const zone = useRowZone()
  return computed(() => ({
    zone: zone.value,
    label: formatZone(Date.now(), zone.value),
    format: cached(zone.value),
  }))
}
