/** Where a chart draws: the plot's rectangle in CSS pixels of its box, and the ranges that it stands for. */
export interface PlotGeometry {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
  /** Epoch milliseconds at the left and the right edge. */
  readonly from: number
  readonly to: number
  /** Values at the lower and the upper edge. */
  readonly min: number
  readonly max: number
}

export function xOf(geometry: PlotGeometry, time: number): number {
  return geometry.left + ((time - geometry.from) / (geometry.to - geometry.from)) * geometry.width
}

export function yOf(geometry: PlotGeometry, value: number): number {
  const { top, height, min, max } = geometry
  return top + (1 - (value - min) / (max - min)) * height
}

/** The time at a horizontal position, held inside the plot. */
export function timeAt(geometry: PlotGeometry, x: number): number {
  const share = Math.min(1, Math.max(0, (x - geometry.left) / geometry.width))
  return geometry.from + share * (geometry.to - geometry.from)
}

/**
 * The range moved to whole pixels of the screen. A live window then steps by pixels: between two steps its
 * axis stays as it is, and its lines do not tremble.
 */
export function snapRange(from: number, to: number, width: number): { from: number; to: number } {
  const pixel = (to - from) / Math.max(1, width)
  if (!(pixel > 0) || !Number.isFinite(pixel)) return { from, to: Math.max(to, from + 1) || from + 1 }
  const end = Math.ceil(to / pixel - 1e-6) * pixel
  return { from: end - (to - from), to: end }
}
