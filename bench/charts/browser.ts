import { existsSync } from 'node:fs'
import { extname, resolve } from 'node:path'
import { chromium, type Browser, type Page } from '@playwright/test'
import vue from '@vitejs/plugin-vue'
import { build } from 'vite'

/** Pages of the charts, built as the console is built and shown in a real Chromium. */

/** The project's folder: programs and tests are started there, and a bench runs as a bundle elsewhere. */
const root = process.cwd()
const origin = 'https://charts.test'
const systemChromium = '/usr/bin/chromium'
/** The policy of the web shell, so that a chart that breaks it is seen here first. */
const policy =
  "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self' data:; " +
  "font-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'"

export type BuiltPage = ReadonlyMap<string, string | Uint8Array>

/** The Chromium that is there: the system's, else Playwright's own; null where there is none. */
export function chromiumPath(): string | null {
  return [systemChromium, chromium.executablePath()].find((path) => existsSync(path)) ?? null
}

export async function launchBrowser(): Promise<Browser> {
  const executablePath = chromiumPath()
  return chromium.launch({
    ...(executablePath === null ? {} : { executablePath }),
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--js-flags=--expose-gc',
    ],
  })
}

/** Builds a folder with an index.html in memory: path -> content. */
export async function buildPage(folder: string): Promise<BuiltPage> {
  const output = await build({
    root: folder,
    configFile: false,
    logLevel: 'warn',
    mode: 'production',
    define: { 'process.env.NODE_ENV': '"production"' },
    plugins: [vue()],
    resolve: { alias: { '@shared': resolve(root, 'src/shared') } },
    build: {
      write: false,
      target: 'chrome120',
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      chunkSizeWarningLimit: 4_000,
    },
  })
  const files = new Map<string, string | Uint8Array>()
  for (const bundle of Array.isArray(output) ? output : [output]) {
    if (!('output' in bundle)) continue
    for (const file of bundle.output) {
      files.set(`/${file.fileName}`, file.type === 'chunk' ? file.code : file.source)
    }
  }
  return files
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.woff2': 'font/woff2',
}

/** Opens a built page at an origin that exists only inside this browser: no port is opened. */
export async function openPage(
  browser: Browser,
  files: BuiltPage,
  options: Parameters<Browser['newPage']>[0] = {},
  opened: (page: Page) => void = () => undefined,
): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 1_360, height: 900 }, ...options })
  opened(page)
  await page.route(`${origin}/**`, async (route) => {
    const path = new URL(route.request().url()).pathname
    const body = files.get(path === '/' ? '/index.html' : path)
    if (body === undefined) {
      await route.fulfill({ status: 404 })
      return
    }
    const contentType = types[extname(path)] ?? 'text/html'
    await route.fulfill({
      body: Buffer.from(body),
      contentType,
      headers: { 'Content-Security-Policy': policy },
    })
  })
  await page.goto(`${origin}/`)
  return page
}
