import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { collectChunks, longestGap, widestHole } from './support/charts'
import { expect, expectLive, panel } from './support/console'
import { picture } from './support/pictures'
import {
  connectDialog,
  expectLiveHost,
  pressConnect,
  question,
  test,
  trust,
  typeAddress,
  type Remote,
} from './support/remote'

/** The way to a host by SSH and what is seen on it, against a real OpenSSH server. */

const openForm = ({ page, sshd, key }: Remote): Promise<void> =>
  typeAddress(page, `ssh -i ${key.path} -p ${sshd.port} root@127.0.0.1`, sshd.port, 'test host')

test('connects by the dialog, asks who answers, and shows the remote live', async ({ remote }) => {
  const { page, sshd } = remote
  await openForm(remote)
  await pressConnect(page)
  const asked = question(page, 'Is this the right host?')
  await expect(asked).toContainText(sshd.hostKeys.get('ed25519')?.fingerprint ?? 'no key')
  await expect(asked.getByRole('button', { name: 'Disconnect' })).toBeFocused()
  expect(sshd.log).not.toContain('Accepted publickey')
  await trust(page)
  await expectLiveHost(page, 'test host')
  await expect
    .poll(() => remote.knownHosts())
    .toContain(sshd.hostKeys.get('ed25519')?.publicKey.split(' ')[1] ?? 'no key')

  await page.keyboard.press('2')
  const rows = page.getByRole('region', { name: 'All hosts' }).getByRole('row')
  await expect(rows.filter({ hasText: 'test host' })).toContainText(/Live.*\d\s*%/s)
})

test('a server that is killed is said to be lost, and leaves a gap in the charts when it is back', async ({
  remote,
}) => {
  test.setTimeout(120_000)
  const { page, sshd } = remote
  const downFor = 8_000
  await openForm(remote)
  await pressConnect(page)
  await trust(page)
  await expectLiveHost(page, 'test host')
  const problems = page.getByRole('region', { name: 'Problems' })
  await expect(problems).toContainText('No problems')
  // Enough of a line to see that it has no hole yet.
  await page.waitForTimeout(12_000)
  await expect.poll(() => widestHole(page, 'Memory')).toBeGreaterThanOrEqual(0)
  const before = await widestHole(page, 'Memory')

  await sshd.kill()
  const killed = Date.now()
  await expect(problems).toContainText('reconnecting', { timeout: 30_000 })
  await expect(panel(page, 'Memory')).toContainText('stale')
  await picture(page, 'lost')
  await page.waitForTimeout(Math.max(0, killed + downFor - Date.now()))
  await sshd.start()
  await expect(problems).toContainText('No problems', { timeout: 30_000 })
  await expectLive(page)
  const missing = Date.now() - killed
  await page.waitForTimeout(4_000)

  // 5 minutes are as wide as the plot: what is drawn leaves out the time that was missing.
  const box = await panel(page, 'Memory').locator('canvas').first().boundingBox()
  const pixelsOf = (milliseconds: number): number => ((box?.width ?? 0) * 0.85 * milliseconds) / 300_000
  const hole = await widestHole(page, 'Memory')
  expect(hole).toBeGreaterThan(pixelsOf(downFor - 2_000))
  expect(hole).toBeGreaterThan(before + 5)
  await picture(page, 'gap')

  // Told anew from its beginning, the series has no values there either: none was made up.
  const chunks = collectChunks(page)
  await page.reload()
  await expectLiveHost(page, 'test host')
  await expect.poll(() => Math.max(0, ...chunks.map(longestGap))).toBeGreaterThan(downFor - 2_000)
  expect(Math.max(...chunks.map(longestGap))).toBeLessThan(missing + 30_000)
})

test('a test shows its stages, and keeps nothing', async ({ remote }) => {
  const { page } = remote
  await openForm(remote)
  await connectDialog(page).getByRole('button', { name: 'Test', exact: true }).click()
  await trust(page, false)
  const report = page.getByRole('region', { name: 'Test of the connection' })
  await expect(report).toContainText('What was discovered', { timeout: 30_000 })
  await expect(report.getByText('failed')).toHaveCount(0)
  await picture(page, 'trial')
  expect(remote.knownHosts()).toBe('')
  await page.keyboard.press('Escape')
  await expect(page.getByRole('navigation', { name: 'Hosts' }).getByText('test host')).toHaveCount(0)
})

test('what is wrong is said where it is: an address, a port', async ({ remote }) => {
  const { page, sshd } = remote
  await page.keyboard.press('n')
  const dialog = connectDialog(page)
  const box = dialog.getByLabel('Host, ssh command or URL')
  await box.fill('root@ho st')
  await expect(dialog).toContainText('Blanks do not belong in an address.')
  await expect(page.locator('.marked u')).toHaveText(' ')
  await picture(page, 'wrong-address')
  await expect(dialog.getByRole('button', { name: 'Test', exact: true })).toBeDisabled()

  await box.fill(`root@127.0.0.1:${sshd.port}`)
  await expect(dialog.getByLabel('Port')).toHaveValue(String(sshd.port))
  await dialog.getByLabel('Port').fill('70000')
  await pressConnect(page)
  await expect(dialog).toContainText('A number from 1 to 65535.')
})

test('a failure is told once, with its stage, what to do and a way to try again', async ({ remote }) => {
  const { page, sshd } = remote
  await typeAddress(page, `nobody-here@127.0.0.1:${sshd.port}`, sshd.port)
  await pressConnect(page)
  await trust(page, false)
  const notice = page.getByRole('region', { name: 'Connection', exact: true })
  await expect(notice).toContainText(/Sign in.*failed/s)
  await expect(notice.getByRole('button', { name: 'Try again' })).toBeVisible()
  const message = await notice.locator('.error-text .message').innerText()
  await expect(page.getByRole('main').getByText(message)).toHaveCount(1)
  await expect(page.getByRole('main').getByRole('alert')).toHaveCount(0)
  for (const title of ['CPU', 'Memory', 'Disks', 'Host'])
    await expect(panel(page, title)).toHaveClass(/\boff\b/)
  await expect(page.getByRole('contentinfo')).toContainText('Own cost – of a core, –')
  await picture(page, 'refused')

  await notice.getByRole('button', { name: 'Try again' }).click()
  await expect(notice).toContainText(/Sign in.*failed/s)
  await notice.getByRole('button', { name: /^Edit/ }).click()
  await expect(connectDialog(page).getByLabel('User')).toHaveValue('nobody-here')
})

test('a changed key leaves one way: back', async ({ remote }) => {
  const { page, sshd, home } = remote
  const other = join(home, 'other')
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', other])
  const [type = '', blob = ''] = readFileSync(`${other}.pub`, 'utf8').split(' ')
  remote.write('known_hosts', [`[127.0.0.1]:${sshd.port} ${type} ${blob}`])
  await openForm(remote)
  await pressConnect(page)
  const asked = question(page, 'The identity of this host has changed')
  await expect(asked).toContainText('known_hosts:1')
  await expect(asked.getByRole('button', { name: 'Disconnect' })).toBeFocused()
  await expect(asked.getByRole('button', { name: /Trust/ })).toHaveCount(0)
  await page.keyboard.press('Escape')
  await expect(asked).toHaveCount(0)
  expect(sshd.log).not.toContain('Accepted publickey')
})
