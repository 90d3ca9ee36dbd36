import type { Polyline } from './decimate'
import type { PlotGeometry } from './geometry'

/** A sample without neighbours is a dot: circles whose strokes meet, radii in CSS pixels. */
const dot = [1.6, 0.6] as const

/** Adds a line to the canvas' path, for a stroke: gaps stay open, a sample between two gaps is a dot. */
export function traceLine(canvas: CanvasRenderingContext2D, line: Polyline, geometry: PlotGeometry): void {
  const { times, values, starts, count } = line
  const { left, from, min } = geometry
  const scaleX = geometry.width / (geometry.to - from)
  const scaleY = geometry.height / (geometry.max - min)
  const bottom = geometry.top + geometry.height
  for (let index = 0; index < count; index++) {
    const x = left + ((times[index] ?? NaN) - from) * scaleX
    const y = bottom - ((values[index] ?? NaN) - min) * scaleY
    if (starts[index] !== 1) {
      canvas.lineTo(x, y)
    } else if (index + 1 < count && starts[index + 1] !== 1) {
      canvas.moveTo(x, y)
    } else {
      for (const radius of dot) {
        canvas.moveTo(x + radius, y)
        canvas.arc(x, y, radius, 0, 2 * Math.PI)
      }
    }
  }
}

/**
 * Adds the area between a line and the base of the plot, or between a line and the one below it, for a fill.
 * `below` may have other points; it ends where the runs of `line` end.
 */
export function traceArea(
  canvas: CanvasRenderingContext2D,
  line: Polyline,
  geometry: PlotGeometry,
  below?: Polyline,
): void {
  const x = (time: number): number =>
    geometry.left + ((time - geometry.from) / (geometry.to - geometry.from)) * geometry.width
  const bottom = geometry.top + geometry.height
  const scaleY = geometry.height / (geometry.max - geometry.min)
  const y = (value: number): number => bottom - (value - geometry.min) * scaleY
  // Zero may lie inside the plot where values are negative.
  const base = y(Math.min(geometry.max, Math.max(geometry.min, 0)))
  let first = 0
  while (first < line.count) {
    let last = first
    while (last + 1 < line.count && line.starts[last + 1] !== 1) last++
    const begin = line.times[first] ?? NaN
    const end = line.times[last] ?? NaN
    canvas.moveTo(x(begin), y(line.values[first] ?? NaN))
    for (let index = first + 1; index <= last; index++) {
      canvas.lineTo(x(line.times[index] ?? NaN), y(line.values[index] ?? NaN))
    }
    if (below) traceBack(canvas, below, begin, end, x, y)
    else {
      canvas.lineTo(x(end), base)
      canvas.lineTo(x(begin), base)
    }
    canvas.closePath()
    first = last + 1
  }
}

/** The lower edge of a band, from its end to its beginning. */
function traceBack(
  canvas: CanvasRenderingContext2D,
  below: Polyline,
  begin: number,
  end: number,
  x: (time: number) => number,
  y: (value: number) => number,
): void {
  let index = below.count - 1
  while (index >= 0 && (below.times[index] ?? NaN) > end) index--
  for (; index >= 0 && (below.times[index] ?? NaN) >= begin; index--) {
    canvas.lineTo(x(below.times[index] ?? NaN), y(below.values[index] ?? NaN))
  }
}
