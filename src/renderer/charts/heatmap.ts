import type { PlotGeometry } from './geometry'
import type { ChartThreshold } from './series'

/** Counts by time and latency as a chart shows them. Lanes go from below: bucket 0 is the fastest. */
export interface Heatmap {
  /** Epoch milliseconds of the axis. */
  readonly from: number
  readonly to: number
  readonly columns: number
  /** Upper bounds of all buckets but the last, seconds, ascending. */
  readonly bounds: readonly number[]
  /** Column c, bucket b at `c * (bounds.length + 1) + b`. */
  readonly counts: Uint32Array
  /** Of each column, seconds; NaN of none. */
  readonly p50: Float32Array
  readonly p99: Float32Array
}

export interface HeatmapCell {
  readonly column: number
  readonly bucket: number
  readonly count: number
}

/** What a rectangle of cells stands for. */
export interface HeatmapRange {
  readonly from: number
  readonly to: number
  /** Seconds; null below the first bound, and above the last. */
  readonly low: number | null
  readonly high: number | null
  readonly count: number
}

/** Shades of a cell, from few to many. */
export const shades = 8

const lanesOf = ({ bounds }: Heatmap): number => bounds.length + 1
export const countAt = (map: Heatmap, column: number, bucket: number): number =>
  map.counts[column * lanesOf(map) + bucket] ?? 0

/** The same with `factor` buckets in one, for a chart that is low; the open ones at the ends stay their own. */
export function coarsen(map: Heatmap, factor: number): Heatmap {
  if (factor <= 1) return map
  const bounds = map.bounds.filter((_, at) => at % factor === 0 || at === map.bounds.length - 1)
  const lanes = lanesOf(map)
  const counts = new Uint32Array(map.columns * (bounds.length + 1))
  for (let column = 0; column < map.columns; column++) {
    for (let bucket = 0; bucket < lanes; bucket++) {
      const to =
        bucket === lanes - 1 ? bounds.length : Math.min(bounds.length - 1, Math.ceil(bucket / factor))
      const place = column * (bounds.length + 1) + to
      counts[place] = (counts[place] ?? 0) + (map.counts[column * lanes + bucket] ?? 0)
    }
  }
  return { ...map, bounds, counts }
}

/** Cells by shade, by the logarithm of their count: one slow call in a thousand is seen. */
export function shadedCells(map: Heatmap): HeatmapCell[][] {
  const byShade: HeatmapCell[][] = Array.from({ length: shades }, () => [])
  const most = map.counts.reduce((high, count) => Math.max(high, count), 1)
  const lanes = lanesOf(map)
  map.counts.forEach((count, at) => {
    if (count === 0) return
    const share = most === 1 ? 0.6 : Math.log1p(count) / Math.log1p(most)
    const shade = Math.min(shades - 1, Math.floor(share * shades))
    byShade[shade]?.push({ column: Math.floor(at / lanes), bucket: at % lanes, count })
  })
  return byShade
}

/** Height of a latency on the axis, in lanes. */
export function laneOf({ bounds }: Heatmap, seconds: number): number {
  const [first = 1] = bounds
  const last = bounds.at(-1) ?? first
  if (!(seconds > 0)) return 0
  if (seconds < first) return seconds / first
  if (seconds >= last) return Math.min(bounds.length + 1, bounds.length + 0.5)
  const above = bounds.findIndex((bound) => bound > seconds)
  const [low, high] = [bounds[above - 1] ?? first, bounds[above] ?? last]
  return above + Math.log(seconds / low) / Math.log(high / low)
}

/** Levels of latency, in seconds, as heights on the axis, in lanes. */
export const thresholdLanes = (map: Heatmap, thresholds: readonly ChartThreshold[]): ChartThreshold[] =>
  thresholds.map((threshold) => ({ ...threshold, value: laneOf(map, threshold.value) }))

const secondTexts: readonly (readonly [value: number, text: string])[] = [
  [1e-4, '0.1\u00a0ms'],
  [1e-3, '1\u00a0ms'],
  [1e-2, '10\u00a0ms'],
  [1e-1, '100\u00a0ms'],
  [1, '1\u00a0s'],
  [10, '10\u00a0s'],
]

/** Labels of the latency axis, in lanes; of a low chart every second one. */
export function latencyTicks(map: Heatmap, height: number): { value: number; text: string }[] {
  const step = height / secondTexts.length < 22 ? 2 : 1
  return secondTexts
    .filter(([value], at) => at % step === 0 && value >= (map.bounds[0] ?? 0) * 0.99)
    .map(([value, text]) => ({ value: laneOf(map, value), text }))
}

/** The cell below a place in the plot; null outside. */
export function cellAt(map: Heatmap, plot: PlotGeometry, x: number, y: number): HeatmapCell | null {
  const time = plot.from + ((x - plot.left) / plot.width) * (plot.to - plot.from)
  const column = Math.floor(((time - map.from) / (map.to - map.from)) * map.columns)
  const bucket = Math.floor((1 - (y - plot.top) / plot.height) * lanesOf(map))
  if (column < 0 || column >= map.columns || bucket < 0 || bucket >= lanesOf(map)) return null
  return { column, bucket, count: countAt(map, column, bucket) }
}

/** The nearest cell that has messages, at most `reach` cells away; the one given where there is none. */
export function nearestFilled(map: Heatmap, cell: HeatmapCell, reach: number): HeatmapCell {
  let best = cell
  let distance = cell.count > 0 ? 0 : Infinity
  for (
    let column = Math.max(0, cell.column - reach);
    column <= Math.min(map.columns - 1, cell.column + reach);
    column++
  ) {
    for (
      let bucket = Math.max(0, cell.bucket - reach);
      bucket <= Math.min(lanesOf(map) - 1, cell.bucket + reach);
      bucket++
    ) {
      const count = countAt(map, column, bucket)
      const away = (column - cell.column) ** 2 + (bucket - cell.bucket) ** 2
      if (count === 0 || away >= distance) continue
      best = { column, bucket, count }
      distance = away
    }
  }
  return best
}

/** What the rectangle between two cells stands for. */
export function rangeOf(map: Heatmap, one: HeatmapCell, other: HeatmapCell = one): HeatmapRange {
  const [left, right] = [Math.min(one.column, other.column), Math.max(one.column, other.column)]
  const [low, high] = [Math.min(one.bucket, other.bucket), Math.max(one.bucket, other.bucket)]
  const step = (map.to - map.from) / map.columns
  let count = 0
  for (let column = left; column <= right; column++) {
    for (let bucket = low; bucket <= high; bucket++) count += countAt(map, column, bucket)
  }
  return {
    from: map.from + left * step,
    to: map.from + (right + 1) * step,
    low: low === 0 ? null : (map.bounds[low - 1] ?? null),
    high: map.bounds[high] ?? null,
    count,
  }
}
