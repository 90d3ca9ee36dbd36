import { formatAge } from '@shared/units'
import { graphic } from 'echarts/core'
import { xOf, type PlotGeometry } from './geometry'
import { lineLevel } from './layers'
import type { ChartAnnotation, ChartSeries } from './series'
import type { ChartTheme } from './theme'

const aboveLines = { zlevel: lineLevel, z: 1 }
/** Marks nearer to each other than this are one, CSS pixels. */
const nearby = 6
/** Letters are about so wide, of the size of the font. */
const letterWidth = 0.62
/** Words that would run into those before them stand below them. */
const mostRows = 3

/** Where the distance of samples changes in any of the series, each moment once. */
export function seamAnnotations(series: readonly ChartSeries[]): ChartAnnotation[] {
  const found = new Map<number, number>()
  for (const { seams = [] } of series)
    for (const { from, interval } of seams.slice(1)) found.set(from, interval)
  return [...found].map(([time, interval]) => ({
    time,
    label: `every ${formatAge(interval)}`,
    color: '--color-muted',
  }))
}

/** Dotted uprights with their words at the top, those inside the plot. */
export function annotationElements(
  annotations: readonly ChartAnnotation[],
  geometry: PlotGeometry,
  theme: ChartTheme,
): (graphic.Line | graphic.Text)[] {
  let last = -Infinity
  let wordsEnd = -Infinity
  let row = 0
  return [...annotations]
    .filter(({ time }) => time > geometry.from && time < geometry.to)
    .sort((a, b) => a.time - b.time)
    .flatMap(({ time, label, color }) => {
      const x = Math.round(xOf(geometry, time)) + 0.5
      if (x - last < nearby) return []
      last = x
      const stroke = theme.color(color)
      const line = new graphic.Line({
        silent: true,
        ...aboveLines,
        shape: { x1: x, y1: geometry.top, x2: x, y2: geometry.top + geometry.height },
        style: { stroke, lineWidth: 1, lineDash: [1, 3] },
      })
      const width = label.length * theme.fontSize * letterWidth
      const isRight = geometry.left + geometry.width - x < width
      row = x < wordsEnd ? (row + 1) % mostRows : 0
      wordsEnd = isRight ? x : x + width
      const text = new graphic.Text({
        silent: true,
        ...aboveLines,
        style: {
          text: label,
          x: isRight ? x - 3 : x + 3,
          y: geometry.top + 2 + row * (theme.fontSize + 2),
          align: isRight ? 'right' : 'left',
          verticalAlign: 'top',
          fill: stroke,
          stroke: theme.surface,
          lineWidth: 3,
          font: `${theme.fontSize}px ${theme.font}`,
        },
      })
      return [line, text]
    })
}
