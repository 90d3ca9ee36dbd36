import type { Light } from './worst-state'

/** Blue, green, red, alpha: what Electron's bitmaps hold. */
type Colour = readonly [number, number, number, number]

const colours: Readonly<Record<Light, Colour>> = {
  red: [48, 59, 255, 255],
  amber: [0, 149, 255, 255],
  green: [75, 190, 48, 255],
  unknown: [150, 142, 142, 255],
  off: [150, 142, 142, 255],
}

/** Each light has a shape of its own: a square, a triangle, a disc, a ring. -1..1 each way, y down. */
const shapes: Readonly<Record<Light, (x: number, y: number) => boolean>> = {
  red: (x, y) => Math.max(Math.abs(x), Math.abs(y)) <= 0.8,
  amber: (x, y) => y <= 0.75 && y >= 2 * Math.abs(x) - 0.95,
  green: (x, y) => Math.hypot(x, y) <= 0.85,
  unknown: (x, y) => Math.hypot(x, y) <= 0.85 && (x + y + 4) % 0.5 < 0.25,
  off: (x, y) => Math.hypot(x, y) <= 0.85 && Math.hypot(x, y) >= 0.55,
}

export interface Bitmap {
  readonly width: number
  readonly height: number
  /** 4 bytes a pixel, rows from the top. */
  readonly pixels: Buffer
}

/** The sign of a light for the tray and the task bar, `size` pixels each way. */
export function drawLight(light: Light, size: number): Bitmap {
  const pixels = Buffer.alloc(size * size * 4)
  const inside = shapes[light]
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      const x = ((column + 0.5) / size) * 2 - 1
      const y = ((row + 0.5) / size) * 2 - 1
      if (inside(x, y)) pixels.set(colours[light], (row * size + column) * 4)
    }
  }
  return { width: size, height: size, pixels }
}
