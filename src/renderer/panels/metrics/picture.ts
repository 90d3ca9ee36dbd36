import { formatDateTime, formatText, formatZone } from '@shared/units'
import { valueNow } from '../../charts/series'
import { chartTheme, type ChartTheme } from '../../charts/theme'
import type { TimeRange } from '../../stores/time'
import type { ChartGroup } from './use-explorer'

export interface PictureWishes {
  readonly title: string
  readonly range: TimeRange
  readonly groups: readonly ChartGroup[]
  /** The element of each group's chart, in their order. */
  readonly charts: readonly HTMLElement[]
  readonly signal: AbortSignal
  readonly progress: (share: number) => void
}

/** CSS pixels. */
const margin = 20
const lineHeight = 18
const gap = 14
/** What every browser can draw into. */
const longestSide = 16_000
/** For a chart that was never on screen: its first drawing. */
const patience = 2_000

interface Entry {
  readonly text: string
  readonly color: string
  readonly place: number
}
interface Block {
  readonly title: string
  readonly legend: readonly (readonly Entry[])[]
  readonly chart: HTMLElement
  readonly height: number
}

/**
 * The charts below one another with title, legend and range, in the colours of the theme that shows. A chart draws
 * itself only on screen: each is scrolled to first. Null where it was cancelled.
 */
export async function drawPicture(wishes: PictureWishes): Promise<Blob | null> {
  const { groups, charts, signal, progress } = wishes
  const theme = chartTheme()
  const width = Math.max(320, ...charts.map((chart) => chart.clientWidth))
  const canvas = document.createElement('canvas')
  const pen = canvas.getContext('2d')
  if (!pen) return null
  pen.font = fontOf(theme)
  const blocks = groups.flatMap((group, at) => {
    const chart = charts[at]
    return chart ? [blockOf(group, chart, wishes.range.to, width, pen)] : []
  })
  const height = 2 * margin + 3 * lineHeight + blocks.reduce((sum, block) => sum + block.height + gap, 0)
  const scale = Math.min(devicePixelRatio, longestSide / height, longestSide / (width + 2 * margin))
  canvas.width = Math.round((width + 2 * margin) * scale)
  canvas.height = Math.round(height * scale)
  pen.scale(scale, scale)
  pen.fillStyle = theme.surface
  pen.fillRect(0, 0, width + 2 * margin, height)
  pen.textBaseline = 'middle'
  let top = drawHead(pen, wishes, theme)
  for (const [at, block] of blocks.entries()) {
    await onScreen(block.chart)
    if (signal.aborted) return null
    drawBlock(pen, block, top, theme)
    top += block.height + gap
    progress((at + 1) / blocks.length)
  }
  return new Promise((resolve) => canvas.toBlob(resolve, 'image/png'))
}

const fontOf = (theme: ChartTheme, weight = 420, size = 12): string => `${weight} ${size}px ${theme.font}`

function blockOf(
  { title, lines }: ChartGroup,
  chart: HTMLElement,
  to: number,
  width: number,
  pen: CanvasRenderingContext2D,
): Block {
  const legend: Entry[][] = [[]]
  let used = 0
  lines.forEach((line, place) => {
    const text = `${line.name}  ${formatText(valueNow(line.series, to), line.units)}`
    const wide = pen.measureText(text).width + 32
    if (used > 0 && used + wide > width) {
      legend.push([])
      used = 0
    }
    used += wide
    legend.at(-1)?.push({ text, color: line.color, place })
  })
  return { title, legend, chart, height: (1 + legend.length) * lineHeight + chart.clientHeight }
}

function drawHead(pen: CanvasRenderingContext2D, { title, range }: PictureWishes, theme: ChartTheme): number {
  pen.fillStyle = theme.text
  pen.font = fontOf(theme, 620, 15)
  pen.fillText(title, margin, margin + lineHeight / 2)
  pen.fillStyle = theme.muted
  pen.font = fontOf(theme)
  const { from, to } = range
  const told = `${formatDateTime(from)} – ${formatDateTime(to)} (${formatZone(to)})`
  pen.fillText(told, margin, margin + 1.6 * lineHeight)
  return margin + 3 * lineHeight
}

function drawBlock(pen: CanvasRenderingContext2D, block: Block, top: number, theme: ChartTheme): void {
  pen.fillStyle = theme.text
  pen.font = fontOf(theme, 540)
  pen.fillText(block.title, margin, top + lineHeight / 2)
  pen.font = fontOf(theme)
  let y = top + lineHeight
  for (const row of block.legend) {
    let x = margin
    for (const { text, color, place } of row) {
      drawMark(pen, x + 5, y + lineHeight / 2, place, theme.color(color))
      pen.fillStyle = theme.text
      pen.fillText(text, x + 15, y + lineHeight / 2)
      x += pen.measureText(text).width + 32
    }
    y += lineHeight
  }
  const origin = block.chart.getBoundingClientRect()
  for (const layer of block.chart.querySelectorAll('canvas')) {
    const { left, top: above, width, height } = layer.getBoundingClientRect()
    if (width === 0 || height === 0) continue
    pen.drawImage(layer, margin + left - origin.left, y + above - origin.top, width, height)
  }
}

/** The shapes of ChartMark: colour alone would not tell. */
function drawMark(pen: CanvasRenderingContext2D, x: number, y: number, place: number, color: string): void {
  pen.fillStyle = color
  pen.beginPath()
  const shape = place % 5
  if (shape === 0) pen.arc(x, y, 4, 0, 2 * Math.PI)
  else if (shape === 1) pen.rect(x - 3.5, y - 3.5, 7, 7)
  else if (shape === 4) pen.rect(x - 4, y - 1.5, 8, 3)
  else {
    pen.moveTo(x, y - 4)
    pen.lineTo(x + 4, shape === 2 ? y : y + 4)
    if (shape === 2) pen.lineTo(x, y + 4)
    pen.lineTo(x - 4, shape === 2 ? y : y + 4)
  }
  pen.fill()
}

const frame = (): Promise<number> => new Promise((resolve) => requestAnimationFrame(resolve))

async function onScreen(chart: HTMLElement): Promise<void> {
  chart.scrollIntoView({ block: 'nearest' })
  const until = performance.now() + patience
  // One frame to notice that it is there, one to draw.
  for (let frames = 0; frames < 2 || (!chart.querySelector('canvas') && performance.now() < until); frames++)
    await frame()
}
