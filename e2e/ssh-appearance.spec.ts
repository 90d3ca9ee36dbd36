import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { accessibilityViolations } from './support/axe'
import { expect } from './support/console'
import { documentationPicture, forDocumentation, picture } from './support/pictures'
import {
  connectDialog,
  expectLiveHost,
  pressConnect,
  question,
  test,
  trust,
  turnDown,
  typeAddress,
  type Remote,
} from './support/remote'

/** The dialogs of a connection and the page of all hosts: WCAG AA, dark and light, also in a small window. */

const small = { width: 900, height: 600 }
const usual = { width: 1440, height: 900 }

async function fits(page: Page): Promise<void> {
  const overflow = await page.evaluate(() => {
    const dialog = document.querySelector('dialog[open]')
    const box = dialog?.getBoundingClientRect() ?? new DOMRect(0, 0, innerWidth, innerHeight)
    const aside = Math.max(0, -box.left, box.right - innerWidth)
    const wide = (dialog ?? document.documentElement).scrollWidth - Math.ceil(box.width)
    return Math.max(aside, wide, -box.top, box.bottom - innerHeight)
  })
  expect(overflow).toBeLessThanOrEqual(0)
}

/** Accessible and inside its window, in both sizes; pictures of each. */
async function check(page: Page, name: string, documented = false): Promise<void> {
  expect(await accessibilityViolations(page)).toEqual([])
  await (documented ? documentationPicture : picture)(page, name)
  await page.setViewportSize(small)
  await fits(page)
  await picture(page, `${name}-small`)
  await page.setViewportSize(usual)
}

/** Three hosts of a group, so that there is something to see; the last one cannot be reached. */
async function saveSome({ page, sshd, key }: Remote): Promise<void> {
  for (const [name, group] of [
    ['xcp1 (pool master)', 'pool Berlin'],
    ['xcp2', 'pool Berlin'],
  ] as const) {
    await typeAddress(page, `ssh -i ${key.path} -p ${sshd.port} root@127.0.0.1`, sshd.port, name)
    await connectDialog(page).getByLabel('Group').fill(group)
    await pressConnect(page)
    if (name.includes('master')) await trust(page)
    await expectLiveHost(page, name)
  }
  await typeAddress(page, 'backup@127.0.0.1:1', 1, 'storage')
  await pressConnect(page)
  await expect(page.getByRole('region', { name: 'Connection', exact: true })).toContainText(
    /Connect.*failed/s,
  )
}

for (const scheme of ['dark', 'light'] as const) {
  test.describe(scheme, () => {
    test.use({ colorScheme: scheme })

    test(`the connect dialog and the page of all hosts in ${scheme}`, async ({ remote }) => {
      test.setTimeout(240_000)
      const { page, sshd } = remote
      await saveSome(remote)
      expect(await accessibilityViolations(page)).toEqual([])
      await picture(page, `not-reached-${scheme}`)
      await typeAddress(page, `admin@127.0.0.1:${sshd.port}`, sshd.port)
      await check(page, `connect-${scheme}`, scheme === 'dark')
      await connectDialog(page).locator('summary').click()
      await expect(connectDialog(page).getByLabel('Key files')).toBeVisible()
      await check(page, `connect-more-${scheme}`)
      await page.keyboard.press('Escape')
      await expect(connectDialog(page)).toHaveCount(0)
      await page.keyboard.press('2')
      await expect(page.getByRole('region', { name: 'All hosts' }).getByRole('row')).toHaveCount(5)
      if (forDocumentation && scheme === 'dark') await page.waitForTimeout(75_000)
      await check(page, `hosts-${scheme}`, scheme === 'dark')
    })

    test(`identity and secret dialogs in ${scheme}`, async ({ remote }) => {
      test.setTimeout(120_000)
      const { page, sshd, home } = remote
      const server = await remote.startServer({ config: { PasswordAuthentication: 'yes' } })
      await typeAddress(page, `nobody-here@127.0.0.1:${server.port}`, server.port)
      await pressConnect(page)
      await expect(question(page, 'Is this the right host?')).toBeVisible()
      await check(page, `identity-new-${scheme}`)
      await trust(page, false)
      await question(page).getByLabel('Remember').check()
      await expect(question(page).getByLabel('New passphrase')).toBeVisible()
      await check(page, `secret-${scheme}`)
      await turnDown(page)

      const other = join(home, 'other')
      execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', other])
      const [type = '', blob = ''] = readFileSync(`${other}.pub`, 'utf8').split(' ')
      remote.write('known_hosts', ['# known since long ago', `[127.0.0.1]:${sshd.port} ${type} ${blob}`])
      await typeAddress(page, `root@127.0.0.1:${sshd.port}`, sshd.port)
      await pressConnect(page)
      await expect(question(page, 'The identity of this host has changed')).toBeVisible()
      await check(page, `identity-changed-${scheme}`, scheme === 'dark')
      await turnDown(page)
    })
  })
}
