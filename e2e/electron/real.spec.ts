import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { _electron, test, type ElectronApplication, type Page } from '@playwright/test'
import { electronBinary } from '../../scripts/start/electron.mjs'
import { expect, expectLive } from '../support/console'

const binary = electronBinary(process.cwd())
const screen =
  process.platform !== 'linux' || Boolean(process.env['DISPLAY'] ?? process.env['WAYLAND_DISPLAY'])
/** Printed with the skips at the end of a run: the double cannot show these. */
const unproven =
  "unproven: the privileges of app://, the system's sandbox, fuses of a packaged binary, real key stores, transfers of real ports"
const missing = `${binary === null ? "Electron's binary is not installed" : 'there is no screen'}; ${unproven}`

test.describe('[real electron] @desktop', () => {
  test.skip(binary === null || !screen, missing)
  let application: ElectronApplication
  let page: Page
  let folder = ''

  test.beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'xd-'))
    application = await _electron.launch({
      ...(binary === null ? {} : { executablePath: binary }),
      // A container's root has no sandbox; everybody else's application is started with it.
      args: [...(process.getuid?.() === 0 ? ['--no-sandbox'] : []), '.'],
      env: { ...process.env, XCP_DIAG_CONFIG: folder },
    })
    page = await application.firstWindow()
  })
  test.afterEach(async () => {
    await application.close()
    rmSync(folder, { recursive: true, force: true })
  })

  test('opens with this machine connected, from app://', async () => {
    await expectLive(page)
    expect(page.url()).toBe('app://console/')
    expect(await page.evaluate(() => window.isSecureContext)).toBe(true)
  })

  test('the page has one link of the desktop and nothing else of it', async () => {
    const names = await page.evaluate(() =>
      ['require', 'process', 'module', 'Buffer', 'ipcRenderer'].filter((name) => name in globalThis),
    )
    expect(names).toEqual([])
    const link = await page.evaluate(() => {
      const found: unknown = Reflect.get(globalThis, 'xcpDesktop')
      return typeof found === 'object' && found !== null ? Object.keys(found).sort() : []
    })
    expect(link).toEqual(['on', 'post'])
  })

  test('every permission is denied and the page leads nowhere', async () => {
    expect(await page.evaluate(() => Notification.requestPermission())).toBe('denied')
    await page.evaluate(() => {
      location.href = 'https://evil.example/'
    })
    await expectLive(page)
    expect(await page.evaluate(() => window.open('https://evil.example/'))).toBeNull()
  })

  test('an engine that is killed is started again', async () => {
    await expectLive(page)
    const pid = await application.evaluate(
      ({ app }) => app.getAppMetrics().find(({ name }) => name === 'XCP diagnostic engine')?.pid,
    )
    process.kill(pid ?? 0, 'SIGKILL')
    await page
      .getByText(/reconnecting|restarting|lost|connecting/i)
      .first()
      .waitFor()
    await expectLive(page)
  })
})
