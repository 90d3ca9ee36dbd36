import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findCanaries } from '../../tests/support/canaries'
import { expect, expectLive, RunningConsole, test } from '../support/console'
import { startDesktop } from './running-desktop'

test.describe('@desktop', () => {
  test('the page has one link of the desktop and nothing else of it', async ({ tab, xcp }) => {
    const seen = await tab.evaluate(() => {
      const link: unknown = Reflect.get(globalThis, 'xcpDesktop')
      return {
        names: ['require', 'process', 'module', 'Buffer', 'ipcRenderer', 'electron', '__double_send'].filter(
          (name) => name in globalThis,
        ),
        link: typeof link === 'object' && link !== null ? Object.keys(link) : [],
        frozen: Object.isFrozen(link),
      }
    })
    expect(seen).toEqual({ names: [], link: ['post', 'on'], frozen: true })
    expect(xcp.desktop.display.preferences).toMatchObject({
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webviewTag: false,
    })
    expect(xcp.desktop.display.recorded('sandbox')).toHaveLength(1)
  })

  test('the page leads nowhere: navigation, frames, windows, loads from elsewhere', async ({
    tab,
    xcp,
    complaints,
  }) => {
    await tab.evaluate(() => {
      location.href = 'https://evil.example/'
    })
    await expect.poll(() => xcp.output).toContain('Refused a navigation to https://evil.example')
    const loaded = await tab.evaluate(async () => {
      const frame = document.createElement('iframe')
      frame.src = 'https://evil.example/frame'
      document.body.append(frame)
      const image = new Image()
      const failed = new Promise((resolve) => image.addEventListener('error', () => resolve('failed')))
      image.src = 'https://evil.example/image.png'
      return [await failed, await fetch('https://evil.example/').catch(() => 'failed')]
    })
    expect(loaded).toEqual(['failed', 'failed'])
    await expectLive(tab)
    complaints.expected(/Content Security Policy|Failed to load resource|ERR_/)
  })

  test('messages that are not in the contract are refused, loudly', async ({ tab, xcp }) => {
    await tab.evaluate(() => {
      const link: unknown = Reflect.get(globalThis, 'xcpDesktop')
      const post: unknown = Reflect.get(Object(link), 'post')
      if (typeof post !== 'function') return
      for (const text of ['{', '{"type":"run"}', '{"type":"copy","text":7}', 'x'.repeat(9_000_000)]) {
        Reflect.apply(post, link, [{ kind: 'shell', text }])
      }
    })
    await expect.poll(() => xcp.output.match(/Refused a message on xcp-link/g)?.length ?? 0).toBe(4)
    await expectLive(tab)
  })

  test('the menu: connect, keys, and the only ways out', async ({ tab, xcp }) => {
    const { display } = xcp.desktop
    const menu = JSON.stringify(display.recorded('menu'))
    expect(menu).toContain('["&Connect to a host …","CommandOrControl+N"]')
    expect(menu).toContain('["&Open a snapshot …","CommandOrControl+O"]')
    display.tell({ type: 'menu', label: '&Connect to a host …' })
    await expect(tab.getByRole('dialog', { name: 'Connect to a host' })).toBeVisible()
    await tab.keyboard.press('Escape')
    display.tell({ type: 'menu', label: 'Keys' })
    await expect(tab.getByRole('dialog')).toBeVisible()
    await tab.keyboard.press('Escape')
    display.tell({ type: 'menu', label: 'Documentation of XCP-ng' })
    await expect.poll(() => display.recorded('open-external')).toEqual([['https://docs.xcp-ng.org/']])
  })

  test('a second start hands an ssh link over and ends; nothing is connected by it', async ({
    context,
    page,
  }) => {
    const folder = mkdtempSync(join(tmpdir(), 'xd-'))
    const environment = { XCP_DIAG_CONFIG: folder }
    const first = await RunningConsole.start(environment)
    await page.goto(await first.address())
    await expectLive(page)
    const second = startDesktop(context, environment, ['ssh://root@198.51.100.7:2222'])
    await once(second.child, 'exit')
    expect(second.child.exitCode).toBe(0)
    const dialog = page.getByRole('dialog', { name: 'Connect to a host' })
    await expect(dialog.getByLabel('Host, ssh command or URL')).toHaveValue(/198\.51\.100\.7/)
    await expect(dialog.getByLabel('Port')).toHaveValue('2222')
    await first.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  test('ends its engine when it is quit, remembers its window, and keeps no secret in plain text', async ({
    page,
  }) => {
    const folder = mkdtempSync(join(tmpdir(), 'xd-'))
    const keyring = join(mkdtempSync(join(tmpdir(), 'keyring-')), 'key')
    const environment = { XCP_DIAG_CONFIG: folder, XCP_DOUBLE_KEYRING: keyring }
    const running = await RunningConsole.start(environment)
    await page.goto(await running.address())
    await expectLive(page)
    const pid = running.enginePid() ?? 0
    running.desktop.display.tell({ type: 'bounds', bounds: { x: 40, y: 60, width: 1000, height: 700 } })
    await page.goto('about:blank')
    await running.stop()
    expect(() => process.kill(pid, 0)).toThrow('ESRCH')
    const files = readdirSync(folder).filter((name) => name.endsWith('.json'))
    expect(files.sort()).toEqual(['vault-desktop.json', 'vault-key.json', 'window.json'])
    expect(JSON.parse(readFileSync(join(folder, 'window.json'), 'utf8'))).toMatchObject({
      bounds: { x: 40, y: 60, width: 1000, height: 700 },
    })
    // The next start opens the vault with the same key.
    const again = await RunningConsole.start(environment)
    await page.goto(await again.address())
    await expectLive(page)
    expect(again.output).not.toContain('Passwords last for this session')
    expect(readdirSync(folder).filter((name) => name.includes('corrupt'))).toEqual([])
    await page.goto('about:blank')
    await again.stop()
    expect(findCanaries(folder, [readFileSync(keyring, 'latin1')])).toEqual([])
  })

  test('without a key store it says so, and writes no key', async ({ tab, xcp }) => {
    await expectLive(tab)
    expect(xcp.output).toContain('Passwords last for this session, or are kept under a passphrase of yours')
  })

  test('a file that is dropped is opened by its path, which the page did not tell', async ({ tab, xcp }) => {
    const file = join(mkdtempSync(join(tmpdir(), 'drop-')), 'night.xdsnap')
    writeFileSync(file, 'x')
    await tab.evaluate(() => {
      const link: unknown = Reflect.get(globalThis, 'xcpDesktop')
      const on: unknown = typeof link === 'object' && link !== null ? Reflect.get(link, 'on') : null
      const listener = (message: unknown): void => {
        document.title += JSON.stringify(message)
      }
      if (typeof on === 'function') Reflect.apply(on, undefined, [listener])
    })
    await xcp.desktop.display.drop([file, '/etc/passwd'])
    await expect.poll(() => tab.title()).toContain(file)
    expect(await tab.title()).not.toContain('passwd')
  })

  test('copies through the shell', async ({ tab, xcp }) => {
    await tab.evaluate(() => navigator.clipboard.writeText('SHA256:abc'))
    await expect.poll(() => xcp.desktop.display.recorded('clipboard')).toEqual([['SHA256:abc']])
  })

  test('a window whose process died is loaded again', async ({ tab, xcp }) => {
    xcp.desktop.display.tell({ type: 'gone', reason: 'crashed' })
    await expect.poll(() => xcp.output).toContain("The window's process ended (crashed).")
    await expectLive(tab)
  })
})

test('the shell is alone: killed, its engine ends with it @desktop', async ({ tab, xcp }) => {
  await expectLive(tab)
  const pid = xcp.enginePid() ?? 0
  xcp.desktop.child.kill('SIGKILL')
  await expect
    .poll(() => {
      try {
        return process.kill(pid, 0)
      } catch {
        return false
      }
    })
    .toBe(false)
})
