import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Locator, Page } from '@playwright/test'
import { startSshd, type SshdOptions, type TestKey, type TestSshd } from '../../tests/support/sshd'
import { Complaints, expect, expectLive, RunningConsole, test as base } from './console'

/** A console whose person has a home folder and settings of the test's own, and real servers to connect to. */
export class RemoteSetting {
  readonly page: Page
  readonly home = mkdtempSync(join(tmpdir(), 'xcp-home-'))
  readonly complaints: Complaints
  readonly #servers: TestSshd[] = []
  #console: RunningConsole | null = null

  constructor(page: Page) {
    this.page = page
    this.complaints = new Complaints(page)
    mkdirSync(join(this.home, '.ssh'), { mode: 0o700 })
  }

  get settings(): string {
    return join(this.home, 'settings')
  }

  knownHosts(): string {
    try {
      return readFileSync(join(this.home, '.ssh/known_hosts'), 'utf8')
    } catch {
      return ''
    }
  }

  /** Writes a file of the person's `.ssh`. */
  write(name: string, lines: readonly string[]): void {
    writeFileSync(join(this.home, '.ssh', name), `${lines.join('\n')}\n`, { mode: 0o600 })
  }

  async startServer(options: SshdOptions = {}): Promise<TestSshd> {
    const server = await startSshd(options)
    this.#servers.push(server)
    return server
  }

  /** Opens the console in the tab; one that runs already ends first. `environment` is added to the console's. */
  async open(environment: NodeJS.ProcessEnv = {}): Promise<void> {
    await this.stopConsole()
    this.#console = await RunningConsole.start({
      HOME: this.home,
      XCP_DIAG_CONFIG: this.settings,
      SSH_AUTH_SOCK: '',
      ...environment,
    })
    await this.page.goto(await this.#console.address())
    await expectLive(this.page)
  }

  /** The page is left first: one that stays would complain of what it has lost. */
  async stopConsole(): Promise<void> {
    await this.page.goto('about:blank')
    await this.#console?.stop()
    this.#console = null
  }

  async close(): Promise<void> {
    await this.stopConsole()
    await Promise.all(this.#servers.map((server) => server.close()))
    rmSync(this.home, { recursive: true, force: true })
  }
}

export interface Remote extends RemoteSetting {
  readonly sshd: TestSshd
  readonly key: TestKey
}

interface Fixtures {
  /** Nothing is started yet but the browser. */
  readonly setting: RemoteSetting
  /** A server that lets one key in, and the console open with its own machine live. */
  readonly remote: Remote
}

export const test = base.extend<Fixtures>({
  setting: async ({ page }, use) => {
    const setting = new RemoteSetting(page)
    await use(setting)
    await setting.close()
    expect(setting.complaints.list).toEqual([])
  },
  remote: async ({ setting }, use) => {
    const sshd = await setting.startServer()
    const key = sshd.authorize('client')
    await setting.open()
    await use(Object.assign(setting, { sshd, key }))
  },
})

export const connectDialog = (page: Page): Locator => page.getByRole('dialog', { name: 'Connect to a host' })
export const question = (page: Page, name?: string): Locator =>
  page.getByRole('alertdialog', name === undefined ? {} : { name })

/** Opens the dialog for a new host and types its address; waits until that is understood. */
export async function typeAddress(page: Page, address: string, port: number, name?: string): Promise<void> {
  await page.keyboard.press('n')
  const dialog = connectDialog(page)
  await dialog.getByLabel('Host, ssh command or URL').fill(address)
  await expect(dialog.getByLabel('Port')).toHaveValue(String(port))
  if (name !== undefined) await dialog.getByLabel('Name', { exact: true }).fill(name)
}

export const pressConnect = (page: Page): Promise<void> =>
  connectDialog(page).getByRole('button', { name: 'Connect', exact: true }).click()

export async function trust(page: Page, remember = true): Promise<void> {
  const asked = question(page, 'Is this the right host?')
  await asked
    .getByRole('button', { name: remember ? 'Trust and remember' : 'Trust for this session' })
    .click()
  await expect(asked).toHaveCount(0)
}

/** Says no to whoever answers. */
export async function turnDown(page: Page): Promise<void> {
  await question(page).getByRole('button', { name: 'Disconnect' }).click()
  await expect(question(page)).toHaveCount(0)
}

/** The host of this name is the one that is looked at, and its samples arrive. */
export async function expectLiveHost(page: Page, name: string): Promise<void> {
  await expect(page.getByRole('heading', { level: 1 })).toContainText(name)
  await expectLive(page)
}
