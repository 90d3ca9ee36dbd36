import { existsSync } from 'node:fs'
import { mkdir, readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { chromium, type Browser } from '@playwright/test'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { writeLaunchFile } from './launch-file'
import { buildForTest, type TestBuild } from './testing/build'
import { openShell } from './testing/open-shell'

/** Debian's Chromium where it is installed, Playwright's own elsewhere. */
const system = ['/usr/bin/chromium', '/usr/bin/chromium-browser'].find((path) => existsSync(path))

let build: TestBuild
let browser: Browser

beforeAll(async () => {
  build = await buildForTest()
  browser = await chromium.launch({
    ...(system === undefined ? {} : { executablePath: system }),
    args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
  })
}, 120_000)
afterAll(async () => {
  await browser.close()
  await build.remove()
}, 120_000)

test('a real browser gets from the file to the console, with its token', async () => {
  const shell = await openShell(build)
  const url = shell.launchUrl()
  const file = writeLaunchFile(url, { XDG_RUNTIME_DIR: build.directory })
  const page = await browser.newPage()
  await page.goto(pathToFileURL(file.path).href)
  await page.getByText('the page').waitFor()
  expect(page.url()).toBe(url)
  // The test's page has no icon; nothing else was refused.
  expect(shell.lines.filter((line) => !line.includes('/favicon.ico'))).toEqual([])
  await page.close()
  await shell.close()
}, 120_000)

test('the file is written where there is no runtime folder, and gone when removed', async () => {
  const file = writeLaunchFile('http://127.0.0.1:1/#token=a', { XDG_RUNTIME_DIR: '/nonexistent' })
  expect((await stat(file.path)).mode & 0o777).toBe(0o600)
  file.remove()
  file.remove()
  await expect(stat(file.path)).rejects.toThrow('ENOENT')
  const runtime = join(build.directory, 'runtime')
  await mkdir(runtime)
  writeLaunchFile('http://127.0.0.1:1/#token=a', { XDG_RUNTIME_DIR: runtime }).remove()
  expect(await readdir(runtime)).toEqual([])
})
