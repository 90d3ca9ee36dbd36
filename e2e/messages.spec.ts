import { readFileSync } from 'node:fs'
import { Agent, request } from 'node:http'
import type { Locator, Page } from '@playwright/test'
import * as v from 'valibot'
import { accessibilityViolations } from './support/axe'
import { expect } from './support/console'
import { documentationPicture, picture } from './support/pictures'
import { test } from './support/simulated'

/** Queues and messages of a simulated XCP host, read over SSH. */

const region = (page: Page, name: string): Locator => page.getByRole('region', { name, exact: true }).first()
const queueOf = (page: Page, name: string): Locator =>
  page.getByRole('listbox', { name: 'Queues of the bus' }).getByRole('option').filter({ hasText: name })
const rowsOf = (page: Page): Locator =>
  page.getByRole('grid', { name: 'Messages', exact: true }).locator('.log-row:not([hidden])')
const filterBox = (page: Page): Locator => page.getByRole('combobox', { name: 'Filter' })

const exported = v.object({ level: v.string(), text: v.string() })

async function applyFilter(page: Page, text: string): Promise<void> {
  await page.keyboard.press('/')
  await filterBox(page).fill(text)
  await page.keyboard.press('Enter')
  await page.keyboard.press('Escape')
}

/** The other theme has colours of its own, and contrasts. */
async function inLight(page: Page, name: string): Promise<void> {
  await page.keyboard.press('t')
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'light')
  await picture(page, `${name}-light`)
  expect(await accessibilityViolations(page)).toEqual([])
  await page.keyboard.press('t')
}

test('a deadlock shows: who never started, what waits for it, and what it says', async ({ simulated }) => {
  test.setTimeout(120_000)
  const { page } = await simulated('deadlock')
  await expect(page.getByText('SIMULATED', { exact: true })).toBeVisible()
  await page.keyboard.press('5')
  const board = region(page, 'Queues')
  await expect(board).toContainText('read-only: nothing is consumed')
  const storage = queueOf(page, 'storage')
  await expect(storage).toContainText('never started', { timeout: 30_000 })
  await expect(storage).toHaveAttribute('aria-selected', 'true')
  const waiting = page.getByRole('grid', { name: 'Messages of the queue' })
  const oldest = waiting.getByRole('row').last()
  await expect(oldest).toContainText('request')
  const age = async (): Promise<string> => oldest.locator('.age').innerText()
  const before = await age()
  await expect.poll(age).not.toBe(before)

  const tree = page.getByRole('tree', { name: 'Payload' })
  await waiting.getByRole('row').filter({ hasText: 'VDI.attach2' }).click()
  await expect(tree).toContainText('"VDI.attach2"')
  await tree.focus()
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('ArrowLeft')
  await expect(tree.getByRole('treeitem', { name: 'params' })).toHaveAttribute('aria-expanded', 'false')
  await page.keyboard.press('*')
  await expect(tree.getByRole('treeitem', { name: 'params' })).toHaveAttribute('aria-expanded', 'true')

  // Reply queues that are empty are there, and not in the way.
  const reply = page.getByRole('checkbox', { name: /Empty reply queues/ })
  await expect(queueOf(page, 'xapi:')).toHaveCount(0)
  await reply.check()
  await expect(queueOf(page, 'replies').first()).toBeVisible()
  await reply.uncheck()

  await page.keyboard.press('/')
  await page.getByRole('textbox', { name: 'Filter messages' }).fill('age:>1s method:VDI.*')
  await expect(oldest).toContainText('VDI.attach2')
  await page.getByRole('textbox', { name: 'Filter messages' }).fill('method:nothing')
  await expect(board).toContainText('No message matches')
  await page.getByRole('textbox', { name: 'Filter messages' }).fill('')
  await documentationPicture(page, 'queues')
  expect(await accessibilityViolations(page)).toEqual([])
  await page.keyboard.press('Escape')
  await inLight(page, 'queues')

  // The same from the side of the calls: what is pending, and for how long.
  await page.keyboard.press('Escape')
  await page.keyboard.press('4')
  const services = region(page, 'Messages').getByRole('table', { name: /Services of the bus/ })
  await expect(services.getByRole('row', { name: /storage/ })).toContainText('never started')
  await services
    .getByRole('row', { name: /storage/ })
    .getByRole('button')
    .nth(1)
    .click()
  await expect(filterBox(page)).toHaveValue(/kind:request status:pending/)
  await expect(rowsOf(page).first()).toContainText(/pending \d+/)
})

test('messages live: filter, pairs, the timeline of a call with its log lines, and its payloads', async ({
  simulated,
}) => {
  test.setTimeout(150_000)
  const { page } = await simulated('healthy')
  await page.keyboard.press('4')
  await expect(rowsOf(page).filter({ hasText: 'answered' }).first()).toBeVisible({ timeout: 30_000 })
  await expect(region(page, 'Messages')).toContainText(/saw every event|declared lost/)

  await applyFilter(page, 'kind:request method:VM.stat status:answered')
  await expect
    .poll(async () => (await rowsOf(page).allInnerTexts()).filter((text) => !/VM\.stat|LOSS/.test(text)))
    .toEqual([])
  await applyFilter(page, '')
  await page.keyboard.press(' ')
  const detail = page.getByRole('complementary', { name: 'Message', exact: true })
  const timeline = detail.getByRole('region', { name: 'Timeline of the call' })
  // One of those of which no event was lost.
  const answers = rowsOf(page).filter({ hasText: /response.*VM\.stat.*ok/ })
  await expect(answers.first()).toBeVisible()
  const count = await answers.count()
  for (let at = 0; at < count; at++) {
    await answers.nth(at).click()
    await page.keyboard.press('Enter')
    await expect(timeline).toBeVisible()
    if (!(await timeline.innerText()).includes('not seen')) break
    await page.keyboard.press('Escape')
    await expect(detail).toBeHidden()
  }
  for (const phase of ['waits in the queue', 'service works', 'reply waits'])
    await expect(timeline).toContainText(phase)
  await expect(timeline.getByRole('listitem')).toHaveCount(6)
  await expect(detail.getByRole('tree', { name: 'Payload' })).toContainText('result')
  await page.keyboard.press('p')
  await expect(detail.getByRole('heading')).toContainText('request')
  await detail.getByText('Request', { exact: true }).click()
  await expect(detail.getByRole('tree', { name: 'Payload' })).toContainText('"VM.stat"')

  // Keep one, look at another: the difference.
  await page.keyboard.press('c')
  await detail.getByText('Reply', { exact: true }).click()
  await detail.getByText('Compare', { exact: true }).click()
  await expect(detail).toContainText(/\d+ differences?|the same/)
  await page.keyboard.press('c')
  await detail.getByText('Raw', { exact: true }).first().click()
  await expect(detail.getByRole('region', { name: 'Payload as text' })).toContainText('VM.stat')

  await page.keyboard.press('l')
  const lines = detail.getByRole('list', { name: 'Log lines of the call' })
  await expect(lines.getByRole('listitem').first()).toBeVisible({ timeout: 30_000 })
  await picture(page, 'call')
  expect(await accessibilityViolations(page)).toEqual([])
  await inLight(page, 'messages')
  await detail.getByRole('button', { name: 'Open in Logs' }).click()
  await expect(page.getByRole('grid', { name: 'Log rows' })).toBeVisible()
  await expect(filterBox(page)).toHaveValue(/"[A-Z]:[0-9a-f]+"/)
})

test('a cell of the heatmap opens its messages', async ({ simulated }) => {
  test.setTimeout(150_000)
  const { page } = await simulated('slow')
  await page.keyboard.press('4')
  const services = region(page, 'Messages').getByRole('table', { name: /Services of the bus/ })
  await services.getByRole('button', { name: 'storage' }).first().click({ timeout: 30_000 })
  const map = page.getByRole('application', { name: /Latencies of storage/ })
  await expect(map).toHaveAttribute('data-drawn', 'true')
  await expect(region(page, 'Latency')).toContainText(/p50 [\d.]+/, { timeout: 60_000 })
  await page.waitForTimeout(3_000)
  await documentationPicture(page, 'messages')
  await map.focus()
  await page.keyboard.press('ArrowLeft')
  await page.keyboard.press('Enter')
  await expect(filterBox(page)).toHaveValue(
    /^kind:response service=storage latency:\[.* to .*\] time:\[.*\]$/,
  )
  await expect(rowsOf(page).filter({ hasText: 'storage' }).first()).toBeVisible()
  const texts = await rowsOf(page).allInnerTexts()
  expect(texts.filter((text) => !text.includes('LOSS')).every((text) => text.includes('response'))).toBe(true)
  expect(await accessibilityViolations(page)).toEqual([])
})

test('a click on the heatmap opens what is there', async ({ simulated }) => {
  test.setTimeout(150_000)
  const { page } = await simulated('healthy')
  await page.keyboard.press('4')
  const map = page.getByRole('application', { name: /Latencies of/ })
  await expect(map).toHaveAttribute('data-drawn', 'true', { timeout: 30_000 })
  await expect(region(page, 'Latency')).toContainText(/p50 [\d.]+.*p99 [\d.]+/s, { timeout: 60_000 })
  await page.waitForTimeout(5_000)
  // The list stands still, and with it the chart.
  await page.keyboard.press(' ')
  const area = await map.boundingBox()
  if (!area) throw new Error('no heatmap')
  // Somewhere in the last seconds there are replies: the tip says how many.
  const tip = map.locator('.tip')
  let found = false
  for (let y = 12; !found && y < area.height - 24; y += 3) {
    await page.mouse.move(area.x + area.width - 26, area.y + y)
    found = /^[1-9]/.test(await tip.innerText())
  }
  expect(found).toBe(true)
  await expect(tip).toContainText(/p50 [\d.]+.*p99 [\d.]+/)
  const count = Number(/^[\d,]+/.exec(await tip.innerText())?.[0].replaceAll(',', ''))
  await page.mouse.down()
  await page.mouse.up()
  await expect(filterBox(page)).toHaveValue(/^kind:response service=\S+ latency:.* time:\[.*\]$/)
  await expect(rowsOf(page).filter({ hasText: 'response' })).toHaveCount(count)
})

test('messages are exported as they show', async ({ simulated }) => {
  test.setTimeout(120_000)
  const { page } = await simulated('errors')
  await page.keyboard.press('4')
  await expect(rowsOf(page).filter({ hasText: 'error' }).first()).toBeVisible({ timeout: 30_000 })
  await applyFilter(page, 'kind:response ok:false')
  await page.keyboard.press(' ')
  await expect(rowsOf(page).filter({ hasText: 'error' }).first()).toBeVisible()
  await page.keyboard.press('e')
  const dialog = page.getByRole('dialog', { name: 'Export rows' })
  await dialog.getByText('NDJSON').click()
  const download = page.waitForEvent('download')
  await dialog.getByRole('button', { name: 'Export', exact: true }).click()
  const file = await download
  expect(file.suggestedFilename()).toMatch(/^messages-.*\.ndjson$/)
  const lines = readFileSync(await file.path(), 'utf8')
    .trimEnd()
    .split('\n')
  await expect(dialog).toContainText(`${lines.length} rows written`)
  expect(lines.length).toBeGreaterThan(3)
  const rows = lines.map((line) => v.parse(exported, JSON.parse(line)))
  const messages = rows.filter(({ level }) => level !== 'loss')
  expect(messages.length).toBeGreaterThan(3)
  // Each is the message as a row has it: its head, and its payload.
  for (const { text } of messages) expect(text).toMatch(/^\{.*"kind":"response".*"ok":false.*"body":/)
})

test('a host without a message bus says why', async ({ setting }) => {
  await setting.open()
  const { page } = setting
  for (const [key, name] of [
    ['4', 'Messages'],
    ['5', 'Queues'],
  ] as const) {
    await page.keyboard.press(key)
    await expect(region(page, name)).toContainText(/No message-switch at \/var\/run\/message-switch\/sock/)
    await picture(page, `no-bus-${name.toLowerCase()}`)
  }
  await setting.page.setViewportSize({ width: 900, height: 600 })
  expect(await accessibilityViolations(page)).toEqual([])
})

/** Puts requests into a queue of the simulated switch, on one connection, as a program on the host does. */
async function post(socketPath: string, queue: string, bodies: readonly Buffer[]): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const send = (method: string, path: string, body: Buffer): Promise<number | undefined> =>
    new Promise((resolve, reject) => {
      const headers = { 'content-length': body.length }
      const sent = request({ agent, socketPath, method, path, headers }, (answer) => {
        answer.resume()
        answer.on('end', () => resolve(answer.statusCode))
      })
      sent.on('error', reject)
      sent.end(body)
    })
  const nothing = Buffer.alloc(0)
  expect(await send('GET', '/login/hostile', nothing)).toBe(200)
  expect(await send('GET', '/transient/hostile', nothing)).toBe(200)
  for (const body of bodies) expect(await send('POST', `/request/${queue}/hostile`, body)).toBe(200)
  agent.destroy()
}

const call = (method: string, params: string): Buffer =>
  Buffer.from(`{"method":"${method}","params":[${params}],"id":1}`)
const hostile = {
  markup: call('<img src=x onerror=alert(1)>', '"<script>alert(1)</script>\\u202e\\u0000"'),
  proto: call('proto', '{"__proto__":{"polluted":true},"constructor":{"prototype":1},"__proto__":2}'),
  numbers: call('numbers', '9007199254740993,18446744073709551616,1e400,-0.0'),
  deep: call('deep', '['.repeat(5_000) + ']'.repeat(5_000)),
  large: call('large', `"${'x'.repeat(10 * 2 ** 20)}"`),
  bytes: Buffer.concat([
    Buffer.from('{"method":"bytes","params":["'),
    Buffer.from([0xff, 0xfe, 0xc0, 0x80]),
    Buffer.from('"],"id":1}'),
  ]),
} as const

test('hostile payloads are shown as what they are, and do nothing', async ({ simulated }) => {
  test.setTimeout(300_000)
  const { page, xcp } = await simulated('deadlock')
  // Nobody takes from this queue: what is put there stays to be looked at.
  const send = (...names: readonly (keyof typeof hostile)[]): Promise<void> =>
    post(
      xcp.endpoints.messageSwitch.socket,
      'org.xen.xapi.storage',
      names.map((name) => hostile[name]),
    )
  await send('markup', 'proto', 'numbers', 'deep', 'large', 'bytes')
  await page.keyboard.press('5')
  const waiting = page.getByRole('grid', { name: 'Messages of the queue' })
  const tree = page.getByRole('tree', { name: 'Payload' })
  const raw = page.getByRole('region', { name: 'Payload as text' })
  const choose = async (method: string): Promise<void> => {
    await page.getByRole('textbox', { name: 'Filter messages' }).fill(`from:hostile ${method}`)
    await waiting.getByRole('row').first().click()
  }
  await choose('img')
  await expect(tree).toContainText('<img src=x onerror=alert(1)>', { timeout: 30_000 })
  await expect(tree).toContainText('<script>alert(1)</script>⟨RLO⟩⟨NUL⟩')
  await expect(page.locator('img, script[src*="alert"]')).toHaveCount(0)
  await choose('proto')
  await expect(tree).toContainText(/__proto__.*polluted.*constructor.*prototype.*__proto__:.*2/s)
  expect(await page.evaluate(() => Object.hasOwn(Object.prototype, 'polluted'))).toBe(false)
  await choose('numbers')
  for (const digits of ['9007199254740993', '18446744073709551616', '1e400', '-0.0'])
    await expect(tree.getByText(digits, { exact: true })).toBeVisible()
  await choose('deep')
  await expect(page.getByText('more than 256 levels deep')).toBeVisible()
  await expect(raw).toContainText('[[[[[[')
  await picture(page, 'hostile-deep')
  await choose('large')
  await expect(tree).toContainText(/more characters/, { timeout: 60_000 })
  await page.getByText('Raw', { exact: true }).click()
  await expect(page.getByText(/MiB.* more are not shown/)).toBeVisible()
  await choose('bytes')
  await expect(page.getByRole('complementary', { name: 'Message', exact: true })).toContainText('bytes')
  await expect(raw.or(tree)).toContainText('�')

  // The same as rows: the page goes on, and follows.
  await page.keyboard.press('Escape')
  await page.keyboard.press('Escape')
  await page.keyboard.press('4')
  await expect(page.locator('img')).toHaveCount(0)

  // Each opened from its row, and whole though the trace has cut it.
  const detail = page.getByRole('complementary', { name: 'Message', exact: true })
  const open = async (name: keyof typeof hostile): Promise<void> => {
    await page.keyboard.press('Escape')
    await expect(detail).toBeHidden()
    await applyFilter(page, `from:hostile "${name === 'markup' ? 'img src' : name}"`)
    // Losses show with every filter. The trace may have lost this one, too: then it is sent again.
    const row = rowsOf(page).filter({ hasText: 'hostile' }).last()
    await expect(async () => {
      if (!(await row.isVisible())) await send(name)
      await expect(row).toBeVisible({ timeout: 4_000 })
    }).toPass({ timeout: 60_000 })
    // The list moves on meanwhile: another row may come to lie below the pointer.
    await expect(async () => {
      await row.click({ timeout: 4_000 })
      await page.keyboard.press('Enter')
      // A row of the filter before may have been there still.
      const method = name === 'markup' ? '<img' : name
      await expect(detail.getByRole('heading')).toContainText(method, { timeout: 4_000 })
    }).toPass({ timeout: 60_000 })
  }
  await open('markup')
  await picture(page, 'hostile-rows')
  await expect(tree).toContainText('<script>alert(1)</script>⟨RLO⟩⟨NUL⟩')
  await expect(page.locator('img, script[src*="alert"]')).toHaveCount(0)
  await open('proto')
  await expect(tree).toContainText(/__proto__.*polluted.*constructor.*prototype.*__proto__:.*2/s)
  expect(await page.evaluate(() => Object.hasOwn(Object.prototype, 'polluted'))).toBe(false)
  await open('numbers')
  for (const digits of ['9007199254740993', '18446744073709551616', '1e400', '-0.0'])
    await expect(tree.getByText(digits, { exact: true })).toBeVisible()
  await open('deep')
  await expect(detail.getByText('more than 256 levels deep')).toBeVisible({ timeout: 30_000 })
  await expect(raw).toContainText('[[[[[[')
  await open('large')
  await expect(raw.or(tree)).toContainText('xxxxxxxx', { timeout: 60_000 })
  await picture(page, 'hostile-large')
  await open('bytes')
  await expect(raw.or(tree)).toContainText('�')
})

test('a host that is lost leaves what was read, marked as old, and nothing green', async ({ simulated }) => {
  test.setTimeout(120_000)
  const { page, xcp } = await simulated('healthy')
  await page.keyboard.press('5')
  await expect(queueOf(page, 'networkd')).toContainText('listening', { timeout: 30_000 })
  await xcp.stop()
  await expect(region(page, 'Queues')).toContainText(/stale \d+/, { timeout: 30_000 })
  await expect(queueOf(page, 'networkd')).toContainText('was listening')
  await expect(page.getByRole('listbox').locator('.status-light.green')).toHaveCount(0)
  await picture(page, 'lost-queues')
  await page.keyboard.press('4')
  await expect(region(page, 'Latency')).toContainText(/stale \d+/)
  await expect(region(page, 'Messages').locator('.status-light.green')).toHaveCount(0)
  await picture(page, 'lost-messages')
})
