import { randomUUID } from 'node:crypto'
import { accessSync, appendFileSync, constants, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Locator, Page } from '@playwright/test'
import { accessibilityViolations } from './support/axe'
import { expect, test as base } from './support/console'
import { documentationPicture, picture } from './support/pictures'

/** A log of this machine that the test writes: the console reads it as it reads any other. */
class TestLog {
  readonly name = `xcp-diag-e2e-${randomUUID().slice(0, 8)}`
  readonly path = `/var/log/${this.name}.log`
  #number = 0

  /** Lines as xapi writes them, one a second up to now; every tenth is a warning, every 25th an error. */
  lines(count: number): string[] {
    const start = Date.now() - count * 1_000
    return Array.from({ length: count }, (_, at) => this.line(start + at * 1_000))
  }

  line(time = Date.now()): string {
    const number = this.#number++
    const level = number % 25 === 0 ? 'error' : number % 10 === 0 ? ' warn' : 'debug'
    const stamp = new Date(time).toISOString().replace(/\.\d+Z/, '+00:00')
    return `${stamp} testhost xapi: [${level}||${number % 7} |VM.start R:5f3a1c0d8e7${number % 3}|storage] line ${number} of the test`
  }

  write(lines: readonly string[]): void {
    writeFileSync(this.path, lines.map((line) => `${line}\n`).join(''))
  }

  append(lines: readonly string[]): void {
    appendFileSync(this.path, lines.map((line) => `${line}\n`).join(''))
  }
}

function mayWriteLogs(): boolean {
  try {
    accessSync('/var/log', constants.W_OK)
    return true
  } catch {
    return false
  }
}

interface Fixtures {
  /** Lines that the log has before the console starts. */
  readonly lines: number
  /** Written before the console starts. */
  readonly log: TestLog
  /** The logs view with nothing but that log. */
  readonly logs: Page
}

const test = base.extend<Fixtures>({
  lines: [600, { option: true }],
  log: async ({ lines }, use) => {
    const log = new TestLog()
    log.write(log.lines(lines))
    await use(log)
    rmSync(log.path, { force: true })
  },
  logs: async ({ log, lines, tab }, use) => {
    await tab.keyboard.press('3')
    await expect(tab.getByRole('checkbox', { name: `${log.name}.log` })).toBeVisible()
    await filterBy(tab, `source:${log.name}`)
    await expect(rows(tab).last()).toContainText(`line ${lines - 1} of the test`)
    await use(tab)
  },
})
test.skip(!mayWriteLogs(), '/var/log cannot be written here')

const grid = (page: Page): Locator => page.getByRole('grid', { name: 'Log rows' })
const rows = (page: Page): Locator => grid(page).locator('.log-row:visible')
const box = (page: Page): Locator => page.getByRole('combobox', { name: 'Filter' })

async function filterBy(page: Page, filter: string): Promise<void> {
  await box(page).fill(filter)
  await box(page).press('Enter')
  await box(page).press('Escape')
  await grid(page).focus()
}

/** Numbers of the lines on screen. */
async function numbers(page: Page): Promise<number[]> {
  const texts = await rows(page).locator('.text').allInnerTexts()
  return texts.flatMap((text) => /line (\d+) of/.exec(text)?.slice(1).map(Number) ?? [])
}
const consecutive = (found: readonly number[]): boolean =>
  found.length > 3 && found.every((number, at) => at === 0 || number === (found[at - 1] ?? NaN) + 1)

test('follows a log, and stays at the row that is read while others come', async ({ log, logs }) => {
  await expect.poll(async () => consecutive(await numbers(logs))).toBe(true)
  log.append([log.line(), log.line()])
  await expect(rows(logs).last()).toContainText('line 601 of the test')

  await grid(logs).focus()
  await logs.keyboard.press('PageUp')
  await logs.keyboard.press('PageUp')
  await expect.poll(async () => consecutive(await numbers(logs))).toBe(true)
  const before = await numbers(logs)
  for (let burst = 0; burst < 5; burst++) log.append(Array.from({ length: 100 }, () => log.line()))
  await expect(logs.getByRole('button', { name: /500 new/ })).toBeVisible()
  expect(await numbers(logs)).toEqual(before)
  await picture(logs, 'logs-standing-still')

  await logs.keyboard.press('f')
  await expect(rows(logs).last()).toContainText('line 1101 of the test')
  await expect.poll(async () => consecutive(await numbers(logs))).toBe(true)
  await logs.keyboard.press('Home')
  await expect(rows(logs).first()).toContainText('line 0 of the test')
})

test('shows what a filter would do before Enter, and keeps the last good one', async ({ log, logs }) => {
  await box(logs).fill(`source:${log.name} level:>=error`)
  await expect(logs.getByText(/24 matches of .* Enter to apply/)).toBeVisible()
  await expect(rows(logs).and(logs.locator('.dimmed')).first()).toBeVisible()
  await expect(rows(logs).and(logs.locator('.hit')).first()).toContainText('error')
  await picture(logs, 'logs-preview')
  await box(logs).press('Enter')
  await expect(rows(logs)).toHaveCount(24)

  await box(logs).fill(`source:${log.name} level:>=(`)
  await expect(logs.locator('.said.error')).toContainText('goes on')
  await expect(logs.locator('.under span')).toBeAttached()
  await picture(logs, 'logs-filter-error')
  await box(logs).press('Enter')
  await expect(rows(logs)).toHaveCount(24)
})

test('completes fields and the values that rows have', async ({ logs }) => {
  await box(logs).fill('')
  await box(logs).pressSequentially('proc')
  await expect(logs.getByRole('option', { name: /process:/ })).toBeVisible()
  await box(logs).press('ArrowDown')
  await box(logs).press('Enter')
  await expect(box(logs)).toHaveValue('process:')
  await expect(logs.getByRole('option', { name: 'xapi' })).toBeVisible()
})

test('shows the rows around a hit and leads back, goes from hit to hit', async ({ log, logs }) => {
  await filterBy(logs, `source:${log.name} "line 300 of"`)
  await expect(rows(logs)).toHaveCount(1)
  await logs.keyboard.press('ArrowUp')
  await logs.keyboard.press('c')
  await expect(rows(logs).and(logs.locator('.cursor'))).toContainText('line 300 of the test')
  await expect.poll(() => numbers(logs)).toEqual(expect.arrayContaining([300, 301, 302]))
  await picture(logs, 'logs-context')
  await logs.keyboard.press('c')
  await expect(rows(logs)).toHaveCount(1)

  await filterBy(logs, `source:${log.name} level:>=error`)
  await logs.keyboard.press('h')
  await logs.keyboard.press('Home')
  await logs.keyboard.press('n')
  const cursor = rows(logs).and(logs.locator('.cursor'))
  await expect(cursor).toContainText('[error')
  const first = Number(/line (\d+)/.exec(await cursor.innerText())?.[1])
  await logs.keyboard.press('n')
  await expect(cursor).toContainText(`line ${first + 25} of`)
  await logs.keyboard.press('N')
  await expect(cursor).toContainText(`line ${first} of`)
})

test('tells all of a row, and takes a value into the filter', async ({ log, logs }) => {
  await filterBy(logs, `source:${log.name} "line 450 of"`)
  await logs.keyboard.press('ArrowUp')
  await logs.keyboard.press('Enter')
  const row = logs.getByRole('complementary', { name: 'Row' })
  await expect(row.getByRole('row', { name: /^task/ })).toContainText('R:5f3a1c0d8e70')
  await expect(row.locator('.term').first()).toHaveText('R:5f3a1c0d8e70')
  await row.getByRole('button', { name: 'Exclude task' }).click()
  await expect(box(logs)).toHaveValue(/"line 450 of" -task=/)
  await expect(logs.getByText('No row matches')).toBeVisible()
  await row.getByRole('button', { name: 'Include task' }).click()
  await expect(rows(logs)).toHaveCount(1)
  await logs.keyboard.press('b')
  await expect(logs.getByRole('complementary', { name: 'Sources' })).toContainText('Bookmarks')
  await picture(logs, 'logs-detail')
  expect(await accessibilityViolations(logs)).toEqual([])
})

test('nothing that a log holds acts on the page', async ({ log, logs }) => {
  const stamp = new Date().toISOString()
  log.append([
    `${stamp} h a: <img src=x onerror="document.title='taken'"> line 9001 of`,
    `${stamp} h a: \u001b[31mred\u001b[0m \u001b[2J\u202egpj.exe\u0007 line 9002 of`,
  ])
  await expect(rows(logs).last()).toContainText('red ⟨ESC⟩[2J⟨RLO⟩gpj.exe⟨BEL⟩')
  await expect(rows(logs).last().locator('.ansi-1')).toHaveText('red')
  await expect(rows(logs).nth(-2)).toContainText('<img src=x onerror=')
  expect(await logs.title()).not.toContain('taken')
})

test('exports what shows', async ({ log, logs }) => {
  log.append([`${new Date().toISOString()} h a: =1+1 password=hunter2 line 9003 of`])
  await expect(rows(logs).last()).toContainText('line 9003')
  await logs.keyboard.press('e')
  const dialog = logs.getByRole('dialog', { name: 'Export rows' })
  await dialog.getByText('NDJSON').click()
  const download = logs.waitForEvent('download')
  await dialog.getByRole('button', { name: 'Export', exact: true }).click()
  const lines = readFileSync(await (await download).path(), 'utf8')
    .trimEnd()
    .split('\n')
  expect(lines).toHaveLength(601)
  expect(lines.at(-1)).toContain('password=[redacted]')
  await expect(dialog).toContainText('601 rows written. 1 secrets were taken out.')
})

test('limits itself to a time that is pulled open, and goes to one that is clicked', async ({
  log,
  logs,
}) => {
  const chart = logs.getByRole('img', { name: /Rows by time/ })
  await expect(chart).toHaveAccessibleName(/600 rows, 24 errors/)
  const area = await chart.boundingBox()
  if (!area) throw new Error('no histogram')
  await chart.click({ position: { x: area.width / 2, y: 20 } })
  await expect(rows(logs).and(logs.locator('.cursor'))).toContainText(/line (29|30)\d of/)
  await logs.mouse.move(area.x + area.width * 0.25, area.y + 20)
  await logs.mouse.down()
  await logs.mouse.move(area.x + area.width * 0.5, area.y + 20, { steps: 5 })
  await logs.mouse.up()
  await expect(box(logs)).toHaveValue(new RegExp(`^source:${log.name} time:\\[`))
  await expect(chart).toHaveAccessibleName(/(148|149|150|151|152) rows/)
})

test('is paused with everything else: rows go on arriving, and none is lost by it', async ({ log, logs }) => {
  await logs.keyboard.press('Space')
  const before = await numbers(logs)
  log.append(Array.from({ length: 50 }, () => log.line()))
  await expect(logs.getByRole('button', { name: /50 new/ })).toBeVisible()
  expect(await numbers(logs)).toEqual(before)
  await logs.keyboard.press('f')
  await expect(rows(logs).last()).toContainText('line 649 of the test')
  expect(consecutive(await numbers(logs))).toBe(true)
  await expect(logs.getByRole('button', { name: 'Live', exact: true })).toBeVisible()
})

test('scrolls by wheel and by its own scrollbar, and follows again at the end', async ({ logs }) => {
  await grid(logs).hover()
  await logs.mouse.wheel(0, -1_000)
  await expect.poll(() => numbers(logs)).toContain(540)
  expect(consecutive(await numbers(logs))).toBe(true)
  const bar = await logs.getByRole('scrollbar').boundingBox()
  if (!bar) throw new Error('no scrollbar')
  await logs.mouse.move(bar.x + 6, bar.y + bar.height / 2)
  await logs.mouse.down()
  await expect.poll(() => numbers(logs)).toContain(300)
  await logs.mouse.move(bar.x + 6, bar.y - 50, { steps: 5 })
  await logs.mouse.up()
  await expect(rows(logs).first()).toContainText('line 0 of the test')
  await grid(logs).hover()
  await logs.mouse.wheel(0, 100_000)
  await expect(rows(logs).last()).toContainText('line 599 of the test')
  await expect(logs.getByRole('button', { name: 'Following' })).toBeVisible()
})

test('a page that stands still for ten seconds has lost nothing afterwards', async ({ log, logs }) => {
  const blocked = logs.evaluate(() => {
    const end = performance.now() + 10_000
    while (performance.now() < end);
  })
  for (let burst = 0; burst < 90; burst++) {
    log.append(Array.from({ length: 100 }, () => log.line()))
    await sleep(100)
  }
  await blocked
  await expect(rows(logs).last()).toContainText('line 9599 of the test', { timeout: 20_000 })
  await expect(logs.getByText(/9,600 matches/)).toBeVisible()
  expect(consecutive(await numbers(logs))).toBe(true)
  await expect(logs.getByRole('grid').getByText(/lines? lost/)).toHaveCount(0)
  await logs.keyboard.press('Home')
  await expect(rows(logs).first()).toContainText('line 0 of the test')
  expect(consecutive(await numbers(logs))).toBe(true)
})

test('marks lines without a time, says why, and reads a log in the format that is chosen', async ({
  log,
  logs,
}) => {
  const name = `${log.name}-bare`
  const path = `/var/log/${name}.log`
  try {
    writeFileSync(path, 'level=error msg="no time in here" code=7\n'.repeat(20))
    await filterBy(logs, `source:${name}`)
    await expect(rows(logs).last()).toContainText('no time in here', { timeout: 45_000 })
    await expect(rows(logs).last()).toHaveClass(/approximate/)
    await expect(rows(logs).last().locator('.time')).toHaveAttribute('title', /no time of its own/)
    const format = logs.getByRole('combobox', { name: `Format of ${name}.log` })
    await expect(format).toHaveValue('')
    await expect(format).toContainText('auto: logfmt')
    await logs.keyboard.press('ArrowUp')
    await logs.keyboard.press('Enter')
    const row = logs.getByRole('complementary', { name: 'Row' })
    await expect(row).toContainText('Time: It has no time of its own that can be read')
    await expect(row.getByRole('row', { name: /^code/ })).toContainText('7')
    await picture(logs, 'logs-without-time')
    await format.selectOption('plain')
    await expect(format).toHaveValue('plain')
    await logs.keyboard.press('Escape')
    await grid(logs).focus()
    await logs.keyboard.press('ArrowUp')
    await logs.keyboard.press('Enter')
    await expect(row.getByRole('row', { name: /^text/ })).toContainText('no time in here')
    await expect(row.getByRole('row', { name: /^code/ })).toHaveCount(0)
    await picture(logs, 'logs-format-chosen')
    expect(await accessibilityViolations(logs)).toEqual([])
    await format.selectOption('')
    await expect(format).toContainText('auto: logfmt')
  } finally {
    rmSync(path, { force: true })
  }
})

test.describe('a log that is longer than what is read at first', () => {
  test.use({ lines: 3_000 })
  test('fetches older rows, and stays at the row that is read', async ({ logs }) => {
    await logs.keyboard.press('Home')
    const cursor = rows(logs).and(logs.locator('.cursor'))
    await expect(cursor).toContainText('line 2000 of the test')
    await logs.keyboard.press('ArrowUp')
    await expect(logs.getByText(/3,000 matches/)).toBeVisible()
    await expect(cursor).toContainText('line 2000 of the test')
    await expect.poll(async () => consecutive(await numbers(logs))).toBe(true)
    await logs.keyboard.press('ArrowUp')
    await expect(cursor).toContainText('line 1999 of the test')
    await logs.keyboard.press('Home')
    await expect(rows(logs).first()).toContainText('line 0 of the test')
  })
})

test('shows the message of a line of JSON, and all of its fields', async ({ log, logs }) => {
  const name = `${log.name}-json`
  const path = `/var/log/${name}.log`
  try {
    const line = {
      time: new Date().toISOString(),
      level: 'error',
      process: 'sshd',
      pid: 7,
      msg: 'refused',
      big: 1,
    }
    const text = JSON.stringify(line).replace('"big":1', '"big":12345678901234567890')
    writeFileSync(path, `${text}\n`.repeat(20))
    await filterBy(logs, `source:${name}`)
    await expect(rows(logs).last()).toContainText('sshd[7]: refused', { timeout: 45_000 })
    await logs.keyboard.press('ArrowUp')
    await logs.keyboard.press('Enter')
    const row = logs.getByRole('complementary', { name: 'Row' })
    await expect(row.getByRole('row', { name: /^process/ })).toContainText('sshd')
    await row.getByText('JSON', { exact: true }).click()
    await expect(row).toContainText('"big": 12345678901234567890')
  } finally {
    rmSync(path, { force: true })
  }
})

for (const scheme of ['dark', 'light'] as const) {
  test.describe(scheme, () => {
    test.use({ colorScheme: scheme })
    test(`the Logs in ${scheme} are accessible and fit their window`, async ({ logs }) => {
      await documentationPicture(logs, `logs-${scheme}`)
      expect(await accessibilityViolations(logs)).toEqual([])
      for (const [width, height] of [
        [900, 600],
        [2560, 1440],
      ] as const) {
        await logs.setViewportSize({ width, height })
        await logs.waitForTimeout(500)
        expect(
          await logs.evaluate(() => document.documentElement.scrollWidth - window.innerWidth),
        ).toBeLessThanOrEqual(0)
        await picture(logs, `logs-${scheme}-${width}x${height}`)
        expect(await accessibilityViolations(logs)).toEqual([])
      }
    })
  })
}

test('without the engine the rows stay, and the view says so', async ({ logs, xcp, complaints }) => {
  await xcp.stop()
  await expect(logs.locator('.log-list.off')).toBeVisible()
  await expect(rows(logs).last()).toContainText('line 599 of the test')
  await picture(logs, 'logs-console-gone')
  complaints.expected(/ERR_CONNECTION_REFUSED|WebSocket connection|Failed to load resource/)
})
