import { color as colors, graphic, init, use, type EChartsType } from 'echarts/core'
import { GridComponent } from 'echarts/components'
import { CanvasRenderer } from 'echarts/renderers'
import { axesOption, sameAxes, type Axes } from './axes'
import { xOf, yOf, type PlotGeometry } from './geometry'
import {
  laneOf,
  latencyTicks,
  shadedCells,
  shades,
  thresholdLanes,
  type Heatmap,
  type HeatmapCell,
} from './heatmap'
import { createLayer, type Layer, type ZrContainer } from './layers'
import type { PlotSize } from './plot'
import type { ChartThreshold } from './series'
import type { ChartTheme } from './theme'
import { thresholdElements } from './thresholds'
import { timeTicks } from './ticks'

use([GridComponent, CanvasRenderer])

/** As in other charts, so that their times align; the left side has room for `100 ms`. */
const margin = { top: 8, right: 10, bottom: 20, left: 48 }
const timeSpacing = 84
/** Opacity of the palest and the fullest shade. */
const palest = 0.2

/** A latency heatmap: axes by ECharts, cells and quantile lines as zrender elements above them. Loads ECharts. */
export class HeatmapPlot {
  readonly #chart: EChartsType
  readonly #group = new graphic.Group({ silent: true })
  readonly #cells: readonly Layer[] = Array.from({ length: shades }, (_, shade) => createLayer(shade))
  readonly #lines = {
    p50: createLayer(100),
    p99: createLayer(101),
    rim50: createLayer(98),
    rim99: createLayer(99),
  }
  readonly #thresholds = new graphic.Group({ silent: true })
  #axes: Axes | null = null
  #theme: ChartTheme | null = null
  #size: PlotSize

  constructor(host: HTMLElement, size: PlotSize) {
    this.#size = size
    this.#chart = init(host, null, { renderer: 'canvas', ...size })
    const canvas = this.#chart.getZr()
    canvas.setSleepAfterStill(1)
    const layers: ZrContainer = this.#group
    for (const layer of [...this.#cells, ...Object.values(this.#lines)]) layers.add(layer)
    canvas.add(this.#group)
    canvas.add(this.#thresholds)
  }

  /** `thresholds` are levels of latency, seconds. */
  draw(
    map: Heatmap,
    theme: ChartTheme,
    size: PlotSize,
    thresholds: readonly ChartThreshold[] = [],
  ): PlotGeometry {
    if (size.width !== this.#size.width || size.height !== this.#size.height) {
      this.#chart.resize({ ...size, silent: true })
      this.#size = size
      this.#axes = null
    }
    const axes = layOut(map, size)
    const { geometry } = axes
    if (!this.#axes || theme !== this.#theme || !sameAxes(axes, this.#axes)) {
      this.#axes = axes
      this.#theme = theme
      this.#chart.setOption(axesOption(axes, theme, size), { silent: true })
    }
    const hue = theme.color('--series-1')
    for (const [shade, cells] of shadedCells(map).entries()) {
      const layer = this.#cells[shade]
      layer?.attr({
        shape: { trace: (canvas: CanvasRenderingContext2D) => traceCells(canvas, map, cells, geometry) },
      })
      const alpha = palest + ((1 - palest) * shade) / (shades - 1)
      layer?.useStyle({ fill: colors.modifyAlpha(hue, alpha), stroke: 'none' })
    }
    this.#line(map, map.p50, [this.#lines.rim50, this.#lines.p50], theme.text, [], theme, geometry)
    this.#line(
      map,
      map.p99,
      [this.#lines.rim99, this.#lines.p99],
      theme.color('--series-2'),
      [5, 3],
      theme,
      geometry,
    )
    this.#thresholds.removeAll()
    const levels: ZrContainer = this.#thresholds
    for (const element of thresholdElements(thresholdLanes(map, thresholds), geometry, theme))
      levels.add(element)
    this.#chart.getZr().flush()
    return geometry
  }

  dispose(): void {
    this.#chart.dispose()
  }

  /** With a rim in the colour of the ground, so that it is seen on full cells. */
  #line(
    map: Heatmap,
    values: Float32Array,
    [rim, line]: readonly [Layer, Layer],
    color: string,
    lineDash: number[],
    theme: ChartTheme,
    geometry: PlotGeometry,
  ): void {
    const trace = (canvas: CanvasRenderingContext2D): void => traceQuantile(canvas, map, values, geometry)
    for (const layer of [rim, line]) layer.attr({ shape: { trace } })
    const usual = { fill: 'none', lineJoin: 'round' } as const
    rim.useStyle({ ...usual, stroke: theme.surface, lineWidth: 3.5, opacity: 0.8 })
    line.useStyle({ ...usual, stroke: color, lineWidth: 1.4, lineDash })
  }
}

function layOut(map: Heatmap, size: PlotSize): Axes {
  const width = Math.max(16, size.width - margin.left - margin.right)
  const height = Math.max(8, size.height - margin.top - margin.bottom)
  const geometry: PlotGeometry = {
    left: margin.left,
    top: margin.top,
    width,
    height,
    from: map.from,
    to: map.to,
    min: 0,
    max: map.bounds.length + 1,
  }
  const times = timeTicks(map.from, map.to, Math.max(1, Math.floor(width / timeSpacing))).filter(
    ({ value }) => xOf(geometry, value) > margin.left + 12 && xOf(geometry, value) < margin.left + width - 12,
  )
  return { geometry, times, values: latencyTicks(map, height) }
}

function traceCells(
  canvas: CanvasRenderingContext2D,
  map: Heatmap,
  cells: readonly HeatmapCell[],
  { left, top, width, height }: PlotGeometry,
): void {
  const [step, lane] = [width / map.columns, height / (map.bounds.length + 1)]
  // A hair of ground between cells, where they are wide enough for it.
  const gap = Math.min(step, lane) > 3.5 ? 0.75 : 0
  for (const { column, bucket } of cells) {
    canvas.rect(
      left + column * step,
      top + height - (bucket + 1) * lane,
      Math.max(1, step - gap),
      Math.max(1, lane - gap),
    )
  }
}

function traceQuantile(
  canvas: CanvasRenderingContext2D,
  map: Heatmap,
  values: Float32Array,
  geometry: PlotGeometry,
): void {
  const step = (map.to - map.from) / map.columns
  let pen = false
  values.forEach((seconds, column) => {
    if (Number.isNaN(seconds)) return void (pen = false)
    const y = yOf(geometry, laneOf(map, seconds))
    const [left, right] = [map.from + column * step, map.from + (column + 1) * step]
    if (pen) canvas.lineTo(xOf(geometry, (left + right) / 2), y)
    else {
      canvas.moveTo(xOf(geometry, left), y)
      canvas.lineTo(xOf(geometry, (left + right) / 2), y)
    }
    pen = true
    if (Number.isNaN(values[column + 1] ?? NaN)) canvas.lineTo(xOf(geometry, right), y)
  })
}
