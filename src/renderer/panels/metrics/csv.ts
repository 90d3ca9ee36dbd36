import { lowerBound, seriesLength, type ChartSeries } from '../../charts/series'
import { csvCell } from '../../stores/rows-export'
import type { Line } from './lines'
import { plainNumber } from './table'

export interface CsvWishes {
  /** Epoch milliseconds, both included. */
  readonly from: number
  readonly to: number
  readonly signal: AbortSignal
  readonly progress: (share: number) => void
}

export interface Csv {
  readonly parts: readonly string[]
  readonly rows: number
}

/** Rows written before other work of the page has its turn. */
const portion = 500
const lineEnd = '\r\n'

/** Places of one series that lie in the range, and how it is written: one column, or three where it is rolled up. */
interface Place {
  readonly series: ChartSeries
  readonly rolledUp: boolean
  at: number
  readonly end: number
}

const headOf = ({ host, compared, units, series }: Line): string[] => {
  const unit = units === '' ? '' : ` [${units}]`
  const name = `${host} ${compared.path}`
  const kinds = isRolledUp(series) ? [' min', ' avg', ' max'] : ['']
  return kinds.map((kind) => csvCell(`${name}${kind}${unit}`))
}
const isRolledUp = ({ lows, highs }: ChartSeries): boolean =>
  (lows ?? null) !== null && (highs ?? null) !== null

/**
 * What shows as CSV: a row for each time that any series has, ISO 8601 in UTC; values in base units, the unit in the
 * header; nothing where a value is missing; min, avg and max where points stand for several samples. Null where it
 * was cancelled.
 */
export async function metricsCsv(lines: readonly Line[], wishes: CsvWishes): Promise<Csv | null> {
  const { from, to, signal, progress } = wishes
  const places = lines.map(({ series }) => placeOf(series, from, to))
  const times = allTimes(places)
  const parts = [['time', ...lines.flatMap(headOf)].join(',') + lineEnd]
  for (let first = 0; first < times.length; first += portion) {
    await new Promise((resolve) => setTimeout(resolve, 0))
    if (signal.aborted) return null
    let part = ''
    for (const time of times.subarray(first, first + portion)) {
      const cells = places.flatMap((place) => cellsAt(place, time))
      part += [new Date(time).toISOString(), ...cells].join(',') + lineEnd
    }
    parts.push(part)
    progress(Math.min(1, (first + portion) / times.length))
  }
  return { parts, rows: times.length }
}

function placeOf(series: ChartSeries, from: number, to: number): Place {
  const length = seriesLength(series)
  return {
    series,
    rolledUp: isRolledUp(series),
    at: lowerBound(series.times, length, from),
    end: lowerBound(series.times, length, to + 0.001),
  }
}

function allTimes(places: readonly Place[]): Float64Array {
  const count = places.reduce((sum, { at, end }) => sum + Math.max(0, end - at), 0)
  const times = new Float64Array(count)
  let filled = 0
  for (const { series, at, end } of places) {
    if (end <= at) continue
    times.set(series.times.subarray(at, end), filled)
    filled += end - at
  }
  times.sort()
  let kept = 0
  for (const time of times) if (kept === 0 || time !== times[kept - 1]) times[kept++] = time
  return times.subarray(0, kept)
}

/** The cells of a series at a time; its place moves on where it has a point there. */
function cellsAt(place: Place, time: number): string[] {
  const { series, rolledUp, at, end } = place
  if (at >= end || series.times[at] !== time) return rolledUp ? ['', '', ''] : ['']
  place.at++
  const columns = rolledUp ? [series.lows, series.values, series.highs] : [series.values]
  return columns.map((values) => plainNumber(values?.[at] ?? null))
}
