import type { Units } from '@shared/model/metrics'
import { formatClock, formatDateTime, formatText, formatValue, type FormattedValue } from '@shared/units'
import { valueAt, valueNow, type ChartSeries } from './series'

/** What one series says at a moment. */
export interface Reading {
  readonly name: string
  /** Name of a CSS custom property. */
  readonly color: string
  /** Place of the series in its chart: it decides the shape of its mark. */
  readonly place: number
  /** Null where it is missing. */
  readonly value: number | null
  readonly shown: FormattedValue
}

/** The values at `cursor`, or the newest ones at the end of the range where there is no cursor. */
export function readings(
  series: readonly ChartSeries[],
  units: Units,
  cursor: number | null,
  to: number,
): Reading[] {
  return series.map((one, place) => {
    const value = cursor === null ? valueNow(one, to) : valueAt(one, cursor)
    return { name: one.name, color: one.color, place, value, shown: formatValue(value, units) }
  })
}

/** A chart in words: "CPU: user 12 %, system no data; 14:05:00 to 14:10:00". */
export function describeChart(
  label: string,
  read: readonly Reading[],
  units: Units,
  range: { from: number; to: number },
): string {
  return `${label}: ${inWords(read, units)}; ${timeText(range.from, range)} to ${timeText(range.to, range)}`
}

/** What the cursor stands at, in words. */
export function describeMoment(
  time: number,
  read: readonly Reading[],
  units: Units,
  range: { from: number; to: number },
): string {
  return `${timeText(time, range)}: ${inWords(read, units)}`
}

function inWords(read: readonly Reading[], units: Units): string {
  const values = read.map(
    ({ name, value }) => `${name} ${value === null ? 'no data' : formatText(value, units)}`,
  )
  return values.join(', ') || 'no data'
}

const clockSpan = 20 * 3_600_000

/** The time of day; with its date where the range is too long for the time alone. */
export function timeText(time: number, range: { from: number; to: number }): string {
  return range.to - range.from < clockSpan ? formatClock(time) : formatDateTime(time)
}
