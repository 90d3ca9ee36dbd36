import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Locator, Page } from '@playwright/test'
import { expect } from './support/console'
import { picture } from './support/pictures'
import { connectDialog, expectLiveHost, test, trust, turnDown, typeAddress } from './support/remote'

/** What is kept of hosts: import, search, removal and its undo, a settings file that breaks. */

const savedList = (page: Page): Locator => page.getByRole('region', { name: 'Saved hosts' })
const remove = (page: Page, name: string): Promise<void> =>
  savedList(page)
    .getByRole('listitem')
    .filter({ hasText: name })
    .getByRole('button', { name: 'Remove' })
    .click()
const hostList = (page: Page): Locator => page.getByRole('navigation', { name: 'Hosts' })

test('hosts of ~/.ssh/config are imported, found by a search, and connected as the file says', async ({
  remote,
}) => {
  const { page, sshd, key } = remote
  remote.write('config', [
    'Host pool-master',
    '  HostName 127.0.0.1',
    `  Port ${sshd.port}`,
    '  User root',
    `  IdentityFile ${key.path}`,
    'Host backup storage',
    '  HostName 127.0.0.1',
    '  Port 1',
    'Host *.example.org',
    '  User admin',
  ])
  await page.keyboard.press('n')
  await connectDialog(page).getByRole('button', { name: 'Import from ~/.ssh/config' }).click()
  const importing = page.getByRole('region', { name: 'Import from ~/.ssh/config' })
  await expect(importing.getByRole('listitem')).toHaveCount(3)
  await expect(importing).toContainText(`root@127.0.0.1:${sshd.port}`)
  for (const alias of ['pool-master', 'backup', 'storage']) await importing.getByLabel(alias).check()
  await picture(page, 'import')
  await importing.getByRole('button', { name: 'Save 3 hosts' }).click()
  await expect(savedList(page).getByRole('listitem')).toHaveCount(3)

  const search = savedList(page).getByRole('searchbox')
  await search.fill('stor')
  await expect(savedList(page).getByRole('listitem')).toHaveCount(1)
  await expect(savedList(page)).toContainText('storage')
  await search.fill('nothing like it')
  await expect(savedList(page)).toContainText('No saved host fits.')
  await search.fill('MASTER pool')
  await expect(savedList(page).getByRole('listitem')).toHaveCount(1)
  await search.press('Enter')
  await trust(page)
  await expectLiveHost(page, 'pool-master')

  // What is saved already is not offered again.
  await page.keyboard.press('n')
  await connectDialog(page).getByRole('button', { name: 'Import from ~/.ssh/config' }).click()
  await expect(importing.getByLabel('backup')).toBeDisabled()
})

test('a removal can be undone wherever the person is', async ({ remote }) => {
  const { page, sshd } = remote
  const status = page.getByRole('status').filter({ hasText: 'was removed' })
  for (const name of ['first', 'second']) {
    await typeAddress(page, `root@127.0.0.1:${sshd.port}`, sshd.port, name)
    // Enter connects; what is asked then is turned down.
    await page.keyboard.press('Enter')
    await turnDown(page)
    await expect(hostList(page).getByText(name, { exact: true })).toBeVisible()
  }
  await page.keyboard.press('n')
  await remove(page, 'second')
  await expect(connectDialog(page).getByRole('status')).toContainText('second was removed.')
  await page.keyboard.press('Escape')
  await expect(connectDialog(page)).toHaveCount(0)
  await expect(hostList(page).getByText('second', { exact: true })).toHaveCount(0)

  // In another view, with the dialog closed.
  await page.keyboard.press('2')
  await expect(status).toBeVisible()
  await picture(page, 'undo')
  await status.getByRole('button', { name: 'Undo' }).click()
  await expect(hostList(page).getByText('second', { exact: true })).toBeVisible()
  await expect(status).toHaveCount(0)

  // And by a key.
  await page.keyboard.press('n')
  await remove(page, 'first')
  await page.keyboard.press('Escape')
  await expect(connectDialog(page)).toHaveCount(0)
  await expect(hostList(page).getByText('first', { exact: true })).toHaveCount(0)
  await page.keyboard.press('u')
  await expect(hostList(page).getByText('first', { exact: true })).toBeVisible()
  await expect.poll(() => readFileSync(join(remote.settings, 'settings.json'), 'utf8')).toContain('"first"')
})

test('a damaged settings file is told, and the last good copy is used', async ({ remote }) => {
  const { page, sshd } = remote
  await typeAddress(page, `root@127.0.0.1:${sshd.port}`, sshd.port, 'survivor')
  await page.keyboard.press('Enter')
  await turnDown(page)
  await expect(hostList(page).getByText('survivor', { exact: true })).toBeVisible()
  await remote.stopConsole()
  const file = join(remote.settings, 'settings.json')
  writeFileSync(file, readFileSync(file).subarray(0, 40))

  await remote.open()
  const problems = page.getByRole('region', { name: 'Problems' })
  await expect(problems).toContainText('The settings file needs attention')
  await expect(problems).toContainText('The last good copy was loaded.')
  await expect(hostList(page).getByText('survivor', { exact: true })).toBeVisible()
  expect(readFileSync(file, 'utf8')).toContain('survivor')
  await picture(page, 'settings-damaged')
})
