import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import * as v from 'valibot'

const pixel = v.pipe(v.number(), v.integer(), v.minValue(-100_000), v.maxValue(100_000))
const rectangle = v.object({
  x: pixel,
  y: pixel,
  width: v.pipe(pixel, v.minValue(1)),
  height: v.pipe(pixel, v.minValue(1)),
})
export type Rectangle = v.InferOutput<typeof rectangle>

const remembered = v.object({
  version: v.literal(1),
  bounds: rectangle,
  maximized: v.boolean(),
  /** Electron's zoom level: 0 is 100 %, each step 20 %. */
  zoom: v.pipe(v.number(), v.minValue(-3), v.maxValue(5)),
})
export type Remembered = Omit<v.InferOutput<typeof remembered>, 'version'>

export const smallest = { width: 900, height: 600 }
const usual = { width: 1440, height: 900 }
/** So much of the window must be on a screen, or it could not be moved by its title. */
const grip = { width: 120, height: 40 }

/** What was remembered; null where there is nothing, or nothing that can be used. */
export function readRemembered(path: string): Remembered | null {
  try {
    const parsed = v.safeParse(remembered, JSON.parse(readFileSync(path, 'utf8')))
    return parsed.success ? parsed.output : null
  } catch {
    return null
  }
}

/** Whole or not at all. Where it cannot be written the next start has the usual window, and nobody is bothered. */
export function writeRemembered(path: string, { bounds, maximized, zoom }: Remembered): void {
  const partial = `${path}.${process.pid}.tmp`
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    writeFileSync(partial, `${JSON.stringify({ version: 1, bounds, maximized, zoom }, null, 2)}\n`, {
      mode: 0o600,
    })
    renameSync(partial, path)
  } catch {
    rmSync(partial, { force: true })
  }
}

/** Where the window opens: as remembered if that is on a screen of now, else in the middle of the first. */
export function placeWindow(from: Remembered | null, screens: readonly Rectangle[]): Rectangle {
  const screen = screens[0] ?? { x: 0, y: 0, ...usual }
  if (from) {
    const home = screens.find((one) => isReachable(from.bounds, one))
    if (home) return withinSize(from.bounds, home)
  }
  const size = withinSize({ x: 0, y: 0, ...usual }, screen)
  return {
    ...size,
    x: Math.round(screen.x + (screen.width - size.width) / 2),
    y: Math.round(screen.y + (screen.height - size.height) / 2),
  }
}

function isReachable(window: Rectangle, screen: Rectangle): boolean {
  const width = Math.min(window.x + window.width, screen.x + screen.width) - Math.max(window.x, screen.x)
  const below = window.y >= screen.y && window.y + grip.height <= screen.y + screen.height
  return width >= grip.width && below
}

const withinSize = (bounds: Rectangle, screen: Rectangle): Rectangle => ({
  ...bounds,
  width: Math.max(Math.min(smallest.width, screen.width), Math.min(bounds.width, screen.width)),
  height: Math.max(Math.min(smallest.height, screen.height), Math.min(bounds.height, screen.height)),
})
