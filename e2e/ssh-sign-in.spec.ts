import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createUser, type TestUser } from '../tests/support/users'
import { expect } from './support/console'
import { picture } from './support/pictures'
import { expectLiveHost, pressConnect, question, test, trust, typeAddress } from './support/remote'

/** Passwords, passphrases, jump hosts: what a person is asked on the way, and what is kept of the answers. */

const user: { current: TestUser | null } = { current: null }
test.beforeAll(() => {
  user.current = createUser()
})
test.afterAll(() => user.current?.remove())
const account = (): TestUser => {
  if (!user.current) throw new Error('there is no test user')
  return user.current
}

test('a wrong password is said, the right one signs in', async ({ remote }) => {
  const { page } = remote
  const server = await remote.startServer({ config: { PasswordAuthentication: 'yes' } })
  await typeAddress(page, `${account().name}@127.0.0.1:${server.port}`, server.port, 'by password')
  await pressConnect(page)
  await trust(page)
  const field = question(page).locator('input[type=password]').first()
  await expect(field).toBeFocused()
  await field.fill('wrong')
  await field.press('Enter')
  await expect(question(page)).toContainText('The answer before was wrong.')
  await question(page).locator('input[type=password]').first().fill(account().password)
  await page.keyboard.press('Enter')
  await expect(question(page)).toHaveCount(0)
  await expectLiveHost(page, 'by password')
  expect(server.log).toContain('Accepted password')
})

test('an encrypted key asks for its passphrase, and nothing of it reaches the host', async ({ remote }) => {
  const { page, sshd } = remote
  const key = sshd.authorize('locked', { passphrase: 'open sesame' })
  await typeAddress(page, `ssh -i ${key.path} -p ${sshd.port} root@127.0.0.1`, sshd.port, 'by locked key')
  await pressConnect(page)
  await trust(page)
  await expect(question(page)).toContainText(/passphrase/i)
  await expect(question(page)).toContainText('locked')
  await question(page).locator('input[type=password]').first().fill('open barley')
  await page.keyboard.press('Enter')
  await expect(question(page)).toContainText('The answer before was wrong.')
  await picture(page, 'passphrase-again')
  await question(page).locator('input[type=password]').first().fill('open sesame')
  await page.keyboard.press('Enter')
  await expectLiveHost(page, 'by locked key')
  expect(sshd.log).toContain('Accepted publickey')
  expect(sshd.log).not.toContain('Failed')
})

test('a jump host is asked about first, and the host behind it after', async ({ remote }) => {
  const { page, sshd, key } = remote
  const jump = await remote.startServer()
  // As ssh has it: a key that is typed is for the host itself, the jump host's is in the configuration.
  remote.write('config', ['Host 127.0.0.1', `  IdentityFile ${jump.authorize('jump').path}`])
  const address = `ssh -i ${key.path} -J root@127.0.0.1:${jump.port} -p ${sshd.port} root@127.0.0.1`
  await typeAddress(page, address, sshd.port, 'behind a jump')
  await expect(page.getByLabel('Jump host 1', { exact: true })).toHaveValue(`root@127.0.0.1:${jump.port}`)
  await picture(page, 'connect-jump')
  await pressConnect(page)
  for (const [server, other] of [
    [jump, sshd],
    [sshd, jump],
  ] as const) {
    const asked = question(page, 'Is this the right host?')
    await expect(asked).toContainText(`127.0.0.1:${server.port}`)
    await expect(asked).toContainText(server.hostKeys.get('ed25519')?.fingerprint ?? 'no key')
    await expect(asked).not.toContainText(other.hostKeys.get('ed25519')?.fingerprint ?? 'no key')
    await asked.getByRole('button', { name: 'Trust and remember' }).click()
  }
  await expectLiveHost(page, 'behind a jump')
  expect(jump.log).toContain('Accepted publickey')
  expect(sshd.log).toContain('Accepted publickey')
})

test('a remembered password lies sealed under a passphrase, and signs in after a restart once that is given', async ({
  remote,
}) => {
  test.setTimeout(120_000)
  const { page } = remote
  const server = await remote.startServer({ config: { PasswordAuthentication: 'yes' } })
  await typeAddress(page, `${account().name}@127.0.0.1:${server.port}`, server.port, 'kept')
  await pressConnect(page)
  await trust(page)
  await question(page).locator('input[type=password]').first().fill(account().password)
  await question(page).getByLabel('Remember').check()
  await expect(question(page)).toContainText('Kept until the console ends')
  await question(page).getByLabel('New passphrase').fill('a passphrase of mine')
  await question(page).getByLabel('Again').fill('a passphrase of mime')
  await expect(question(page)).toContainText('The two differ.')
  await question(page).getByLabel('Again').fill('a passphrase of mine')
  await picture(page, 'vault-new')
  await question(page).getByRole('button', { name: 'Protect' }).click()
  await expect(question(page)).toContainText('Kept, protected by your passphrase.')
  await question(page).getByRole('button', { name: 'Continue' }).click()
  await expectLiveHost(page, 'kept')
  const vault = readFileSync(join(remote.settings, 'vault.json'), 'utf8')
  expect(vault).toContain('ssh password')
  expect(vault).not.toContain(account().password)

  await remote.open()
  await page.keyboard.press('n')
  await page.getByRole('button', { name: /^kept/ }).click()
  await expect(question(page)).toContainText('Remembered secrets are locked.')
  const passphrase = question(page).getByLabel('Passphrase of the kept secrets')
  await passphrase.fill('not the passphrase')
  await passphrase.press('Enter')
  await expect(question(page).getByRole('alert')).toContainText('The passphrase is wrong.')
  await picture(page, 'vault-locked')
  await passphrase.fill('a passphrase of mine')
  await passphrase.press('Enter')
  await expect(question(page)).toHaveCount(0)
  await expectLiveHost(page, 'kept')
})
