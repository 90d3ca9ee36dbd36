import { processesWhere } from '../../tests/support/process-table'
import { expect } from '../support/console'
import { picture } from '../support/pictures'
import {
  expectLiveHost,
  pressConnect,
  question,
  test,
  trust,
  typeAddress,
  type Remote,
} from '../support/remote'
import { displayOf } from './running-desktop'
import type { Display } from './display'
import { createUser } from '../../tests/support/users'

/** The desktop and hosts by SSH, against a real OpenSSH server. */

function displayFor(remote: Remote): Display {
  const display = displayOf(remote.page.context())
  if (!display) throw new Error('This console runs in a browser.')
  return display
}
const last = (display: Display, what: string): unknown => display.recorded(what).at(-1)?.[0]

async function connect({ page, sshd, key }: Remote): Promise<void> {
  await typeAddress(page, `ssh -i ${key.path} -p ${sshd.port} root@127.0.0.1`, sshd.port, 'test host')
  await pressConnect(page)
  await trust(page)
  await expectLiveHost(page, 'test host')
}

test.describe('@desktop', () => {
  test('tray and badge show the worst of all hosts; a host that is lost while nobody looks is notified', async ({
    remote,
  }) => {
    test.setTimeout(120_000)
    const display = displayFor(remote)
    await connect(remote)
    await expect.poll(() => last(display, 'tray-text')).toBe('XCP diagnostics. Green: 2 live')
    expect(last(display, 'badge')).toBe(0)
    display.tell({ type: 'focus', focused: false })
    await remote.sshd.kill()
    await expect
      .poll(() => last(display, 'tray-text'), { timeout: 30_000 })
      .toBe('XCP diagnostics. Amber: 1 of 2 hosts')
    expect(last(display, 'badge')).toBe(1)
    await expect
      .poll(() => last(display, 'notification'))
      .toEqual({ title: 'test host: connection lost', body: 'It is being reconnected.' })
    await remote.sshd.start()
    await expect
      .poll(() => last(display, 'tray-text'), { timeout: 60_000 })
      .toBe('XCP diagnostics. Green: 2 live')
    expect(last(display, 'badge')).toBe(0)
    expect(display.recorded('notification')).toHaveLength(1)
  })

  test('quitting ends what runs on the host', async ({ remote }) => {
    // Without SFTP the samples come from a command that runs as long as the connection.
    const server = await remote.startServer({ config: { Subsystem: 'none /bin/false' } })
    const key = server.authorize('other')
    const { page } = remote
    await typeAddress(page, `ssh -i ${key.path} -p ${server.port} root@127.0.0.1`, server.port, 'by command')
    await pressConnect(page)
    await trust(page)
    await expectLiveHost(page, 'by command')
    const own = new Set([server.pid, ...server.connections()])
    const commands = server.processes().filter((pid) => !own.has(pid))
    expect(commands.length).toBeGreaterThan(0)
    await remote.stopConsole()
    await expect.poll(() => processesWhere(({ pid }) => commands.includes(pid))).toEqual([])
    await expect.poll(() => server.connections()).toEqual([])
  })

  test('a remembered password is under the system’s key, and signs in after a restart without a word', async ({
    remote,
  }) => {
    test.setTimeout(120_000)
    const user = createUser()
    try {
      const { page } = remote
      await remote.open({ XCP_DOUBLE_KEYRING: `${remote.home}/keyring` })
      const server = await remote.startServer({ config: { PasswordAuthentication: 'yes' } })
      await typeAddress(page, `${user.name}@127.0.0.1:${server.port}`, server.port, 'kept')
      await pressConnect(page)
      await trust(page)
      await question(page).locator('input[type=password]').first().fill(user.password)
      await question(page).getByLabel('Remember').check()
      await expect(question(page)).toContainText('Kept, protected by the key store of this computer.')
      await expect(question(page).getByLabel(/passphrase/i)).toHaveCount(0)
      await picture(page, 'vault-system')
      await question(page).getByRole('button', { name: 'Continue' }).click()
      await expectLiveHost(page, 'kept')
      await remote.open({ XCP_DOUBLE_KEYRING: `${remote.home}/keyring` })
      await page.keyboard.press('n')
      await page.getByRole('button', { name: /^kept/ }).click()
      await expectLiveHost(page, 'kept')
    } finally {
      user.remove()
    }
  })

  test('without a keyring the question says why a passphrase is needed', async ({ remote }) => {
    const { page } = remote
    const server = await remote.startServer({ config: { PasswordAuthentication: 'yes' } })
    await typeAddress(page, `root@127.0.0.1:${server.port}`, server.port, 'asked')
    await pressConnect(page)
    await trust(page)
    await question(page).getByLabel('Remember').check()
    await expect(question(page)).toContainText(
      'Kept until the console ends, because this desktop runs no keyring (GNOME Keyring or KWallet)',
    )
    await expect(question(page).getByLabel('New passphrase')).toBeVisible()
    await picture(page, 'vault-no-keyring')
    await page.keyboard.press('Escape')
    await expect(question(page)).toHaveCount(0)
  })
})
