/**
 * `npm run icons`: the application's icons for packages, drawn by Chromium from the window's own. Run when that changes;
 * what it makes is part of the project, so that packaging needs no browser.
 */
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { chromium } from '@playwright/test'
import { icns, ico } from './package/icon-files.mjs'

const root = join(import.meta.dirname, '..')
const target = join(root, 'packaging')
const sizes = [16, 24, 32, 48, 64, 128, 256, 512, 1024]

const svg = await readFile(join(root, 'src/renderer/icon.svg'))
const system = ['/usr/bin/chromium', '/usr/bin/chromium-browser'].find((path) => existsSync(path))
const browser = await chromium.launch({
  ...(system ? { executablePath: system } : {}),
  args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
})
try {
  const page = await browser.newPage()
  const pictures = new Map()
  for (const size of sizes) {
    await page.setViewportSize({ width: size, height: size })
    await page.setContent(
      `<style>*{margin:0}img{display:block;width:${size}px;height:${size}px}</style>
      <img src="data:image/svg+xml;base64,${svg.toString('base64')}">`,
    )
    pictures.set(size, await page.screenshot({ omitBackground: true }))
  }
  await mkdir(join(target, 'icons'), { recursive: true })
  for (const size of [16, 32, 48, 64, 128, 256, 512])
    await writeFile(join(target, `icons/${size}x${size}.png`), pictures.get(size))
  await writeFile(join(target, 'icon.ico'), ico(new Map([...pictures].filter(([size]) => size <= 256))))
  await writeFile(join(target, 'icon.icns'), icns(pictures))
  await writeFile(join(target, 'icon.sha256'), `${createHash('sha256').update(svg).digest('hex')}\n`)
} finally {
  await browser.close()
}
