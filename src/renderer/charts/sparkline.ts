import { createPolyline, decimate, type Polyline } from './decimate'
import type { PlotGeometry } from './geometry'
import type { Size } from './redraw'
import type { ChartSeries } from './series'
import type { ChartTheme } from './theme'
import { traceArea, traceLine } from './trace'

export interface SparklineInput {
  readonly series: ChartSeries
  /** Epoch milliseconds. */
  readonly from: number
  readonly to: number
  /** Fixed top; the highest value without it. */
  readonly max?: number | undefined
  readonly fill: boolean
}

/** Makes the canvas as fine as the screen; the answer is its context in CSS pixels, cleared. */
export function prepareCanvas(canvas: HTMLCanvasElement, size: Size): CanvasRenderingContext2D | null {
  const ratio = devicePixelRatio || 1
  const width = Math.max(1, Math.round(size.width * ratio))
  const height = Math.max(1, Math.round(size.height * ratio))
  const context = canvas.getContext('2d')
  if (!context) return null
  if (canvas.width !== width || canvas.height !== height) {
    canvas.width = width
    canvas.height = height
  }
  context.setTransform(ratio, 0, 0, ratio, 0, 0)
  context.clearRect(0, 0, size.width, size.height)
  return context
}

/** Draws one line across the whole canvas; `line` is room for its points, reused. */
export function drawSparkline(
  canvas: HTMLCanvasElement,
  size: Size,
  input: SparklineInput,
  theme: ChartTheme,
  line: Polyline = createPolyline(),
): void {
  const context = prepareCanvas(canvas, size)
  if (!context) return
  decimate(input.series, input.from, input.to, size.width, line)
  if (line.count === 0) return
  const geometry = sparklineGeometry(size, input, line)
  const color = theme.color(input.series.color)
  if (input.fill) {
    context.beginPath()
    traceArea(context, line, geometry)
    context.fillStyle = color
    context.globalAlpha = 0.16
    context.fill()
    context.globalAlpha = 1
  }
  context.beginPath()
  traceLine(context, line, geometry)
  context.strokeStyle = color
  context.lineWidth = 1.25
  context.lineJoin = 'bevel'
  context.stroke()
}

/** The whole canvas, but for a rim that keeps the stroke inside; from 0, or the lowest value where it is less. */
function sparklineGeometry(size: Size, input: SparklineInput, line: Polyline): PlotGeometry {
  const min = Math.min(0, Number.isFinite(line.min) ? line.min : 0)
  const top = input.max ?? (Number.isFinite(line.max) ? line.max : 1)
  return {
    left: 0,
    top: 1.5,
    width: size.width,
    height: Math.max(1, size.height - 3),
    from: input.from,
    to: input.to,
    min,
    max: top > min ? top : min + 1,
  }
}
