import { resolve } from 'node:path'
import type { Browser, Page } from '@playwright/test'
import type { BenchResult } from '../support/result'
import { buildPage, launchBrowser, openPage } from './browser'
import { traceMainThread } from './trace'
import type { PeerName } from './page/main'
import type { ScenarioName } from './page/scenario'

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
const heapSteps = 12
/** KiB. */
const mostGrowth = 256
/** Milliseconds. */
const longestTask = 50

interface Cost {
  /** Median of script milliseconds for one update of all charts. */
  readonly script: number
  /** CPU milliseconds of the page's main thread for one update: script, layout, painting without a GPU. */
  readonly thread: number
}

/** Charts of the console against uPlot: same data, same Chromium, in turns. Without a GPU: painting counts. */
export async function run(): Promise<BenchResult[]> {
  const files = await buildPage(resolve('bench/charts/page'))
  const browser = await launchBrowser()
  try {
    const page = await openPage(browser, files)
    const results: BenchResult[] = []
    for (const [name, aim] of aims) results.push(...(await compare(browser, page, name, aim)))
    results.push(...(await longestTasks(browser, page)), await heapGrowth(page))
    return results
  } finally {
    await browser.close()
  }
}

async function compare(
  browser: Browser,
  page: Page,
  scenario: ScenarioName,
  aim: number | null,
): Promise<BenchResult[]> {
  const costs: Record<PeerName, Cost[]> = { ours: [], uplot: [] }
  for (let block = 0; block < blocks; block++) {
    for (const peer of ['ours', 'uplot'] as const) {
      costs[peer].push(await measure(browser, page, scenario, peer))
    }
  }
  const both = (pick: (cost: Cost) => number) => ({
    ours: median(costs.ours.map(pick)),
    uplot: median(costs.uplot.map(pick)),
  })
  const result = (what: string, { ours, uplot }: { ours: number; uplot: number }): BenchResult => ({
    figure: `${scenario}: ${what}`,
    value: ours / uplot,
    unit: 'ratio',
    peer: `${ours.toFixed(1)} ms, uPlot ${uplot.toFixed(1)} ms`,
    ...(aim === null ? {} : { aim: `at most ${aim}`, met: ours / uplot <= aim }),
  })
  return [
    result(
      'script',
      both((cost) => cost.script),
    ),
    result(
      'main thread',
      both((cost) => cost.thread),
    ),
  ]
}

async function measure(browser: Browser, page: Page, scenario: ScenarioName, peer: PeerName): Promise<Cost> {
  await page.evaluate(([name, which]) => window.chartsBench.mount(name, which), [scenario, peer] as const)
  const run = (count: number): Promise<number[]> =>
    page.evaluate(([which, updates]) => window.chartsBench.updates(which, updates), [peer, count] as const)
  await run(8)
  const { result, total } = await traceMainThread(browser, page, () => run(updatesInBlock))
  return { script: median(result), thread: total / updatesInBlock }
}

/** What the page's scheduler makes of the updates: CPU time, as other work on the machine stretches the clock's. */
async function longestTasks(browser: Browser, page: Page): Promise<BenchResult[]> {
  const results: BenchResult[] = []
  for (const scenario of ['12 x 6 x 3,600, axes move', '1 x 10 x 100,000'] as const) {
    await page.evaluate((name) => window.chartsBench.mount(name, 'ours'), scenario)
    await page.evaluate(() => window.chartsBench.updates('ours', 8))
    const { result, longest } = await traceMainThread(browser, page, () =>
      page.evaluate(() => window.chartsBench.paced(10, 700)),
    )
    results.push({
      figure: `${scenario}: longest task`,
      value: longest,
      unit: 'ms CPU',
      peer: `longest drawing ${result.longestDraw.toFixed(1)} ms by the clock`,
      aim: `under ${longestTask} ms`,
      met: longest < longestTask,
    })
  }
  return results
}

/** Growth of the heap in 3,600 updates of twelve charts, an hour of them, once it has settled. */
async function heapGrowth(page: Page): Promise<BenchResult> {
  const devtools = await page.context().newCDPSession(page)
  await page.evaluate(() => window.chartsBench.mount('12 x 6 x 3,600', 'ours'))
  await page.evaluate((count) => window.chartsBench.updates('ours', count, 10), heapUpdates / heapSteps)
  const samples: number[] = []
  for (let step = 0; step <= heapSteps; step++) {
    if (step > 0) {
      await page.evaluate((count) => window.chartsBench.updates('ours', count, 10), heapUpdates / heapSteps)
    }
    await devtools.send('HeapProfiler.collectGarbage')
    samples.push((await devtools.send('Runtime.getHeapUsage')).usedSize)
  }
  const growth = (slope(samples) * heapSteps) / 1_024
  return {
    figure: 'heap growth in 3,600 updates of 12 x 6 x 3,600',
    value: growth,
    unit: 'KiB',
    peer: `heap of the page ${((samples.at(-1) ?? NaN) / 2 ** 20).toFixed(1)} MiB`,
    aim: `at most ${mostGrowth} KiB`,
    met: growth <= mostGrowth,
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
