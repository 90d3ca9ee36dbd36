import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { accessibilityViolations } from './support/axe'
import { expect, panel, RunningConsole, test as base } from './support/console'
import { documentationPicture, picture } from './support/pictures'

/** A console with settings of its own: these tests save some. */
const test = base.extend({
  xcp: async ({}, use) => {
    const folder = mkdtempSync(join(tmpdir(), 'xcp-e2e-settings-'))
    const running = await RunningConsole.start({ XDG_CONFIG_HOME: folder })
    await use(running)
    await running.stop()
    rmSync(folder, { recursive: true, force: true })
  },
})
test.setTimeout(120_000)

for (const scheme of ['dark', 'light'] as const) {
  test.describe(scheme, () => {
    test.use({ colorScheme: scheme })

    test(`the settings in ${scheme} are accessible, remembered and fit their window`, async ({ tab }) => {
      await tab.keyboard.press(',')
      const settings = tab.getByRole('region', { name: 'Settings', exact: true })
      await expect(settings.getByText('of 256 MiB')).toBeVisible()
      expect(await accessibilityViolations(tab)).toEqual([])
      await picture(tab, `settings-${scheme}`)
      const rows = settings.getByLabel('MiB').first()
      await rows.fill('7')
      await expect(settings.getByText('A whole number from 16')).toBeVisible()
      await expect(settings.getByRole('button', { name: 'Save' })).toBeDisabled()
      await rows.fill('512')
      await settings.getByRole('button', { name: 'Save' }).click()
      await expect(settings.getByText('512 MiB from the next start')).toBeVisible()
      await settings.getByText('Comfortable', { exact: true }).click()
      await tab.reload()
      await expect(settings.getByLabel('MiB').first()).toHaveValue('512')
      await expect(settings.getByRole('radio', { name: 'Comfortable' })).toBeChecked()
      await tab.setViewportSize({ width: 900, height: 600 })
      await tab.waitForTimeout(500)
      expect(
        await tab.evaluate(() => document.documentElement.scrollWidth - window.innerWidth),
      ).toBeLessThanOrEqual(0)
    })

    test(`the palette in ${scheme} finds a view, an action and a metric, by the keyboard alone`, async ({
      tab,
    }) => {
      const palette = tab.getByRole('dialog', { name: 'Command palette' })
      const box = palette.getByRole('combobox')
      await tab.keyboard.press('Control+k')
      await box.fill('cpu us')
      await expect(palette.getByRole('option', { name: /cpu_user/ }).first()).toBeVisible()
      expect(await accessibilityViolations(tab)).toEqual([])
      await documentationPicture(tab, `palette-${scheme}`)
      await tab.keyboard.press('Enter')
      await expect(palette).toBeHidden()
      await expect(tab.getByRole('region', { name: 'Comparison' }).locator('tr[data-path]')).toHaveCount(1)
      await tab.keyboard.press('Control+k')
      await box.fill('overv')
      await tab.keyboard.press('Enter')
      await expect(panel(tab, 'CPU')).toBeVisible()
      await tab.keyboard.press('Control+k')
      await box.fill('last 24')
      await tab.keyboard.press('Enter')
      await expect(tab.getByRole('combobox', { name: 'Time range' })).toHaveValue('1440')
      await tab.keyboard.press('Control+k')
      await box.fill('nothing has this name')
      await expect(palette.getByRole('status')).toContainText('Nothing has')
      await tab.keyboard.press('Escape')
      await expect(palette).toBeHidden()
    })
  })
}

test('one range for all views: chosen, zoomed, moved, and back again', async ({ tab }) => {
  const range = tab.getByRole('combobox', { name: 'Time range' })
  await expect(panel(tab, 'CPU').locator('.time-chart[data-drawn]').first()).toBeVisible()
  await range.selectOption('other')
  const dialog = tab.getByRole('dialog', { name: 'From … to …' })
  await dialog.getByLabel('From').fill('2026-01-02T10:00:00')
  await dialog.getByLabel('To').fill('2026-01-02T09:00:00')
  await expect(dialog.getByText('The end has to be after the beginning.')).toBeVisible()
  await dialog.getByLabel('To').fill('2026-01-02T11:00:00')
  expect(await accessibilityViolations(tab)).toEqual([])
  await dialog.getByRole('button', { name: 'Show', exact: true }).click()
  await expect(panel(tab, 'CPU')).toContainText('Nothing is known of this time.')
  await expect(tab.getByRole('button', { name: 'Paused' })).toBeVisible()
  const shown = (): Promise<string> => range.locator('option:checked').innerText()
  expect(await shown()).toContain('10:00:00')
  await tab.keyboard.press('+')
  expect(await shown()).toContain('10:15:00')
  await tab.keyboard.press('>')
  expect(await shown()).toContain('10:30:00')
  // The rows of a log are counted over the same range.
  await tab.keyboard.press('3')
  await expect(tab.getByRole('img', { name: /^Rows by time and severity: 0 rows/ })).toBeVisible()
  await tab.keyboard.press('1')
  for (let step = 0; step < 3; step++) await tab.keyboard.press('Backspace')
  await expect(tab.getByRole('button', { name: 'Live' })).toBeVisible()
  await expect(panel(tab, 'CPU').locator('canvas').first()).toBeVisible()
  await range.selectOption('10080')
  await tab.reload()
  await expect(range).toHaveValue('10080')
  await picture(tab, 'overview-seven-days')
})
