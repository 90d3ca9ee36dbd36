import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import type { Browser, Page } from '@playwright/test'
import { busSummary, type BusSummary } from '@shared/model/messages'
import * as v from 'valibot'
import type { Endpoints } from '../../src/simulator/simulated-host'
import { launchBrowser } from '../charts/browser'
import { childrenOf, startUntil, stop } from '../support/process'

/** The built console with one simulated host, shown in a real Chromium. */
export interface ShownConsole {
  readonly page: Page
  readonly browser: Browser
  /** Of the engine's process. */
  readonly engine: number
  /** What the window was told of the bus last. */
  readonly bus: () => BusSummary | null
  close(): Promise<void>
}

const host = '6f1f2c3a-6a1e-4b51-9d43-0d6a3d1f7a11'
const item = v.object({ type: v.literal('item'), value: v.pipe(v.array(busSummary), v.minLength(1)) })

export async function showConsole({ ssh }: Endpoints): Promise<ShownConsole> {
  const home = mkdtempSync(join(tmpdir(), 'xcp-bench-home-'))
  mkdirSync(join(home, '.ssh'), { mode: 0o700 })
  writeFileSync(join(home, '.ssh/known_hosts'), readFileSync(ssh.knownHosts), { mode: 0o600 })
  const settings = join(home, 'settings')
  mkdirSync(settings, { mode: 0o700 })
  const saved = {
    id: host,
    name: 'simulated',
    address: { transport: 'ssh', host: ssh.host, port: ssh.port, user: ssh.user },
    authentication: { agent: false, keyFiles: [ssh.key], password: 'never' },
    connectOnStart: true,
  }
  writeFileSync(join(settings, 'settings.json'), JSON.stringify({ version: 1, hosts: [saved] }), {
    mode: 0o600,
  })
  const environment = [`HOME=${home}`, `XCP_DIAG_CONFIG=${settings}`, 'SSH_AUTH_SOCK=']
  const shell = await startUntil(
    'env',
    [...environment, process.execPath, 'out/node/web.js', '--no-open', '--port', '0'],
    /Console: (\S+)/,
  )
  const browser = await launchBrowser()
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, colorScheme: 'dark' })
  let bus: BusSummary | null = null
  page.on('websocket', (socket) =>
    socket.on('framereceived', ({ payload }) => {
      if (typeof payload !== 'string' || !payload.includes('"coverage"')) return
      const parsed = v.safeParse(item, JSON.parse(payload))
      if (parsed.success) bus = parsed.output.value[0] ?? null
    }),
  )
  await page.goto(shell.match[1] ?? '')
  await page
    .getByRole('navigation', { name: 'Hosts' })
    .getByText('simulated', { exact: true })
    .first()
    .click()
  await page.keyboard.press('4')
  await page
    .getByRole('grid', { name: 'Messages', exact: true })
    .locator('.log-row:not([hidden])')
    .first()
    .waitFor()
  return {
    page,
    browser,
    engine: childrenOf(shell.child.pid ?? 0)[0] ?? 0,
    bus: () => bus,
    async close() {
      await browser.close()
      await stop(shell.child)
      rmSync(home, { recursive: true, force: true })
    },
  }
}

/** What really happened on the switch. */
export async function truthOf({ truth }: Endpoints): Promise<{ nextEventId: string; messages: number }> {
  const told: unknown = JSON.parse(await text(connect(truth)))
  return v.parse(v.object({ nextEventId: v.string(), messages: v.number() }), told)
}
