import { randomUUID } from 'node:crypto'
import { accessSync, appendFileSync, constants, rmSync, writeFileSync } from 'node:fs'
import type { Locator, Page } from '@playwright/test'
import { accessibilityViolations } from './support/axe'
import { expect } from './support/console'
import { picture } from './support/pictures'
import { expectLiveHost, pressConnect, test, trust, typeAddress } from './support/remote'

function mayWriteLogs(): boolean {
  try {
    accessSync('/var/log', constants.W_OK)
    return true
  } catch {
    return false
  }
}
test.skip(!mayWriteLogs(), '/var/log cannot be written here')

const rows = (page: Page): Locator => page.getByRole('grid', { name: 'Log rows' }).locator('.log-row:visible')

/** `host number` of each row on screen. */
async function shown(page: Page): Promise<string[]> {
  const [hosts, texts] = await Promise.all([
    rows(page).locator('.host').allInnerTexts(),
    rows(page).locator('.text').allInnerTexts(),
  ])
  return texts.map((text, at) => `${hosts[at] ?? ''} ${/line (\d+) of/.exec(text)?.[1] ?? text}`)
}

test('rows of two hosts are merged by time, also those that come', async ({ remote }) => {
  const { page, sshd, key } = remote
  const name = `xcp-diag-e2e-${randomUUID().slice(0, 8)}`
  const path = `/var/log/${name}.log`
  const start = Date.now() - 3_600_000
  let written = 0
  const line = (): string =>
    `${new Date(start + written * 10_000).toISOString()} h app: line ${written++} of both\n`
  try {
    // The server is this machine too: both hosts have the same log.
    writeFileSync(path, Array.from({ length: 8 }, line).join(''))
    const address = `ssh -i ${key.path} -p ${sshd.port} root@127.0.0.1`
    await typeAddress(page, address, sshd.port, 'far away')
    await pressConnect(page)
    await trust(page)
    await expectLiveHost(page, 'far away')
    await page.keyboard.press('3')
    const sources = page.getByRole('complementary', { name: 'Sources' })
    const hosts = sources.getByRole('heading', { level: 3 }).getByRole('checkbox')
    await expect(hosts).toHaveCount(2)
    for (const host of await hosts.all()) await host.check()
    await expect(sources.getByRole('checkbox', { name: `${name}.log` })).toHaveCount(2, { timeout: 45_000 })
    const box = page.getByRole('combobox', { name: 'Filter' })
    await box.fill(`source:${name}`)
    await box.press('Enter')
    await expect(rows(page)).toHaveCount(16)
    appendFileSync(path, line() + line())
    await expect(rows(page)).toHaveCount(20)
    const found = await shown(page)
    expect(found.map((one) => Number(one.split(' ').at(-1)))).toEqual(
      Array.from({ length: 20 }, (_, at) => Math.floor(at / 2)),
    )
    expect(new Set(found).size).toBe(20)
    expect(found.filter((one) => one.startsWith('far away'))).toHaveLength(10)
    await picture(page, 'logs-two-hosts')
    expect(await accessibilityViolations(page)).toEqual([])
  } finally {
    rmSync(path, { force: true })
  }
})
