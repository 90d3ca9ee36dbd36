import type { Units } from '@shared/model/metrics'
import type { TimeTick } from '@shared/units'
import type { Axes } from './axes'
import { snapRange, xOf, type PlotGeometry } from './geometry'
import type { ChartTheme } from './theme'
import { timeTicks, valueScale } from './ticks'

/** Space around the plot, CSS pixels; the left side grows with the labels of the value axis. */
const margin = { top: 8, right: 10, bottom: 20, left: 44 }
/** Labels of the value axis end this far from the plot. */
const labelGap = 6
/** The left side grows in steps, so that it does not tremble with the values and columns of charts align. */
const leftStep = 8
/** Distances that labels need to be read apart, CSS pixels: 14:05, 14:05:10, and one above the other. */
const timeSpacing = 56
const longTimeSpacing = 84
const valueSpacing = 26

export interface LayoutInput {
  readonly width: number
  readonly height: number
  readonly from: number
  readonly to: number
  readonly units: Units
  /** Extremes to show; NaN without values. */
  readonly low: number
  readonly high: number
  /** Fixed top of the value axis. */
  readonly max?: number | undefined
}

/** Width of the plot before its labels are known: what lines are decimated to. */
export function roughWidth(width: number): number {
  return Math.max(16, width - margin.left - margin.right)
}

/** Places the plot and its ticks in a box of the given size. */
export function layOut(input: LayoutInput, theme: ChartTheme): Axes {
  const height = Math.max(8, input.height - margin.top - margin.bottom)
  const scale = valueScale(
    input.low,
    input.high,
    input.units,
    Math.min(6, Math.floor(height / valueSpacing)),
    input.max,
  )
  const widest = Math.max(0, ...scale.ticks.map((tick) => textWidth(tick.text, theme)))
  const left = Math.max(margin.left, Math.ceil((widest + labelGap + 2) / leftStep) * leftStep)
  const width = Math.max(16, input.width - left - margin.right)
  const geometry: PlotGeometry = {
    left,
    top: margin.top,
    width,
    height,
    ...snapRange(input.from, input.to, width),
    min: scale.min,
    max: scale.max,
  }
  const times = spacedTimes(geometry).filter((tick) => {
    const half = textWidth(tick.text, theme) / 2
    const x = xOf(geometry, tick.value)
    return x - half >= 0 && x + half <= input.width
  })
  return { geometry, times, values: scale.ticks }
}

function spacedTimes({ from, to, width }: PlotGeometry): TimeTick[] {
  const ticks = timeTicks(from, to, Math.max(1, Math.floor(width / timeSpacing)))
  return ticks.every((tick) => tick.text.length <= 6)
    ? ticks
    : timeTicks(from, to, Math.max(1, Math.floor(width / longTimeSpacing)))
}

let ruler: CanvasRenderingContext2D | null = null
const widths = new Map<string, number>()

/** Width of a label, CSS pixels; remembered, as the same few labels come again and again. */
export function textWidth(text: string, theme: ChartTheme): number {
  const font = `${theme.fontSize}px ${theme.font}`
  const key = `${font} ${text}`
  const known = widths.get(key)
  if (known !== undefined) return known
  ruler ??= document.createElement('canvas').getContext('2d')
  if (!ruler) return text.length * theme.fontSize * 0.6
  ruler.font = font
  const width = ruler.measureText(text).width
  if (widths.size > 500) widths.clear()
  widths.set(key, width)
  return width
}
