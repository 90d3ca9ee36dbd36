import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Browser, Page } from '@playwright/test'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildPage, chromiumPath, launchBrowser, openPage } from '../../../bench/charts/browser'
import { cases } from './gallery/cases'

/**
 * Every state of the charts as a picture that is compared with the one kept beside the gallery, in both themes.
 * `XCP_DIAG_PICTURES=1` keeps new ones: look at them before they are committed.
 */

const slow = 120_000
const folder = resolve(import.meta.dirname, 'gallery/pictures')
const keeping = process.env['XCP_DIAG_PICTURES'] === '1'
/** Share of the pixels that may differ by more than a little: browsers smooth the edges of letters differently. */
const tolerated = 0.02

/** The share of pixels that differ clearly; 1 where the sizes do. */
async function difference(page: Page, a: Buffer, b: Buffer): Promise<number> {
  return page.evaluate(
    async (sources) => {
      const pictures = await Promise.all(
        sources.map(async (source) => {
          const image = new Image()
          image.src = `data:image/png;base64,${source}`
          await image.decode()
          const canvas = new OffscreenCanvas(image.width, image.height)
          const context = canvas.getContext('2d')
          if (!context) throw new Error('no context')
          context.drawImage(image, 0, 0)
          return context.getImageData(0, 0, image.width, image.height)
        }),
      )
      const [one, other] = pictures
      if (!one || one.width !== other?.width || one.height !== other.height) return 1
      let different = 0
      for (let at = 0; at < one.data.length; at += 4) {
        const distance = [0, 1, 2].reduce(
          (sum, channel) => sum + Math.abs((one.data[at + channel] ?? 0) - (other.data[at + channel] ?? 0)),
          0,
        )
        if (distance > 90) different++
      }
      return different / (one.data.length / 4)
    },
    [a, b].map((png) => png.toString('base64')),
  )
}

describe.skipIf(chromiumPath() === null)('pictures of charts', () => {
  let browser: Browser
  let page: Page

  beforeAll(async () => {
    const files = await buildPage(resolve(import.meta.dirname, 'gallery'))
    browser = await launchBrowser()
    page = await openPage(browser, files, { viewport: { width: 1_360, height: 2_400 } }, () => undefined)
    await page.locator('#slow canvas').last().waitFor({ timeout: slow })
    await page.evaluate(() => document.fonts.ready)
    mkdirSync(folder, { recursive: true })
  }, slow)

  afterAll(async () => {
    await browser.close()
  }, slow)

  for (const theme of ['dark', 'light']) {
    it(
      `are as they were, ${theme}`,
      async () => {
        await page.evaluate((name) => (document.documentElement.dataset['theme'] = name), theme)
        // Each chart is drawn in a frame of its own.
        await page.evaluate(
          (frames) =>
            new Promise<void>((done) => {
              const next = (left: number): void => {
                if (left === 0) done()
                else requestAnimationFrame(() => next(left - 1))
              }
              next(frames)
            }),
          3 * cases.length,
        )
        const changed: string[] = []
        for (const id of [...cases.map((one) => one.id), 'small']) {
          const path = resolve(folder, `${theme}-${id}.png`)
          const picture = await page.locator(`section#${id}`).screenshot()
          if (keeping) writeFileSync(path, picture)
          const kept = existsSync(path) ? readFileSync(path) : null
          const share = kept === null ? 1 : await difference(page, kept, picture)
          if (share > tolerated) changed.push(`${id}: ${(share * 100).toFixed(1)} % of the picture`)
        }
        expect(changed).toEqual([])
      },
      slow,
    )
  }

  it('would differ if a line were missing', async () => {
    const [whole, bare] = ['dark-two', 'dark-missing'].map((name) =>
      readFileSync(resolve(folder, `${name}.png`)),
    )
    expect(whole && bare ? await difference(page, whole, bare) : 0).toBeGreaterThan(tolerated)
  })
})
