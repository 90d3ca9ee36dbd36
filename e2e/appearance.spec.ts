import { accessibilityViolations } from './support/axe'
import { expect, panel, test } from './support/console'
import { documentationPicture, forDocumentation, picture } from './support/pictures'

for (const scheme of ['dark', 'light'] as const) {
  test.describe(scheme, () => {
    test.use({ colorScheme: scheme })

    test(`the Overview in ${scheme} is accessible and fits its window`, async ({ tab }) => {
      test.setTimeout(180_000)
      if (forDocumentation) await tab.waitForTimeout(75_000)
      await expect(panel(tab, 'CPU').locator('canvas').first()).toBeVisible()
      await documentationPicture(tab, `overview-${scheme}`)
      expect(await accessibilityViolations(tab)).toEqual([])
      for (const [width, height] of [
        [900, 600],
        [1280, 800],
        [2560, 1440],
      ] as const) {
        await tab.setViewportSize({ width, height })
        // One frame for the layout, one for the charts that follow it.
        await tab.waitForTimeout(500)
        expect(
          await tab.evaluate(() => document.documentElement.scrollWidth - window.innerWidth),
        ).toBeLessThanOrEqual(0)
        await picture(tab, `overview-${scheme}-${width}x${height}`)
      }
    })
  })
}

test('the keys are listed, and the list is accessible', async ({ tab }) => {
  await tab.keyboard.press('?')
  await expect(tab.getByRole('dialog')).toBeVisible()
  expect(await accessibilityViolations(tab)).toEqual([])
  await picture(tab, 'keys')
})

test(
  'while the engine is away the last numbers stay, marked as stale',
  { tag: '@web' },
  async ({ tab, xcp, complaints }) => {
    await xcp.stop()
    await expect(tab.getByText(/reconnecting|not reachable|lost/i).first()).toBeVisible()
    await expect(panel(tab, 'CPU')).toContainText(/stale/, { timeout: 20_000 })
    await picture(tab, 'console-gone')
    expect(await accessibilityViolations(tab)).toEqual([])
    complaints.expected(/ERR_CONNECTION_REFUSED|WebSocket connection|Failed to load resource/)
  },
)

test(
  'an address that was used already explains itself',
  { tag: '@web' },
  async ({ page, xcp, complaints }) => {
    await page.goto(`${(await xcp.address()).split('#')[0] ?? ''}#token=${'A'.repeat(43)}`)
    await expect(page.getByText(/Enter/)).toBeVisible()
    await picture(page, 'refused')
    expect(await accessibilityViolations(page)).toEqual([])
    complaints.expected(/401/)
  },
)
