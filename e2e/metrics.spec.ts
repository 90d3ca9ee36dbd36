import { readFileSync, writeFileSync } from 'node:fs'
import type { Locator, Page } from '@playwright/test'
import { accessibilityViolations } from './support/axe'
import { collectChunks } from './support/charts'
import { expect, test } from './support/console'
import { picture } from './support/pictures'
import { expectLiveHost, pressConnect, test as remoteTest, trust, typeAddress } from './support/remote'

const search = (page: Page): Locator => page.getByRole('searchbox', { name: 'Search metrics' })
const tree = (page: Page): Locator => page.getByRole('tree', { name: 'Catalogue of metrics' })
const board = (page: Page): Locator => page.getByRole('region', { name: 'Comparison' })
const row = (page: Page, path: string): Locator => board(page).locator(`tr[data-path="${path}"]`)
const drawn = (page: Page): Locator => board(page).locator('.time-chart[data-drawn]')

// Two hosts and many pictures take long on a small machine.
test.setTimeout(120_000)
remoteTest.setTimeout(120_000)

const usage = '/metrics/host/host/cpu'
const memory = '/metrics/host/host/memory_used'

/** Looks for a metric of the host as such, and adds what is found first. */
async function add(page: Page, words: string): Promise<void> {
  await page.keyboard.press('/')
  await search(page).fill(words)
  await expect(tree(page).getByRole('treeitem', { level: 3 }).first()).toBeVisible()
  await page.keyboard.press('Enter')
}

async function open(page: Page): Promise<void> {
  await page.keyboard.press('6')
  await expect(tree(page).getByRole('treeitem').first()).toBeVisible()
}

/** A cell as `number unit`. */
const figures = async (page: Page, path: string): Promise<string[]> =>
  (await row(page, path).locator('td').allInnerTexts())
    .slice(2, 7)
    .map((text) => text.replace(/\s+/g, ' ').trim())

test('without a comparison the view says what to do, and its tree lives', async ({ tab }) => {
  await open(tab)
  await expect(board(tab)).toContainText('Nothing is compared yet')
  const host = tree(tab).getByRole('treeitem', { level: 3 }).filter({ hasText: 'cpu' }).first()
  await expect(host.locator('.value')).toHaveText(/\d/)
  await picture(tab, 'metrics-empty')
  expect(await accessibilityViolations(tab)).toEqual([])
})

test('metrics are found by a few letters, with the keyboard alone, and the hits are marked', async ({
  tab,
}) => {
  await open(tab)
  await tab.keyboard.press('/')
  await search(tab).fill('mem usd')
  const found = tree(tab).getByRole('treeitem', { level: 3 }).filter({ hasText: 'memory_used' })
  await expect(found.locator('mark').first()).toHaveText('mem')
  await search(tab).fill('xyzzy qqq')
  await expect(tab.getByText('No metric matches')).toBeVisible()
  await tab.keyboard.press('Escape')
  await expect(search(tab)).toHaveValue('')
  await tab.keyboard.press('Escape')
  await expect(tree(tab)).toBeFocused()
  await tab.keyboard.press('End')
  const last = await tree(tab).getAttribute('aria-activedescendant')
  await tab.keyboard.press('Home')
  await expect(tree(tab)).not.toHaveAttribute('aria-activedescendant', last ?? '')
  // Closes the first class, and opens it again.
  const rows = Number(await tree(tab).getAttribute('data-rows'))
  await tab.keyboard.press('ArrowLeft')
  await expect(tree(tab)).not.toHaveAttribute('data-rows', String(rows))
  await tab.keyboard.press('ArrowRight')
  await expect(tree(tab)).toHaveAttribute('data-rows', String(rows))
  await add(tab, 'host cpu')
  await expect(row(tab, usage)).toBeVisible()
  await tab.keyboard.press('Enter')
  await expect(row(tab, usage)).toHaveCount(0)
  // And with the pointer: dragged, then clicked.
  await search(tab).fill('memory_used')
  await found.dragTo(board(tab))
  await expect(row(tab, memory)).toBeVisible()
  await expect(found).toHaveAttribute('aria-selected', 'true')
  await found.click()
  await expect(row(tab, memory)).toHaveCount(0)
})

test('two units are two charts with one cursor; the figures are those of what was sent', async ({ tab }) => {
  const chunks = collectChunks(tab)
  await tab.reload()
  await open(tab)
  await add(tab, 'host cpu')
  await add(tab, 'memory_used')
  await add(tab, 'cpu_system')
  await expect(drawn(tab)).toHaveCount(2)
  await tab.keyboard.press('Escape')
  await tab.keyboard.press('Escape')
  await tab.waitForTimeout(4_000)
  const before = chunks.length
  await tab.keyboard.press(' ')
  // Paused, the range is asked for once: exactly what the charts have.
  await expect.poll(() => chunks.length).toBeGreaterThan(before)
  await expect(row(tab, memory)).toBeVisible()
  const values = chunks.slice(before).flatMap((chunk) => {
    const at = chunk.series.indexOf(1)
    const { length } = chunk.times
    return at < 0 || chunk.series.length < 2 ? [] : [...chunk.values.subarray(at * length, (at + 1) * length)]
  })
  const known = values.filter((value) => !Number.isNaN(value))
  expect(known.length).toBeGreaterThan(3)
  const gib = (value: number): number => value / 2 ** 30
  const shown = async (): Promise<number[]> =>
    (await figures(tab, memory)).slice(1).map((text) => {
      const [number, unit] = text.split(' ')
      return Number(number) * (unit === 'GiB' ? 1 : 1 / 1024)
    })
  const expected = [Math.min(...known), known.reduce((a, b) => a + b, 0) / known.length, Math.max(...known)]
  for (const [at, value] of expected.entries()) {
    const told = (await shown())[at] ?? NaN
    expect(Math.abs(told - gib(value)) / gib(value)).toBeLessThan(0.01)
  }

  // Only the last seconds have samples: the right edge of the plot.
  const { width = 0 } = (await drawn(tab).first().boundingBox()) ?? {}
  await drawn(tab)
    .first()
    .hover({ position: { x: width - 14, y: 60 } })
  await expect(board(tab).getByRole('columnheader', { name: 'At cursor' })).toBeVisible()
  await expect(board(tab).locator('.crosshair')).toHaveCount(2)
  await expect(row(tab, usage).locator('td').nth(2)).toHaveText(/\d/)
  await picture(tab, 'metrics-dark')
  expect(await accessibilityViolations(tab)).toEqual([])

  await row(tab, memory).getByRole('button', { pressed: false }).first().click()
  await expect(drawn(tab)).toHaveCount(1)
  await row(tab, memory).getByRole('button', { pressed: true }).click()
  await tab.keyboard.press('m')
  await expect(drawn(tab)).toHaveCount(3)
  await picture(tab, 'metrics-each')
})

test('what is compared comes back with the address, by a link, and from a pinned set', async ({
  tab,
  context,
}) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']).catch(() => undefined)
  await open(tab)
  await add(tab, 'host cpu')
  await add(tab, 'memory_used')
  await tab.keyboard.press('Escape')
  await tab.keyboard.press('Escape')
  await expect(drawn(tab)).toHaveCount(2)
  await tab.keyboard.press('p')
  await tab.getByRole('textbox', { name: 'Name of the set' }).fill('night <b>shift</b>')
  await tab.keyboard.press('Enter')
  const pins = tab.getByRole('region', { name: 'Pinned sets' })
  await expect(pins).toContainText('night <b>shift</b>')

  await tab.waitForTimeout(2_000)
  await tab.keyboard.press(' ')
  await expect.poll(() => tab.url()).toMatch(/from=\d+&to=\d+/)
  const address = tab.url()
  await board(tab).getByRole('button', { name: 'Copy link' }).click()
  await expect(board(tab)).toContainText(/Link copied|not allowed/)
  await tab.keyboard.press('Escape')
  await expect.poll(() => tab.url()).not.toContain('from=')
  await board(tab).getByRole('button', { name: 'Clear' }).click()
  await expect(board(tab)).toContainText('Nothing is compared yet')

  await tab.evaluate((hash) => (location.hash = hash), new URL(address).hash)
  await expect(row(tab, memory)).toBeVisible()
  await expect.poll(() => tab.url()).toBe(address)
  await tab.reload()
  await expect(row(tab, memory)).toBeVisible()
  expect(tab.url()).toBe(address)
  await expect(drawn(tab)).toHaveCount(2)

  await board(tab).getByRole('button', { name: 'Clear' }).click()
  await pins.getByRole('button', { name: /^night/ }).click()
  await expect(row(tab, usage)).toBeVisible()
  await pins.getByRole('button', { name: 'Rename night' }).click()
  await tab.getByRole('textbox', { name: 'New name' }).fill('day')
  await tab.keyboard.press('Enter')
  await pins.getByRole('button', { name: 'Remove day' }).click()
  await expect(pins).toContainText('day was removed')
  await pins.getByRole('button', { name: 'Undo' }).click()
  await expect(pins.getByRole('button', { name: /^day/ })).toBeVisible()
})

test('a link that somebody made up does no harm', async ({ tab }) => {
  const evil = encodeURIComponent('<img src=x onerror=alert(1)>')
  const many = Array.from({ length: 300 }, (_, at) => `m=local/metrics/cpu/cpu${at}/none`).join('&')
  await tab.evaluate(
    (hash) => (location.hash = hash),
    `#/metrics?m=nobody/metrics/a/${evil}/b&m=%%%&m=local/etc/passwd&from=9&to=3&by=each&${many}`,
  )
  await expect(board(tab).locator('tbody tr')).toHaveCount(32)
  await expect(board(tab)).toContainText('<img src=x onerror=alert(1)>')
  await expect(board(tab)).toContainText('no such host')
  await expect(board(tab)).toContainText('unknown')
  await picture(tab, 'metrics-unknown')
  expect(await accessibilityViolations(tab)).toEqual([])
})

test('CSV has the points that show, PNG the charts', async ({ tab }) => {
  await open(tab)
  await add(tab, 'host cpu')
  await add(tab, 'memory_used')
  await tab.keyboard.press('Escape')
  await tab.keyboard.press('Escape')
  await expect(drawn(tab)).toHaveCount(2)
  await tab.waitForTimeout(3_000)
  await tab.keyboard.press(' ')
  await tab.keyboard.press('e')
  const dialog = tab.getByRole('dialog', { name: 'Export metrics' })
  const save = async (): Promise<string> => {
    const download = tab.waitForEvent('download')
    await dialog.getByRole('button', { name: 'Export', exact: true }).click()
    return (await download).path()
  }
  const [head, ...lines] = readFileSync(await save(), 'utf8')
    .trimEnd()
    .split('\r\n')
  await expect(dialog).toContainText('metrics written')
  expect(head).toMatch(
    /^time,.* \/metrics\/host\/host\/cpu \[ratio\],.* \/metrics\/host\/host\/memory_used \[bytes\]$/,
  )
  expect(lines.length).toBeGreaterThan(2)
  for (const line of lines)
    expect(line).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z,(0(\.\d+)?|1|\d\.\d+e-\d+)?,\d*$/)
  await dialog.getByText('PNG', { exact: true }).click()
  const png = readFileSync(await save())
  expect(png.subarray(1, 4).toString()).toBe('PNG')
  // Width and height are told in its head.
  expect(png.readUInt32BE(16)).toBeGreaterThan(400)
  expect(png.readUInt32BE(20)).toBeGreaterThan(300)
  expect(png.length).toBeGreaterThan(5_000)
  await picture(tab, 'metrics-export')
  writeFileSync('test-results/screenshots/metrics-exported.png', png)
})

for (const scheme of ['dark', 'light'] as const) {
  test.describe(scheme, () => {
    test.use({ colorScheme: scheme })

    test(`the Metrics view in ${scheme} is accessible and fits its window`, async ({ tab }) => {
      await open(tab)
      for (const words of ['host cpu', 'memory_used', 'network receive', 'load1']) await add(tab, words)
      await tab.keyboard.press('Escape')
      await tab.keyboard.press('Escape')
      await expect(drawn(tab).first()).toBeVisible()
      await tab.waitForTimeout(3_000)
      expect(await accessibilityViolations(tab)).toEqual([])
      for (const [width, height] of [
        [900, 600],
        [1440, 900],
        [2560, 1440],
      ] as const) {
        await tab.setViewportSize({ width, height })
        await tab.waitForTimeout(700)
        expect(
          await tab.evaluate(() => document.documentElement.scrollWidth - window.innerWidth),
        ).toBeLessThanOrEqual(0)
        await picture(tab, `metrics-${scheme}-${width}x${height}`)
      }
    })
  })
}

remoteTest('metrics of two hosts show on one time axis', async ({ remote }) => {
  const { page, sshd, key } = remote
  await open(page)
  await add(page, 'host cpu')
  await page.keyboard.press('Escape')
  await page.keyboard.press('Escape')
  await typeAddress(page, `ssh -i ${key.path} -p ${sshd.port} root@127.0.0.1`, sshd.port, 'far away')
  await pressConnect(page)
  await trust(page)
  await page.keyboard.press('1')
  await expectLiveHost(page, 'far away')
  await open(page)
  await add(page, 'host cpu')
  await add(page, 'load1')
  await page.keyboard.press('Escape')
  await page.keyboard.press('Escape')
  const rows = board(page).locator('tbody tr')
  await expect(rows).toHaveCount(3)
  await expect(rows.filter({ hasText: 'far away: ' })).toHaveCount(2)
  await expect(row(page, usage)).toHaveCount(2)
  for (const one of await row(page, usage).all()) await expect(one.locator('td').nth(6)).toHaveText(/\d/)
  // One machine with one clock: nothing is moved by more than it was measured to.
  await expect(board(page).locator('.clock')).toHaveCount(0)
  await picture(page, 'metrics-two-hosts')
  expect(await accessibilityViolations(page)).toEqual([])
})
