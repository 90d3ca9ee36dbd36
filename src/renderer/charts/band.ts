import type { PlotGeometry } from './geometry'
import { intervalAt, joinLimit, lowerBound, seriesLength, type ChartSeries } from './series'

/** First and last index of the samples in a range, and one beyond at each side. */
function samplesWithin(series: ChartSeries, from: number, to: number): { first: number; last: number } {
  const length = seriesLength(series)
  return {
    first: Math.max(0, lowerBound(series.times, length, from) - 1),
    last: Math.min(length - 1, lowerBound(series.times, length, to)),
  }
}

/** Extremes of what the values of a range are means of; NaN where there is nothing. */
export function bandExtremes(series: ChartSeries, from: number, to: number): { low: number; high: number } {
  const { times, lows, highs } = series
  let low = NaN
  let high = NaN
  if (!lows || !highs) return { low, high }
  const { first, last } = samplesWithin(series, from, to)
  for (let index = first; index <= last; index++) {
    const time = times[index] ?? NaN
    if (time < from || time > to) continue
    const least = lows[index] ?? NaN
    const greatest = highs[index] ?? NaN
    if (!(low <= least) && Number.isFinite(least)) low = least
    if (!(high >= greatest) && Number.isFinite(greatest)) high = greatest
  }
  return { low, high }
}

/** Adds the area between the least and the greatest of each point to the canvas' path, for a fill; gaps stay open. */
export function traceBand(
  canvas: CanvasRenderingContext2D,
  series: ChartSeries,
  geometry: PlotGeometry,
): void {
  const { times, lows, highs } = series
  if (!lows || !highs) return
  const { first, last } = samplesWithin(series, geometry.from, geometry.to)
  const scaleX = geometry.width / (geometry.to - geometry.from)
  const scaleY = geometry.height / (geometry.max - geometry.min)
  const bottom = geometry.top + geometry.height
  const x = (index: number): number => geometry.left + ((times[index] ?? NaN) - geometry.from) * scaleX
  const y = (values: Float32Array, index: number): number =>
    bottom - ((values[index] ?? NaN) - geometry.min) * scaleY
  const isKnown = (index: number): boolean => Number.isFinite(lows[index]) && Number.isFinite(highs[index])
  const joins = (index: number): boolean => {
    const time = times[index] ?? NaN
    const before = times[index - 1] ?? NaN
    return (
      isKnown(index) &&
      time - before <= joinLimit(Math.max(intervalAt(series, before), intervalAt(series, time)))
    )
  }
  for (let start = first; start <= last; start++) {
    if (!isKnown(start)) continue
    let end = start
    while (end < last && joins(end + 1)) end++
    canvas.moveTo(x(start), y(highs, start))
    for (let index = start + 1; index <= end; index++) canvas.lineTo(x(index), y(highs, index))
    for (let index = end; index >= start; index--) canvas.lineTo(x(index), y(lows, index))
    canvas.closePath()
    start = end
  }
}
