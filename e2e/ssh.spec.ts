import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { startSshd, type TestKey, type TestSshd } from '../tests/support/sshd'
import { Complaints, expect, expectLive, panel, RunningConsole, test as base } from './support/console'

/** The dialogs against a real OpenSSH server, with a home folder and settings of the test's own. */

interface Remote {
  readonly page: Page
  readonly sshd: TestSshd
  readonly key: TestKey
  readonly home: string
}

const test = base.extend<{ remote: Remote }>({
  remote: async ({ page }, use) => {
    const home = mkdtempSync(join(tmpdir(), 'xcp-home-'))
    mkdirSync(join(home, '.ssh'), { mode: 0o700 })
    const sshd = await startSshd()
    const key = sshd.authorize('client')
    const running = await RunningConsole.start({
      HOME: home,
      XCP_DIAG_CONFIG: join(home, 'settings'),
      SSH_AUTH_SOCK: '',
    })
    const complaints = new Complaints(page)
    await page.goto(await running.address())
    await expectLive(page)
    await use({ page, sshd, key, home })
    await running.stop()
    await sshd.close()
    rmSync(home, { recursive: true, force: true })
    expect(complaints.list).toEqual([])
  },
})

const knownHosts = (home: string): string => {
  try {
    return readFileSync(join(home, '.ssh/known_hosts'), 'utf8')
  } catch {
    return ''
  }
}

async function fillIn({ page, sshd, key }: Remote): Promise<void> {
  await page.keyboard.press('n')
  await page.getByLabel('Host, ssh command or URL').fill(`ssh -i ${key.path} -p ${sshd.port} root@127.0.0.1`)
  await expect(page.getByLabel('Port')).toHaveValue(String(sshd.port))
  await page.getByLabel('Name', { exact: true }).fill('test host')
}

const picture = (page: Page, name: string): Promise<Buffer> =>
  page.screenshot({ path: `test-results/screenshots/${name}.png` })

test('connects by the dialog, asks who answers, and shows the remote live', async ({ remote }) => {
  const { page, sshd, home } = remote
  await fillIn(remote)
  await picture(page, 'connect')
  await page.getByRole('button', { name: 'Connect', exact: true }).last().click()

  const question = page.getByRole('alertdialog', { name: 'Is this the right host?' })
  await expect(question).toContainText(sshd.hostKeys.get('ed25519')?.fingerprint ?? 'no key')
  await expect(question.getByRole('button', { name: 'Disconnect' })).toBeFocused()
  expect(sshd.log).not.toContain('Accepted publickey')
  await picture(page, 'identity')
  await question.getByRole('button', { name: 'Trust and remember' }).click()

  await expect(page.getByRole('heading', { level: 1 })).toContainText('test host')
  await expectLive(page)
  expect(knownHosts(home)).toContain(sshd.hostKeys.get('ed25519')?.publicKey.split(' ')[1] ?? 'no key')

  await sshd.kill()
  await expect(page.getByRole('region', { name: 'Problems' })).toContainText('reconnecting', {
    timeout: 30_000,
  })
  await picture(page, 'lost')
  await sshd.start()
  await expect(page.getByRole('region', { name: 'Problems' })).toContainText('No problems', {
    timeout: 30_000,
  })
  await expectLive(page)

  await page.keyboard.press('2')
  const rows = page.getByRole('region', { name: 'All hosts' }).getByRole('row')
  await expect(rows.filter({ hasText: 'test host' })).toContainText(/Live.*\d\s*%/s)
  await picture(page, 'hosts')
})

test('a test shows its stages, and keeps nothing', async ({ remote }) => {
  const { page, home } = remote
  await fillIn(remote)
  await page.getByRole('button', { name: 'Test', exact: true }).click()
  await page.getByRole('button', { name: 'Trust for this session' }).click()
  const report = page.getByRole('region', { name: 'Test of the connection' })
  await expect(report).toContainText('What was discovered', { timeout: 30_000 })
  await expect(report.getByText('failed')).toHaveCount(0)
  await picture(page, 'trial')
  expect(knownHosts(home)).toBe('')
  await page.keyboard.press('Escape')
  await expect(page.getByRole('navigation', { name: 'Hosts' }).getByText('test host')).toHaveCount(0)
})

test('what is wrong is said where it is: an address, a refused key', async ({ remote }) => {
  const { page, sshd } = remote
  await page.keyboard.press('n')
  const box = page.getByLabel('Host, ssh command or URL')
  await box.fill('root@ho st')
  await expect(page.getByRole('dialog')).toContainText('Blanks do not belong in an address.')
  await expect(page.locator('.marked u')).toHaveText(' ')
  await picture(page, 'wrong-address')
  await expect(page.getByRole('button', { name: 'Test', exact: true })).toBeDisabled()

  await box.fill(`nobody-here@127.0.0.1:${sshd.port}`)
  await page.getByRole('button', { name: 'Connect', exact: true }).last().click()
  await page.getByRole('button', { name: 'Trust for this session' }).click()
  const progress = page.getByRole('region', { name: 'Connection', exact: true })
  await expect(progress).toContainText(/Sign in.*failed/s)
  await picture(page, 'refused')
  await progress.getByRole('button', { name: /^Edit/ }).click()
  await expect(page.getByLabel('User')).toHaveValue('nobody-here')
  await expect(panel(page, 'CPU')).toBeVisible()
})

test('a changed key leaves one way: back', async ({ remote }) => {
  const { page, sshd, home } = remote
  const other = join(home, 'other')
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', other])
  const [type = '', blob = ''] = readFileSync(`${other}.pub`, 'utf8').split(' ')
  writeFileSync(join(home, '.ssh/known_hosts'), `[127.0.0.1]:${sshd.port} ${type} ${blob}\n`)
  await fillIn(remote)
  await page.getByRole('button', { name: 'Connect', exact: true }).last().click()
  const question = page.getByRole('alertdialog', { name: 'The identity of this host has changed' })
  await expect(question).toContainText('known_hosts:1')
  await expect(question.getByRole('button', { name: 'Disconnect' })).toBeFocused()
  await expect(question.getByRole('button', { name: /Trust/ })).toHaveCount(0)
  await picture(page, 'identity-changed')
  await page.keyboard.press('Escape')
  await expect(question).toHaveCount(0)
  expect(sshd.log).not.toContain('Accepted publickey')
})

test.describe('light', () => {
  test.use({ colorScheme: 'light' })

  test('a password is asked for with where it will be kept, and a wrong one is said', async ({ remote }) => {
    const { page } = remote
    const server = await startSshd({ config: { PasswordAuthentication: 'yes' } })
    try {
      await page.keyboard.press('n')
      await page.getByLabel('Host, ssh command or URL').fill(`nobody-here@127.0.0.1:${server.port}`)
      await picture(page, 'connect-light')
      await page.getByRole('button', { name: 'Connect', exact: true }).last().click()
      await page.getByRole('button', { name: 'Trust for this session' }).click()
      const question = page.getByRole('alertdialog')
      const field = question.locator('input[type=password]').first()
      await expect(field).toBeFocused()
      await question.getByLabel('Remember').check()
      await expect(question).toContainText('Kept until the console ends')
      await picture(page, 'secret-light')
      await field.fill('wrong')
      await field.press('Enter')
      await expect(question).toContainText('The answer before was wrong.')
      await page.keyboard.press('Escape')
      await expect(question).toHaveCount(0)
    } finally {
      await server.close()
    }
  })
})
