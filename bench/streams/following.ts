import { accessSync, appendFileSync, constants, rmSync, writeFileSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Page } from '@playwright/test'
import { launchBrowser } from '../charts/browser'
import { traceMainThread } from '../charts/trace'
import { startUntil, stop } from '../support/process'
import type { BenchResult } from '../support/result'

const perSecond = 20_000
const warmUp = 4
const seconds = 10
const name = `xcp-bench-${process.pid}`
const path = `/var/log/${name}.log`

/** Appends numbered lines to a log of this machine, as many as are due, until it is ended. */
class Writer {
  #written = 0
  #ended = false
  readonly #begun = performance.now()
  readonly done: Promise<void>

  constructor() {
    this.done = this.#run()
  }

  get written(): number {
    return this.#written
  }

  end(): void {
    this.#ended = true
  }

  async #run(): Promise<void> {
    while (!this.#ended) {
      const due = Math.floor(((performance.now() - this.#begun) / 1_000) * perSecond)
      const stamp = new Date().toISOString()
      let text = ''
      for (; this.#written < due; this.#written++) {
        const level = this.#written % 100 === 0 ? 'error' : 'debug'
        text += `${stamp} xcp1 xapi: [${level}||${this.#written % 97} |VM.start R:5f3a1c0d8e21|xenops] line ${this.#written} of the bench, ${'x'.repeat(70)}\n`
      }
      appendFileSync(path, text)
      await sleep(20)
    }
  }
}

interface Seen {
  readonly frames: number
  /** Longest time between two frames, milliseconds. */
  readonly gap: number
  /** Longest task by the page's own clock, milliseconds; 0 where none took 50. */
  readonly task: number
}

/** The Logs view of the built console in a real Chromium, following a log that grows by 20,000 lines a second. */
export async function benchFollowing(): Promise<BenchResult[]> {
  try {
    accessSync('/var/log', constants.W_OK)
  } catch {
    return [{ figure: 'window following 20,000 rows/s: /var/log cannot be written', value: null, unit: '' }]
  }
  writeFileSync(path, '')
  const environment = [`XCP_DIAG_CONFIG=${join(tmpdir(), name)}`, 'SSH_AUTH_SOCK=']
  const program = [process.execPath, 'out/node/web.js', '--no-open', '--port', '0']
  const shell = await startUntil('env', [...environment, ...program], /Console: (\S+)/)
  const browser = await launchBrowser()
  let writer: Writer | null = null
  try {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, colorScheme: 'dark' })
    await page.goto(shell.match[1] ?? '')
    await page.getByRole('heading', { level: 1 }).waitFor()
    await page.keyboard.press('3')
    await page.getByRole('checkbox', { name: `${name}.log` }).waitFor()
    writer = new Writer()
    await sleep(warmUp * 1_000)
    const { figures, behind } = await measure(page, writer, (work) => traceMainThread(browser, page, work))
    return [
      ...figures,
      { figure: 'age of the newest row on screen, by rows written', value: behind, unit: 'rows' },
    ]
  } finally {
    writer?.end()
    await writer?.done
    await browser.close()
    await stop(shell.child)
    rmSync(path, { force: true })
    rmSync(join(tmpdir(), name), { recursive: true, force: true })
  }
}

type Trace = (
  work: () => Promise<Seen>,
) => Promise<{ readonly result: Seen; readonly total: number; readonly longest: number }>

async function measure(
  page: Page,
  writer: Writer,
  trace: Trace,
): Promise<{ figures: BenchResult[]; behind: number }> {
  const before = { shown: await newestShown(page), written: writer.written }
  const begun = performance.now()
  const { result, total, longest } = await trace(() => page.evaluate(watchFrames, seconds * 1_000))
  const spent = (performance.now() - begun) / 1_000
  const after = { shown: await newestShown(page), written: writer.written }
  const frames = result.frames / seconds
  const what = 'window following 20,000 rows/s'
  return {
    behind: after.written - after.shown,
    figures: [
      {
        figure: `${what}: rows that came to the screen`,
        value: Math.round((after.shown - before.shown) / spent),
        unit: 'a second',
      },
      { figure: `${what}: longest task, CPU`, value: longest, unit: 'ms', aim: '≤ 25', met: longest <= 25 },
      { figure: `${what}: longest task by the clock, 0 below 50`, value: result.task, unit: 'ms' },
      { figure: `${what}: frames`, value: frames, unit: 'a second', aim: '60', met: frames >= 59.5 },
      { figure: `${what}: longest time between two frames`, value: result.gap, unit: 'ms' },
      { figure: `${what}: work of the page's thread`, value: total / spent / 10, unit: '% of a core' },
      {
        figure: `${what}: load of this machine in the last minute`,
        value: loadavg()[0] ?? NaN,
        unit: 'tasks',
      },
    ],
  }
}

/** Number of the last line in the list; NaN where there is none. */
async function newestShown(page: Page): Promise<number> {
  const text = await page.locator('.log-row:not([hidden]) .text').allInnerTexts()
  return Math.max(...text.flatMap((one) => /line (\d+) of the bench/.exec(one)?.slice(1).map(Number) ?? []))
}

/** Runs in the page. */
function watchFrames(milliseconds: number): Promise<Seen> {
  return new Promise((resolve) => {
    let [frames, gap, task] = [0, 0, 0]
    const begun = performance.now()
    let before = begun
    const observer = new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) task = Math.max(task, duration)
    })
    observer.observe({ type: 'longtask' })
    const frame = (at: number): void => {
      frames++
      gap = Math.max(gap, at - before)
      before = at
      if (at - begun < milliseconds) requestAnimationFrame(frame)
      else {
        observer.disconnect()
        resolve({ frames: (frames * milliseconds) / (at - begun), gap, task })
      }
    }
    requestAnimationFrame(frame)
  })
}
