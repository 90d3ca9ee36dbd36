import { graphic } from 'echarts/core'
import { yOf, type PlotGeometry } from './geometry'
import { lineLevel } from './layers'
import type { ChartThreshold } from './series'
import type { ChartTheme } from './theme'

const aboveLines = { zlevel: lineLevel, z: 1 }

/** The highest threshold that the value axis stretches to: further ones would flatten the lines. */
export function thresholdTop(thresholds: readonly ChartThreshold[], high: number): number {
  const reach = high > 0 ? high * 2 : Infinity
  return thresholds.reduce((top, { value }) => (value <= reach && value > top ? value : top), -Infinity)
}

/** Dashed levels with their names, those inside the plot; the name never decides by colour alone. */
export function thresholdElements(
  thresholds: readonly ChartThreshold[],
  geometry: PlotGeometry,
  theme: ChartTheme,
): (graphic.Line | graphic.Text)[] {
  return thresholds
    .filter(({ value }) => value >= geometry.min && value <= geometry.max)
    .flatMap((threshold) => {
      const y = Math.round(yOf(geometry, threshold.value)) + 0.5
      const color = theme.color(threshold.color)
      const right = geometry.left + geometry.width
      return [
        new graphic.Line({
          silent: true,
          ...aboveLines,
          shape: { x1: geometry.left, y1: y, x2: right, y2: y },
          style: { stroke: color, lineWidth: 1, lineDash: [4, 3] },
        }),
        new graphic.Text({
          silent: true,
          ...aboveLines,
          style: {
            text: threshold.label,
            x: right - 4,
            // Below the line where there is no room above it.
            y: y - geometry.top < 14 ? y + 3 : y - 3,
            align: 'right',
            verticalAlign: y - geometry.top < 14 ? 'top' : 'bottom',
            fill: color,
            stroke: theme.surface,
            lineWidth: 3,
            font: `${theme.fontSize}px ${theme.font}`,
            overflow: 'truncate',
            width: Math.max(20, geometry.width * 0.6),
          },
        }),
      ]
    })
}
