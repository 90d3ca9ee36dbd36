import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { test as base, expect, type BrowserContext, type Page } from '@playwright/test'
import { startDesktop, type RunningDesktop } from '../electron/running-desktop'

/** Which shell the specs run against; they do not know. */
export type ShellName = 'web' | 'electron-double'

/** Of the test that runs: there is one at a time in a worker. */
let surroundings: { readonly shell: ShellName; readonly context: BrowserContext } | null = null

/** The built console as a person starts it: on a free port, without opening a browser; or on the desktop. */
export class RunningConsole {
  readonly #child: ChildProcess
  readonly #desktop: RunningDesktop | null
  #output = ''

  private constructor(child: ChildProcess, desktop: RunningDesktop | null = null) {
    this.#child = child
    this.#desktop = desktop
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk: Buffer) => (this.#output += chunk.toString()))
    }
  }

  /** `environment` is added to this process's own. */
  static async start(
    environment: NodeJS.ProcessEnv = {},
    args: readonly string[] = [],
  ): Promise<RunningConsole> {
    if (surroundings?.shell === 'electron-double') {
      const desktop = startDesktop(surroundings.context, environment, args)
      return new RunningConsole(desktop.child, desktop)
    }
    const console = new RunningConsole(
      spawn('node', ['out/node/web.js', '--no-open', '--port', '0'], {
        env: { ...process.env, ...environment },
      }),
    )
    await console.address()
    return console
  }

  get output(): string {
    return this.#output
  }

  /** The desktop's other side, for specs that are about it alone. */
  get desktop(): RunningDesktop {
    if (!this.#desktop) throw new Error('This console runs in a browser.')
    return this.#desktop
  }

  /** The newest address that was printed; each lets one tab in. */
  async address(): Promise<string> {
    if (this.#desktop) return this.#desktop.display.address()
    await expect.poll(() => this.#addresses().length, { message: this.#output }).toBeGreaterThan(0)
    return this.#addresses().at(-1) ?? ''
  }

  /** A fresh address, asked for with Enter in the terminal. */
  async nextAddress(): Promise<string> {
    const before = this.#addresses().length
    this.#child.stdin?.write('\n')
    await expect.poll(() => this.#addresses().length).toBeGreaterThan(before)
    return this.address()
  }

  /** Process id of the engine that runs now; null while there is none. */
  enginePid(): number | null {
    const pid = this.#child.pid ?? 0
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim()
    return children === '' ? null : Number(children.split(' ')[0])
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const exited = once(this.#child, 'exit')
    this.#child.kill('SIGTERM')
    await exited
    await this.#desktop?.close()
  }

  #addresses(): string[] {
    return [...this.#output.matchAll(/^Console: (\S+)$/gm)].map((match) => match[1] ?? '')
  }
}

/** Everything a page complained about; each test ends with none, but for what it expects. */
export class Complaints {
  readonly list: string[] = []

  constructor(page: Page) {
    page.on('pageerror', (error) => this.list.push(`exception: ${error.message}`))
    page.on('console', (message) => {
      if (message.type() === 'error' || message.text().includes('Content Security Policy'))
        this.list.push(message.text())
    })
  }

  /** Takes out what the test provoked. */
  expected(pattern: RegExp): void {
    this.list.splice(0, Infinity, ...this.list.filter((line) => !pattern.test(line)))
  }
}

interface Fixtures {
  readonly shell: ShellName
  /** Tells the consoles of a test where they run. */
  readonly surrounded: undefined
  readonly xcp: RunningConsole
  readonly complaints: Complaints
  /** The console's page in a tab, signed in, with this machine live. */
  readonly tab: Page
}

export const test = base.extend<Fixtures>({
  shell: ['web', { option: true }],
  surrounded: [
    async ({ shell, context }, use) => {
      surroundings = { shell, context }
      await use(undefined)
    },
    { auto: true },
  ],
  xcp: async ({}, use) => {
    const running = await RunningConsole.start()
    await use(running)
    await running.stop()
  },
  complaints: async ({ page }, use) => {
    const complaints = new Complaints(page)
    await use(complaints)
    expect(complaints.list).toEqual([])
  },
  tab: async ({ page, xcp, complaints }, use) => {
    expect(complaints.list).toEqual([])
    await page.goto(await xcp.address())
    await expectLive(page)
    await use(page)
  },
})

export { expect } from '@playwright/test'

export const panel = (page: Page, title: string): ReturnType<Page['getByRole']> =>
  page.getByRole('region', { name: title, exact: true })

const wait = { timeout: 20_000 }

/** The CPU panel shows a percentage, and not an old one: the host is live and its numbers arrive. */
export async function expectLive(page: Page): Promise<void> {
  const live = panel(page, 'CPU').and(page.locator(':not(.stale)'))
  await expect(live.locator('header .figures')).toContainText(/\d\s*%/, wait)
}

/** Figures of samples go on changing, with no panel stale: ages and clocks that tick do not count. */
export async function expectMoving(page: Page): Promise<void> {
  const figures = (): Promise<string[]> =>
    Promise.all(
      ['CPU', 'Network', 'Load and tasks'].map((title) =>
        panel(page, title).locator('header .figures').innerText(),
      ),
    )
  await expect(page.locator('section.panel.stale')).toHaveCount(0, wait)
  const before = await figures()
  await expect.poll(figures, wait).not.toEqual(before)
  await expect(page.locator('section.panel.stale')).toHaveCount(0, wait)
}
