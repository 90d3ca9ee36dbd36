import { graphic, init, use, type EChartsType } from 'echarts/core'
import { GridComponent } from 'echarts/components'
import { CanvasRenderer } from 'echarts/renderers'
import type { Units } from '@shared/model/metrics'
import { annotationElements, seamAnnotations } from './annotations'
import { axesOption, sameAxes, type Axes } from './axes'
import { bandExtremes, traceBand } from './band'
import { createPolyline, decimate, type Polyline } from './decimate'
import type { PlotGeometry } from './geometry'
import { createLayer, fading, type Layer, type ZrContainer } from './layers'
import { layOut, roughWidth } from './layout'
import type { ChartAnnotation, ChartSeries, ChartThreshold } from './series'
import { stack } from './stack'
import type { ChartTheme } from './theme'
import { thresholdElements, thresholdTop } from './thresholds'
import { traceArea, traceLine } from './trace'

use([GridComponent, CanvasRenderer])

/** What a chart shows. */
export interface PlotInput {
  readonly series: readonly ChartSeries[]
  /** Epoch milliseconds. */
  readonly from: number
  readonly to: number
  readonly units: Units
  readonly stacked: boolean
  /** Fixed top of the value axis; from the data without it. */
  readonly max?: number | undefined
  readonly thresholds: readonly ChartThreshold[]
  readonly annotations: readonly ChartAnnotation[]
}

export interface PlotSize {
  /** CSS pixels. */
  readonly width: number
  readonly height: number
}

interface Drawn {
  readonly line: Polyline
  readonly stroke: Layer
  readonly fill: Layer
  /** Between least and greatest, where values are means. */
  readonly band: Layer
}

const lineWidth = 1.25
/**
 * Without a graphics processor, wide strokes of long jagged lines take ten times as long to paint as lines one
 * device pixel wide, and areas as long again: charts with more points than these use the narrow line, and
 * stacks fewer points.
 */
const mostWidePoints = 3_000
const mostStackedPoints = 4_000
/** More lines than this, not stacked, and their areas would hide one another. */
const mostFilled = 2

/**
 * One chart: axes by ECharts, its lines as zrender elements of their own above them. The axes are set
 * again only when they look different, which is once in a pixel of time; in between only lines are drawn.
 * This module loads ECharts: import it when a chart is on screen, not before.
 */
export class TimePlot {
  readonly #chart: EChartsType
  readonly #lines = new graphic.Group({ silent: true })
  readonly #marks = new graphic.Group({ silent: true })
  readonly #clip = new graphic.Rect({ shape: { x: 0, y: 0, width: 0, height: 0 } })
  readonly #drawn: Drawn[] = []
  #axes: Axes | null = null
  #theme: ChartTheme | null = null
  #marked = ''
  #size: PlotSize

  /** `host` is an element of the given size that the chart may fill with its canvas. */
  constructor(host: HTMLElement, size: PlotSize) {
    this.#size = size
    this.#chart = init(host, null, { renderer: 'canvas', ...size })
    const canvas = this.#chart.getZr()
    canvas.setSleepAfterStill(1)
    this.#lines.setClipPath(this.#clip)
    canvas.add(this.#lines)
    canvas.add(this.#marks)
  }

  /** Draws at once; the answer says where things are. */
  draw(input: PlotInput, theme: ChartTheme, size: PlotSize): PlotGeometry {
    if (size.width !== this.#size.width || size.height !== this.#size.height) {
      this.#chart.resize({ ...size, silent: true })
      this.#size = size
      this.#axes = null
    }
    const { low, high } = this.#reduce(input, size)
    const axes = layOut({ ...input, ...size, low, high }, theme)
    this.#trace(input, axes.geometry, theme)
    const moved = !this.#axes || theme !== this.#theme || !sameAxes(axes, this.#axes)
    this.#mark(input, axes.geometry, theme, moved)
    if (moved) {
      this.#axes = axes
      this.#theme = theme
      this.#chart.setOption(axesOption(axes, theme, size), { silent: true })
    }
    this.#chart.getZr().flush()
    return axes.geometry
  }

  dispose(): void {
    this.#chart.dispose()
  }

  /** Decimates each line to the pixels; the answer holds the extremes that the axis must show. */
  #reduce(input: PlotInput, size: PlotSize): { low: number; high: number } {
    const { from, to } = input
    const series = input.stacked ? stack(input.series, from, to) : input.series
    const width = roughWidth(size.width)
    const points = input.stacked ? Math.min(width, mostStackedPoints / Math.max(1, series.length)) : width
    let low = NaN
    let high = NaN
    this.#resizeTo(series.length)
    for (const [index, { line }] of this.#drawn.entries()) {
      const one = series[index]
      if (!one) continue
      decimate(one, from, to, points, line)
      const band = bandExtremes(one, from, to)
      const least = Number.isNaN(band.low) ? line.min : Math.min(band.low, line.min)
      const greatest = Number.isNaN(band.high) ? line.max : Math.max(band.high, line.max)
      if (!(least >= low) && line.count > 0) low = least
      if (!(greatest <= high) && line.count > 0) high = greatest
    }
    const top = thresholdTop(input.thresholds, high)
    return { low, high: Number.isNaN(high) || top > high ? top : high }
  }

  #resizeTo(count: number): void {
    const layers: ZrContainer = this.#lines
    while (this.#drawn.length > count) {
      const gone = this.#drawn.pop()
      if (!gone) break
      layers.remove(gone.stroke)
      layers.remove(gone.fill)
      layers.remove(gone.band)
    }
    while (this.#drawn.length < count) {
      // Areas below all lines, and the first series above the others.
      const place = this.#drawn.length
      const next = {
        line: createPolyline(),
        stroke: createLayer(500 - place),
        fill: createLayer(-place),
        band: createLayer(250 - place),
      }
      layers.add(next.fill)
      layers.add(next.band)
      layers.add(next.stroke)
      this.#drawn.push(next)
    }
  }

  #trace(input: PlotInput, geometry: PlotGeometry, theme: ChartTheme): void {
    // Half a line more than the plot, so that a line along its edge is whole.
    this.#clip.setShape({
      x: geometry.left,
      y: geometry.top - 1,
      width: geometry.width + 1,
      height: geometry.height + 2,
    })
    const hasBands = !input.stacked && input.series.some(({ lows }) => lows)
    // An area below the line would hide the band around it.
    const filled = input.stacked || (input.series.length <= mostFilled && !hasBands)
    const points = this.#drawn.reduce((sum, { line }) => sum + line.count, 0)
    const stroked = points > mostWidePoints ? 1 / this.#chart.getDevicePixelRatio() : lineWidth
    for (const [index, { line, stroke, fill, band }] of this.#drawn.entries()) {
      const color = theme.color(input.series[index]?.color ?? '')
      const below = input.stacked ? this.#drawn[index - 1]?.line : undefined
      stroke.attr({
        shape: { trace: (canvas: CanvasRenderingContext2D) => traceLine(canvas, line, geometry) },
      })
      stroke.useStyle({ stroke: color, fill: 'none', lineWidth: stroked, lineJoin: 'bevel', opacity: 1 })
      const series = input.series[index]
      band.ignore = !hasBands || !series?.lows
      if (series && !band.ignore) {
        band.attr({
          shape: { trace: (canvas: CanvasRenderingContext2D) => traceBand(canvas, series, geometry) },
        })
        band.useStyle({ fill: color, opacity: 0.22 })
      }
      fill.ignore = !filled
      if (!filled) continue
      fill.attr({
        shape: { trace: (canvas: CanvasRenderingContext2D) => traceArea(canvas, line, geometry, below) },
      })
      fill.useStyle({
        fill: input.stacked ? color : fading(color, geometry),
        opacity: input.stacked ? 0.4 : 1,
      })
    }
  }

  /** Made anew only where they look different: text is what costs most. */
  #mark(input: PlotInput, geometry: PlotGeometry, theme: ChartTheme, moved: boolean): void {
    const annotations = [...seamAnnotations(input.series), ...input.annotations]
    const wanted = JSON.stringify([input.thresholds, annotations])
    if (!moved && wanted === this.#marked) return
    this.#marked = wanted
    this.#marks.removeAll()
    const marks: ZrContainer = this.#marks
    for (const element of thresholdElements(input.thresholds, geometry, theme)) marks.add(element)
    for (const element of annotationElements(annotations, geometry, theme)) marks.add(element)
  }
}
