import { hostname } from 'node:os'
import { expect, expectLive, expectMoving, panel, test } from './support/console'

test('opens with this machine connected and its numbers moving', async ({ tab }) => {
  await expect(tab).toHaveTitle(/XCP diagnostics/)
  await expect(tab.getByText(hostname()).first()).toBeVisible()
  await expect(tab.getByRole('region', { name: 'Problems' })).toContainText('No problems')
  for (const title of ['CPU', 'Memory', 'Disks', 'Network'])
    await expect(panel(tab, title).locator('canvas').first()).toBeVisible()
  await expectMoving(tab)
})

test(
  'the address lets one tab in, once, and leaves no token behind',
  { tag: '@web' },
  async ({ tab, xcp, context, complaints }) => {
    expect(tab.url()).not.toContain('token')
    const used = await xcp.address()
    const second = await context.newPage()
    await second.goto(used)
    await expect(second.getByRole('heading', { level: 1 })).toBeVisible()
    await expect(second.getByText(/Enter/)).toBeVisible()
    await second.close()
    await tab.getByRole('region', { name: 'Problems' }).isVisible()
    complaints.expected(/401/)
  },
)

test('a reload keeps the session', async ({ tab }) => {
  await tab.reload()
  await expectLive(tab)
})

test(
  'a second tab with an address of its own shows the same host',
  { tag: '@web' },
  async ({ tab, xcp, context }) => {
    const second = await context.newPage()
    await second.goto(await xcp.nextAddress())
    await expectLive(second)
    await expectLive(tab)
  },
)

test('the engine is killed: the page says so, and is live again by itself', async ({
  tab,
  xcp,
  complaints,
}) => {
  const before = xcp.enginePid()
  expect(before).not.toBeNull()
  // Watched for from before: a new engine may be there within a moment.
  const said = tab
    .getByText(/reconnecting|restarting|lost|connecting/i)
    .first()
    .waitFor()
  process.kill(before ?? 0, 'SIGKILL')
  await said
  await expectLive(tab)
  await expect.poll(() => xcp.enginePid()).not.toBe(before)
  await expect(tab.getByRole('region', { name: 'Problems' })).toContainText('No problems')
  // Numbers of the new engine, not the last ones of the old.
  await expectMoving(tab)
  complaints.expected(/WebSocket connection/)
})

test(
  'the console is stopped: the page says so and keeps what it showed',
  { tag: '@web' },
  async ({ tab, xcp, complaints }) => {
    await xcp.stop()
    await expect(tab.getByText(/reconnecting|lost|not reachable/i).first()).toBeVisible()
    await expect(panel(tab, 'CPU')).toBeVisible()
    complaints.expected(/ERR_CONNECTION_REFUSED|WebSocket connection|Failed to load resource/)
  },
)

test('the keys are listed with ?', async ({ tab }) => {
  await tab.keyboard.press('?')
  await expect(tab.getByRole('dialog')).toBeVisible()
  await tab.keyboard.press('Escape')
  await expect(tab.getByRole('dialog')).toBeHidden()
})
