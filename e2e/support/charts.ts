import type { Page } from '@playwright/test'
import { metricsUpdate, type MetricChunk } from '../../src/shared/model/metrics'
import { decodeMessage } from '../../src/shared/rpc/wire'
import * as v from 'valibot'
import { displayOf } from '../electron/running-desktop'
import { panel } from './console'

const item = v.object({ type: v.literal('item'), value: metricsUpdate })

/** Every chunk of metrics that the page is sent from now on and that begins a series anew, on either shell. */
export function collectChunks(page: Page): MetricChunk[] {
  const chunks: MetricChunk[] = []
  const collect = (frame: Uint8Array): void => {
    const told = v.safeParse(item, decodeMessage(new Uint8Array(frame)))
    if (told.success && told.output.value.reset) chunks.push(...told.output.value.chunks)
  }
  displayOf(page.context())?.frameListeners.add(collect)
  page.on('websocket', (socket) =>
    socket.on('framereceived', ({ payload }) => {
      if (typeof payload !== 'string') collect(payload)
    }),
  )
  return chunks
}

/** The longest time without a value between two that have one, milliseconds, of a chunk's first series. */
export function longestGap({ times, values }: MetricChunk): number {
  const known = [...times].filter((_, at) => !Number.isNaN(values[at] ?? NaN))
  return Math.max(0, ...known.slice(1).map((time, at) => time - (known[at] ?? time)))
}

/**
 * The widest stretch of a panel's first chart where nothing is drawn, between two where something is; CSS pixels,
 * -1 where nothing is drawn at all.
 */
export const widestHole = (page: Page, title: string): Promise<number> =>
  panel(page, title)
    .locator('canvas')
    .evaluateAll((layers) => {
      const canvases = layers.filter((layer) => layer instanceof HTMLCanvasElement)
      const [bottom] = canvases
      if (!bottom) return -1
      const { width, height, clientWidth } = bottom
      const coloured = new Array<boolean>(width).fill(false)
      // A chart draws its axes, lines and areas on layers of one size.
      for (const canvas of canvases.filter((layer) => layer.width === width && layer.height === height)) {
        const data = canvas.getContext('2d')?.getImageData(0, 0, width, height).data ?? []
        for (let at = 0; at < data.length; at += 4) {
          const rgb = [data[at] ?? 0, data[at + 1] ?? 0, data[at + 2] ?? 0]
          // Series have colours; the grid and the labels are grey.
          const isSeries = (data[at + 3] ?? 0) > 40 && Math.max(...rgb) - Math.min(...rgb) > 60
          if (isSeries) coloured[(at / 4) % width] = true
        }
      }
      const first = coloured.indexOf(true)
      if (first < 0) return -1
      let [hole, widest] = [0, 0]
      for (let x = first; x <= coloured.lastIndexOf(true); x++) {
        hole = coloured[x] === true ? 0 : hole + 1
        widest = Math.max(widest, hole)
      }
      return widest / (width / clientWidth)
    })
