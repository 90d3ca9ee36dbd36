import { readdirSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { tmpdir } from 'node:os'
import { accessibilityViolations } from './support/axe'
import { expect } from './support/console'
import { documentationPicture } from './support/pictures'
import { test } from './support/remote'

/** The simulated host that the console starts itself. */

const folders = (): string[] => readdirSync(tmpdir()).filter((name) => name.startsWith('xcpdemo-'))
const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy()
      resolve(true)
    })
    socket.on('error', () => resolve(false))
  })

test('a demo host starts from the dialog, shows messages and queues, and leaves nothing behind', async ({
  setting,
}) => {
  test.setTimeout(120_000)
  const before = folders()
  await setting.open()
  const { page } = setting
  await page.getByRole('button', { name: 'Demo host (simulated)' }).click()
  const dialog = page.getByRole('dialog', { name: 'Connect to a host' })
  const demo = dialog.getByRole('region', { name: 'Demo host (simulated)' })
  const scenario = demo.getByLabel('Scenario')
  await expect(demo).toContainText('A host in good health')
  await scenario.selectOption('slow')
  await expect(demo).toContainText('Storage answers fifty times as slowly')
  await documentationPicture(page, 'demo-host')
  expect(await accessibilityViolations(page)).toEqual([])
  await demo.getByRole('button', { name: 'Start' }).click()
  await expect(dialog).toBeHidden()
  const heading = page.getByRole('heading', { level: 1 })
  await expect(heading).toContainText(/Demo \(slow\).*SIMULATED.*(Live|Trouble)/s, { timeout: 30_000 })
  const entry = page
    .getByRole('navigation', { name: 'Hosts' })
    .getByRole('listitem')
    .filter({ hasText: 'Demo (slow)' })
  await expect(entry).toContainText('simulated')
  const port = Number(/127\.0\.0\.1:(\d+)/.exec(await entry.innerText())?.[1])
  expect(await answers(port)).toBe(true)
  const [folder] = folders().filter((name) => !before.includes(name))
  expect(folder).toBeDefined()

  await page.keyboard.press('4')
  const rows = page.getByRole('grid', { name: 'Messages', exact: true }).locator('.log-row:not([hidden])')
  await expect(rows.filter({ hasText: 'answered' }).first()).toBeVisible({ timeout: 30_000 })
  await page.keyboard.press('5')
  await expect(page.getByRole('listbox', { name: 'Queues of the bus' })).toContainText('networkd')

  // Nothing of it is kept: no saved host, no known host.
  expect(setting.knownHosts()).toBe('')
  expect(JSON.stringify(readdirSync(join(setting.home, '.ssh')))).toBe('[]')

  await page.getByRole('button', { name: 'Remove demo host' }).click()
  await expect(entry).toHaveCount(0)
  await expect(heading).not.toContainText('Demo')
  // The host leaves the list first.
  await expect.poll(() => answers(port)).toBe(false)
  await expect.poll(() => folders().filter((name) => !before.includes(name))).toEqual([])
})

test('a demo host ends with its engine, however that ends', async ({ setting }) => {
  test.setTimeout(120_000)
  const before = folders()
  const mine = (): string[] => folders().filter((name) => !before.includes(name))
  await setting.open()
  const { page } = setting
  const start = async (): Promise<number> => {
    await page.keyboard.press('n')
    const demo = page.getByRole('region', { name: 'Demo host (simulated)' })
    await demo.getByRole('button', { name: 'Start' }).click()
    await expect(page.getByRole('heading', { level: 1 })).toContainText(/Demo.*(Live|Trouble)/s, {
      timeout: 30_000,
    })
    const text = await page.getByRole('navigation', { name: 'Hosts' }).innerText()
    return Number(/127\.0\.0\.1:(\d+)/.exec(text)?.[1])
  }
  const first = await start()
  expect(mine()).toHaveLength(1)
  const engine = Number(/^xcpdemo-(\d+)-/.exec(mine()[0] ?? '')?.[1])
  process.kill(engine, 'SIGKILL')
  await expect.poll(() => answers(first)).toBe(false)
  await expect(page.getByRole('navigation', { name: 'Hosts' })).not.toContainText('Demo (', {
    timeout: 30_000,
  })
  // What the killed one left is gone with the next.
  const second = await start()
  expect(mine()).toHaveLength(1)
  expect(mine()[0]).not.toContain(`-${engine}-`)
  await setting.stopConsole()
  expect(await answers(second)).toBe(false)
  expect(mine()).toEqual([])
})
