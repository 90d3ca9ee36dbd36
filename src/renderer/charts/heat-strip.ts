import type { Size } from './redraw'
import { prepareCanvas } from './sparkline'
import type { ChartTheme } from './theme'

/** Where the cells of a strip stand, CSS pixels. */
export interface CellGrid {
  readonly columns: number
  readonly rows: number
  readonly width: number
  readonly height: number
}

const gap = 1
/** Narrower cells than this wrap into a second row. */
const narrowest = 5
const widest = 28

/** Spreads cells over rows so that each is wide enough to see; one row where they fit. */
export function layOutCells(count: number, size: Size): CellGrid {
  const fitting = Math.max(1, Math.floor((size.width + gap) / (narrowest + gap)))
  const rows = Math.max(1, Math.ceil(count / fitting))
  const columns = Math.max(1, Math.ceil(count / rows))
  return {
    columns,
    rows,
    width: Math.min(widest, (size.width + gap) / columns - gap),
    height: Math.max(1, (size.height + gap) / rows - gap),
  }
}

/** Number of the cell at a place, or -1 between and beyond the cells. */
export function cellAt(grid: CellGrid, count: number, x: number, y: number): number {
  const column = Math.floor(x / (grid.width + gap))
  const row = Math.floor(y / (grid.height + gap))
  const index = row * grid.columns + column
  return x >= 0 && y >= 0 && column < grid.columns && index < count ? index : -1
}

/** Cells from the grid's colour (0) to the series' colour (1), filled from below; missing ones are hollow. */
export function drawHeatStrip(
  canvas: HTMLCanvasElement,
  size: Size,
  values: ArrayLike<number | null>,
  color: string,
  theme: ChartTheme,
): void {
  const context = prepareCanvas(canvas, size)
  if (!context) return
  const grid = layOutCells(values.length, size)
  for (let index = 0; index < values.length; index++) {
    const x = (index % grid.columns) * (grid.width + gap)
    const y = Math.floor(index / grid.columns) * (grid.height + gap)
    drawCell(context, { x, y, width: grid.width, height: grid.height }, values[index] ?? NaN, color, theme)
  }
}

interface Rect {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

function drawCell(
  context: CanvasRenderingContext2D,
  { x, y, width, height }: Rect,
  value: number,
  color: string,
  theme: ChartTheme,
): void {
  if (!Number.isFinite(value)) {
    context.strokeStyle = theme.stale
    context.lineWidth = 1
    context.setLineDash([2, 2])
    context.strokeRect(x + 0.5, y + 0.5, Math.max(0, width - 1), Math.max(0, height - 1))
    context.setLineDash([])
    return
  }
  const share = Math.min(1, Math.max(0, value))
  context.fillStyle = theme.grid
  context.fillRect(x, y, width, height)
  context.fillStyle = theme.color(color)
  context.globalAlpha = 0.45 + 0.55 * share
  context.fillRect(x, y + height * (1 - share), width, height * share)
  context.globalAlpha = 1
}

/** The strip in words: "8 cores: mean 34 %, busiest core 3 at 97 %, 1 without data". */
export function describeCells(
  values: ArrayLike<number | null>,
  words: { one: string; many: string },
  nameOf: (index: number) => string,
): string {
  let sum = 0
  let known = 0
  let busiest = -1
  for (let index = 0; index < values.length; index++) {
    const value = values[index] ?? NaN
    if (!Number.isFinite(value)) continue
    sum += value
    known++
    if (busiest < 0 || value > (values[busiest] ?? 0)) busiest = index
  }
  const head = `${values.length} ${values.length === 1 ? words.one : words.many}`
  if (known === 0) return `${head}: no data`
  const percent = (value: number): string => `${Math.round(value * 100)} %`
  const missing = values.length - known
  const tail = missing > 0 ? `, ${missing} without data` : ''
  return `${head}: mean ${percent(sum / known)}, busiest ${nameOf(busiest)} at ${percent(values[busiest] ?? 0)}${tail}`
}
