import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, expectLive, expectMoving, RunningConsole, test } from '../support/console'
import { picture } from '../support/pictures'
import type { Display } from './display'
import { startDesktop } from './running-desktop'

/** The desktop and the system around it: files, power, a window or an engine that dies. */

/** All that the shell told the page. */
const told = (display: Display): string => JSON.stringify(display.recorded('told')).replaceAll('\\', '')
const trayText = (display: Display): string => {
  const text = display.recorded('tray-text').at(-1)?.[0]
  return typeof text === 'string' ? text : ''
}

test.describe('@desktop', () => {
  let folder = ''
  let snapshot = ''
  test.beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'xd-'))
    snapshot = join(folder, 'night.xdsnap')
    writeFileSync(snapshot, 'x')
  })
  test.afterEach(() => rmSync(folder, { recursive: true, force: true }))

  test('a snapshot is chosen in the system’s dialog', async ({ tab, xcp }) => {
    const { display } = xcp.desktop
    await expectLive(tab)
    display.tell({ type: 'menu', label: '&Open a snapshot …' })
    await expect.poll(() => display.recorded('open-dialog')).toHaveLength(1)
    expect(display.recorded('open-dialog')[0]?.[0]).toMatchObject({
      filters: [{ name: 'Snapshots', extensions: ['xdsnap'] }],
      properties: ['openFile'],
    })
    // Left without a choice: nothing is opened. What is no snapshot is not, either.
    display.tell({ type: 'dialog', open: ['/etc/passwd', snapshot] })
    display.tell({ type: 'menu', label: '&Open a snapshot …' })
    await expect.poll(() => told(display)).toContain(snapshot)
    expect(told(display)).not.toContain('passwd')
  })

  test('a file that the window makes is saved where the system’s dialog says', async ({ tab, xcp }) => {
    await tab.evaluate(() => {
      const link = document.createElement('a')
      link.href = URL.createObjectURL(new Blob(['a,b']))
      link.download = 'rows.csv'
      link.click()
    })
    await expect
      .poll(() => xcp.desktop.display.recorded('save-dialog'))
      .toEqual([
        [
          {
            title: 'Save',
            defaultPath: 'rows.csv',
            filters: [
              { name: 'Comma-separated values', extensions: ['csv'] },
              { name: 'All files', extensions: ['*'] },
            ],
          },
        ],
      ])
  })

  test('a second start hands its snapshot over, and brings the window to the front', async ({
    context,
    page,
  }) => {
    const environment = { XCP_DIAG_CONFIG: folder }
    const first = await RunningConsole.start(environment)
    await page.goto(await first.address())
    await expectLive(page)
    const shown = first.desktop.display.recorded('show').length
    const second = startDesktop(context, environment, [snapshot, '/etc/passwd', 'ssh://root@198.51.100.7'])
    await once(second.child, 'exit')
    expect(second.child.exitCode).toBe(0)
    const { display } = first.desktop
    await expect.poll(() => told(display)).toContain(snapshot)
    await expect.poll(() => told(display)).toContain('ssh://root@198.51.100.7')
    expect(told(display)).not.toContain('passwd')
    expect(first.desktop.display.recorded('show').length).toBe(shown + 1)
    await first.stop()
  })

  test('after a suspension the same engine goes on, and the page is told', async ({ tab, xcp }) => {
    test.setTimeout(120_000)
    await expectLive(tab)
    const engine = xcp.enginePid() ?? 0
    const main = xcp.desktop.child.pid ?? 0
    // Longer than an engine may be silent while the machine runs.
    for (const pid of [main, engine]) process.kill(pid, 'SIGSTOP')
    await tab.waitForTimeout(20_000)
    for (const pid of [engine, main]) process.kill(pid, 'SIGCONT')
    xcp.desktop.display.tell({ type: 'power', name: 'resume' })
    await expect.poll(() => told(xcp.desktop.display)).toContain('"type":"resumed"')
    await expectMoving(tab)
    expect(xcp.enginePid()).toBe(engine)
    expect(xcp.output).not.toMatch(/engine (ended|hangs|does not)/i)
  })

  test('a window that keeps crashing asks a person, who may leave it', async ({ tab, xcp }) => {
    const { display } = xcp.desktop
    display.tell({ type: 'dialog', message: 1 })
    const ended = once(xcp.desktop.child, 'exit')
    for (let crash = 1; crash <= 4; crash++) {
      display.tell({ type: 'gone', reason: 'oom' })
      await expect
        .poll(() => xcp.output.match(/The window's process ended \(oom\)/g)?.length ?? 0)
        .toBe(crash)
      if (crash < 4) await expectLive(tab)
    }
    await expect.poll(() => display.recorded('message-box')).toEqual([['The window keeps ending.']])
    await ended
    expect(xcp.desktop.child.exitCode).toBe(0)
  })

  test('an engine that keeps dying is given up, said so, and started again from the menu', async ({
    tab,
    xcp,
  }) => {
    const { display } = xcp.desktop
    await expect.poll(() => trayText(display)).toContain('Green: 1 live')
    for (let death = 0; death < 6 && !xcp.output.includes('Start the engine again'); death++) {
      await expect
        .poll(() => xcp.enginePid() !== null || xcp.output.includes('Start the engine again'))
        .toBe(true)
      const pid = xcp.enginePid()
      if (pid === null) break
      process.kill(pid, 'SIGKILL')
      await expect.poll(() => xcp.enginePid()).not.toBe(pid)
    }
    await expect.poll(() => xcp.output).toContain('choose "Start the engine again" in the menu')
    await expect.poll(() => trayText(display)).toContain('Unknown')
    await expect(tab.getByText(/The engine keeps ending/).first()).toBeVisible()
    await picture(tab, 'engine-given-up')
    display.tell({ type: 'menu', label: 'Start the engine again' })
    display.tell({ type: 'menu', label: 'Reconnect at once' })
    await expectMoving(tab)
    await expect.poll(() => trayText(display)).toContain('Green: 1 live')
  })

  test('a frame that is too large ends its connection, and nothing else', async ({ tab, xcp }) => {
    const engine = xcp.enginePid()
    await tab.evaluate(() => {
      const link: unknown = Reflect.get(globalThis, 'xcpDesktop')
      const post: unknown = Reflect.get(Object(link), 'post')
      const frame = 'x'.repeat(1024 * 1024 + 1)
      if (typeof post === 'function') Reflect.apply(post, link, [{ kind: 'engine', frame }])
    })
    await expect.poll(() => xcp.output).toContain('Refused a window')
    expect(xcp.output).not.toContain('xxxx')
    await expectMoving(tab)
    expect(xcp.enginePid()).toBe(engine)
  })
})
