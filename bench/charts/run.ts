import { resolve } from 'node:path'
import type { CDPSession, Page } from '@playwright/test'
import { buildPage, launchBrowser, openPage } from './browser'
import type { PeerName } from './page/main'
import type { ScenarioName } from './page/scenario'

/** One measured figure; `aim` is the largest value that is good. */
export interface BenchResult {
  readonly name: string
  readonly value: number
  readonly unit: string
  readonly aim?: number
  /** What the figure was computed from. */
  readonly detail?: string
}

/** The largest ratio to uPlot that is good; null where it only shows. */
const aims: readonly (readonly [ScenarioName, number | null])[] = [
  ['12 x 6 x 3,600', 1.25],
  ['12 x 6 x 3,600, axes move', 1.25],
  ['50 x 2 x 900', null],
  ['1 x 10 x 100,000', 1],
  ['1 x 10 x 100,000, zoom', 1],
]
const blocks = 5
const updatesInBlock = 12
const heapUpdates = 3_600

interface Cost {
  /** Median of script milliseconds for one update of all charts. */
  readonly script: number
  /** Mean CPU milliseconds of the page's main thread for one update, painting included. */
  readonly thread: number
}

/** Charts of the console against uPlot: same data, same Chromium, in turns. Tells each result as it comes. */
export async function runChartsBench(
  tell: (result: BenchResult) => void = () => undefined,
): Promise<BenchResult[]> {
  const files = await buildPage(resolve(import.meta.dirname, 'page'))
  const browser = await launchBrowser()
  try {
    const page = await openPage(browser, files)
    const devtools = await page.context().newCDPSession(page)
    // CPU time of the thread: other work on the machine does not count.
    await devtools.send('Performance.enable', { timeDomain: 'threadTicks' })
    const results: BenchResult[] = []
    const add = (result: BenchResult): void => {
      results.push(result)
      tell(result)
    }
    for (const [name, aim] of aims) (await compare(page, devtools, name, aim)).forEach(add)
    ;(await longestTasks(page)).forEach(add)
    add(await heapSlope(page, devtools))
    return results
  } finally {
    await browser.close()
  }
}

async function compare(
  page: Page,
  devtools: CDPSession,
  scenario: ScenarioName,
  aim: number | null,
): Promise<BenchResult[]> {
  const costs: Record<PeerName, Cost[]> = { ours: [], uplot: [] }
  for (let block = 0; block < blocks; block++) {
    for (const peer of ['ours', 'uplot'] as const) {
      costs[peer].push(await measure(page, devtools, scenario, peer))
    }
  }
  const both = (pick: (cost: Cost) => number) => ({
    ours: median(costs.ours.map(pick)),
    uplot: median(costs.uplot.map(pick)),
  })
  const result = (what: string, { ours, uplot }: { ours: number; uplot: number }): BenchResult => ({
    name: `${scenario}: ${what}, ratio to uPlot`,
    value: ours / uplot,
    unit: '',
    ...(aim === null ? {} : { aim }),
    detail: `${ours.toFixed(1)} ms, uPlot ${uplot.toFixed(1)} ms`,
  })
  return [
    result(
      'script of an update',
      both((cost) => cost.script),
    ),
    result(
      'main thread of an update',
      both((cost) => cost.thread),
    ),
  ]
}

async function measure(
  page: Page,
  devtools: CDPSession,
  scenario: ScenarioName,
  peer: PeerName,
): Promise<Cost> {
  await page.evaluate(([name, which]) => window.chartsBench.mount(name, which), [scenario, peer] as const)
  const run = (count: number): Promise<number[]> =>
    page.evaluate(([which, updates]) => window.chartsBench.updates(which, updates), [peer, count] as const)
  await run(8)
  const before = await threadTime(devtools)
  const times = await run(updatesInBlock)
  return { script: median(times), thread: ((await threadTime(devtools)) - before) / updatesInBlock }
}

/** CPU milliseconds of all tasks of the main thread. */
async function threadTime(devtools: CDPSession): Promise<number> {
  const { metrics } = await devtools.send('Performance.getMetrics')
  return (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? NaN) * 1_000
}

async function longestTasks(page: Page): Promise<BenchResult[]> {
  const results: BenchResult[] = []
  for (const scenario of ['12 x 6 x 3,600, axes move', '1 x 10 x 100,000'] as const) {
    await page.evaluate((name) => window.chartsBench.mount(name, 'ours'), scenario)
    await page.evaluate(() => window.chartsBench.updates('ours', 8))
    const { longestDraw, longTasks } = await page.evaluate(() => window.chartsBench.paced(20, 500))
    results.push({
      name: `${scenario}: longest drawing by the scheduler`,
      value: longestDraw,
      unit: 'ms',
      aim: 50,
      detail: `${longTasks.length} tasks over 50 ms in 20 updates`,
    })
  }
  return results
}

/** Growth of the heap in 3,600 updates of twelve charts: an hour of them. */
async function heapSlope(page: Page, devtools: CDPSession): Promise<BenchResult> {
  await page.evaluate(() => window.chartsBench.mount('12 x 6 x 3,600', 'ours'))
  const samples: number[] = []
  const steps = 12
  for (let step = 0; step <= steps; step++) {
    await page.evaluate((count) => window.chartsBench.updates('ours', count, 10), heapUpdates / steps)
    await devtools.send('HeapProfiler.collectGarbage')
    const { usedSize } = await devtools.send('Runtime.getHeapUsage')
    samples.push(usedSize)
  }
  return {
    name: 'heap growth in 3,600 updates',
    value: (slope(samples) * steps) / 1_024,
    unit: 'KiB',
    aim: 256,
    detail: samples.map((bytes) => (bytes / 2 ** 20).toFixed(2)).join(' ') + ' MiB',
  }
}

/** Least squares, for each step. */
function slope(values: readonly number[]): number {
  const middle = (values.length - 1) / 2
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  let above = 0
  let below = 0
  for (const [index, value] of values.entries()) {
    above += (index - middle) * (value - mean)
    below += (index - middle) ** 2
  }
  return above / below
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[sorted.length >> 1] ?? NaN
}
