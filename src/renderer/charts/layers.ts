import { color as colors, graphic } from 'echarts/core'
import type { PlotGeometry } from './geometry'

/** What a layer does with the canvas: build a path, which the layer's style then strokes or fills. */
export type Trace = (canvas: CanvasRenderingContext2D) => void

/**
 * A zrender element that traces straight onto the canvas. The polylines of ECharts record each point as a
 * command first, and a line series computes layout, symbols and labels that these charts do not have.
 */
const TracedPath = graphic.extendShape({
  type: 'traced-path',
  shape: { trace: (): void => undefined },
  buildPath(context, shape: { trace: Trace }) {
    shape.trace('getContext' in context ? context.getContext() : context)
  },
  // Only gradients ask, and those of a layer are placed in coordinates of the chart.
  getBoundingRect: () => new graphic.BoundingRect(0, 0, 0, 0),
})

/**
 * Lines have a canvas of their own above that of the axes: most updates move lines only, and text is what
 * costs most to paint.
 */
export const lineLevel = 1

export type Layer = InstanceType<typeof TracedPath>

/** zrender's classes do not extend one another under exactOptionalPropertyTypes: what a container takes. */
interface ZrElement {
  readonly silent: boolean
}
export interface ZrContainer {
  add(element: ZrElement): unknown
  remove(element: ZrElement): unknown
}

export function createLayer(z2: number): Layer {
  return new TracedPath({
    shape: { trace: () => undefined },
    silent: true,
    zlevel: lineLevel,
    z2,
    style: { lineJoin: 'bevel' },
  })
}

/** A fill that fades towards the base of the plot, for the area below a line. */
export function fading(color: string, geometry: PlotGeometry): graphic.LinearGradient {
  const { top, height } = geometry
  const stops = [0.24, 0.03].map((alpha, offset) => ({ offset, color: colors.modifyAlpha(color, alpha) }))
  return new graphic.LinearGradient(0, top, 0, top + height, stops, true)
}
