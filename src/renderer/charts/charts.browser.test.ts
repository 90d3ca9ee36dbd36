import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { resolve } from 'node:path'
import type { Browser, Locator, Page } from '@playwright/test'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildPage, chromiumPath, launchBrowser, openPage } from '../../../bench/charts/browser'

/** The charts in a real Chromium, on the gallery's page, under the web shell's content policy. */

const slow = 120_000
let browser: Browser
let page: Page
const problems: string[] = []

/** Pixels of a canvas in a share of its width: `colored` ones are lines, not the grey of axes and labels. */
async function pixels(canvas: Locator, kind: 'colored' | 'any', from = 0, to = 1): Promise<number> {
  return canvas.evaluate(
    (element, [first, last, coloured]) => {
      if (!(element instanceof HTMLCanvasElement)) throw new Error('not a canvas')
      const { width, height } = element
      // Read from a copy: reading would make the browser move the chart's own canvas off the fast path.
      const copy = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true })
      if (!copy) throw new Error('no context')
      copy.drawImage(element, 0, 0)
      const left = Math.floor(width * first)
      const { data } = copy.getImageData(left, 0, Math.max(1, Math.floor(width * last) - left), height)
      let count = 0
      for (let i = 0; i < data.length; i += 4) {
        const [r = 0, g = 0, b = 0, a = 0] = data.subarray(i, i + 4)
        if (a > 80 && (!coloured || Math.max(r, g, b) - Math.min(r, g, b) > 50)) count++
      }
      return count
    },
    [from, to, kind === 'colored'] as const,
  )
}
const ink = (canvas: Locator, from = 0, to = 1): Promise<number> => pixels(canvas, 'colored', from, to)
/** A chart has its axes on its first canvas, its lines on the second. */
const axesOf = (id: string): Locator => page.locator(`#${id} canvas`).first()
const linesOf = (id: string): Locator => page.locator(`#${id} canvas`).last()
const tooltip = (): Locator => page.locator('.chart-tooltip')

async function pointAt(id: string, share: number): Promise<void> {
  const box = await page.locator(`#${id} .box`).boundingBox()
  if (!box) throw new Error(`no chart ${id}`)
  await page.mouse.move(box.x + box.width * share, box.y + box.height / 2)
}

/** The time in the tooltip as seconds of the day. */
async function tooltipSeconds(): Promise<number> {
  const [hours = NaN, minutes = NaN, seconds = NaN] = (await tooltip().locator('.time').innerText())
    .split(':')
    .map(Number)
  return hours * 3_600 + minutes * 60 + seconds
}

describe.skipIf(chromiumPath() === null)('charts in a browser', () => {
  beforeAll(async () => {
    const files = await buildPage(resolve(import.meta.dirname, 'gallery'))
    browser = await launchBrowser()
    page = await openPage(browser, files, { viewport: { width: 1_360, height: 1_400 } }, (opened) => {
      opened.on('pageerror', (error) => problems.push(error.message))
      opened.on('console', (message) => {
        if (message.type() === 'error' || message.type() === 'warning') problems.push(message.text())
      })
    })
    await page.locator('#slow canvas').last().waitFor({ timeout: slow })
  }, slow)

  afterAll(async () => {
    await browser.close()
  }, slow)

  it('loads ECharts after the first paint', async () => {
    const times = await page.evaluate(() => ({
      paint: performance.getEntriesByType('paint')[0]?.startTime ?? NaN,
      plot:
        performance.getEntriesByType('resource').find(({ name }) => name.includes('/plot-'))?.startTime ??
        NaN,
    }))
    expect(times.plot).toBeGreaterThan(times.paint)
  })

  it('draws what there is, and nothing where there is nothing', async () => {
    for (const id of [
      'stacked',
      'two',
      'six',
      'thresholds',
      'gap',
      'infinite',
      'negative',
      'hours',
      'days',
      'slow',
      'band',
      'seam',
    ]) {
      expect(await ink(linesOf(id)), id).toBeGreaterThan(200)
    }
    expect(await ink(linesOf('single')), 'one sample is a dot').toBeGreaterThan(4)
    for (const id of ['missing', 'empty', 'impossible']) expect(await ink(linesOf(id)), id).toBe(0)
  })

  it('keeps the axes of an empty chart', async () => {
    for (const id of ['empty', 'missing', 'impossible']) {
      expect(await pixels(axesOf(id), 'any'), id).toBeGreaterThan(100)
    }
  })

  it('leaves a gap open', async () => {
    const holed = page.locator('#small .sparkline canvas').nth(1)
    expect(await ink(holed, 0.32, 0.48)).toBe(0)
    expect(await ink(holed, 0, 0.28)).toBeGreaterThan(50)
    expect(await ink(holed, 0.52, 1)).toBeGreaterThan(50)
  })

  it('shows the values at the pointer, and the crosshair in all charts', async () => {
    await pointAt('two', 0.6)
    await expect.poll(() => tooltip().count()).toBe(1)
    expect(await tooltip().locator('.name').allInnerTexts()).toEqual(['received', 'sent'])
    const charts = await page.locator('.grid .box').count()
    // All but the one whose range ends before it begins, and the long ones that end at the same time.
    expect(await page.locator('.crosshair').count()).toBeGreaterThanOrEqual(charts - 1)
    expect(await page.locator('#two .mark').count()).toBe(2)
    const legend = await page.locator('#two .chart-legend .value').allInnerTexts()
    expect(await tooltip().locator('.value').allInnerTexts()).toEqual(legend)
    await page.mouse.move(2, 2)
    await expect.poll(() => tooltip().count()).toBe(0)
    expect(await page.locator('.crosshair').count()).toBe(0)
  })

  it('shows hostile names as text', async () => {
    await pointAt('hostile', 0.5)
    await expect.poll(() => tooltip().locator('.name').first().innerText()).toContain('<img src=x')
    expect(await page.locator('img').count()).toBe(0)
    expect(await page.title()).toBe('Charts gallery')
    await page.mouse.move(2, 2)
  })

  it('gives the range that was marked', async () => {
    await pointAt('two', 0.4)
    const from = await tooltipSeconds()
    await page.mouse.down()
    await pointAt('two', 0.8)
    await expect.poll(() => page.locator('#two .selection').count()).toBe(1)
    const to = await tooltipSeconds()
    await page.mouse.up()
    const [begin = NaN, end = NaN] = (await page.locator('output').innerText()).split(' ').map(Number)
    // The tooltip stands at the nearest sample, the range where the pointer was.
    expect(Math.abs((end - begin) / 1_000 - (to - from))).toBeLessThanOrEqual(2)
    expect(await page.locator('.selection').count()).toBe(0)
    await page.mouse.move(2, 2)
  })

  it('moves the cursor by the keyboard and says what is there', async () => {
    const box = page.locator('#two .box')
    await box.focus()
    await page.keyboard.press('End')
    const end = await tooltipSeconds()
    await page.keyboard.press('ArrowLeft')
    await page.keyboard.press('ArrowLeft')
    expect(await tooltipSeconds()).toBe(end - 2)
    await page.keyboard.press('Shift+ArrowLeft')
    expect(await tooltipSeconds()).toBeLessThanOrEqual(end - 10)
    await page.keyboard.press('ArrowRight')
    expect(await page.locator('#two .spoken').innerText()).toMatch(/received .*MiB\/s, sent .*MiB\/s/)
    await page.keyboard.press('Escape')
    await expect.poll(() => tooltip().count()).toBe(0)
  })

  it('tells once data are painted, and only then', async () => {
    const drawn = (id: string): Promise<number> => page.locator(`#${id} .time-chart[data-drawn]`).count()
    await page.locator('#missing canvas').first().waitFor()
    expect([await drawn('two'), await drawn('missing')]).toEqual([1, 0])
  })

  it('says its values in words', async () => {
    const name = async (id: string): Promise<string> =>
      ((await page.locator(`#${id} .box`).getAttribute('aria-label')) ?? '').replaceAll('\u00a0', ' ')
    expect(await name('two')).toMatch(
      /^Network: received [\d.]+ MiB\/s, sent [\d.]+ MiB\/s; 14:00:00 to 14:05:00$/,
    )
    expect(await name('missing')).toContain('only no data')
  })

  it('has no violation that axe knows', async () => {
    const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
    await page.evaluate(axe)
    const violations: unknown = await page.evaluate(
      "axe.run('.grid').then((r) => r.violations.map((v) => v.id + ': ' + v.nodes[0].html))",
    )
    expect(violations).toEqual([])
  })

  it('draws a chart below the screen only once it is scrolled to', async () => {
    expect(await page.locator('#far canvas').count()).toBe(0)
    await page.locator('#far').scrollIntoViewIfNeeded()
    await expect.poll(() => page.locator('#far canvas').count()).toBe(2)
    await page.evaluate(() => scrollTo(0, 0))
  })

  it('takes the colours of another theme', async () => {
    const picture = (id: string): Promise<string> =>
      axesOf(id).evaluate((element) => (element instanceof HTMLCanvasElement ? element.toDataURL() : ''))
    const dark = [await picture('two'), await picture('small')]
    await page.evaluate(() => (document.documentElement.dataset['theme'] = 'light'))
    await expect.poll(() => picture('two')).not.toBe(dark[0])
    await expect.poll(() => picture('small')).not.toBe(dark[1])
    await page.evaluate(() => (document.documentElement.dataset['theme'] = 'dark'))
    await expect.poll(() => picture('two')).toBe(dark[0])
  })

  it('follows its box when that changes size', async () => {
    const width = (): Promise<number> =>
      axesOf('two').evaluate((element) => element.getBoundingClientRect().width)
    const before = await width()
    await page.setViewportSize({ width: 1_000, height: 1_400 })
    await expect.poll(width).toBeLessThan(before - 50)
    await page.setViewportSize({ width: 1_360, height: 1_400 })
    await expect.poll(width).toBe(before)
  })

  it('leaves nothing behind, and can come back', async () => {
    await page.getByRole('button', { name: 'toggle' }).click()
    expect(await page.locator('canvas').count()).toBe(0)
    await page.getByRole('button', { name: 'toggle' }).click()
    await expect.poll(() => page.locator('#slow canvas').count()).toBe(2)
  })

  it('broke neither the content policy nor anything else', () => {
    expect(problems).toEqual([])
  })
})
