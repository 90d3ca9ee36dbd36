import { mkdirSync } from 'node:fs'
import { resolve } from 'node:path'
import { MetricStore } from '../../src/engine/series/metric-store'
import { fillWithTestData, testInstances, testMetrics } from '../../src/engine/series/testing/large-host'
import { catalogue, metricsOf } from '../../src/shared/model/metrics'
import * as v from 'valibot'
import { buildPage, launchBrowser, openPage } from '../charts/browser'
import { median } from '../support/median'
import type { BenchResult } from '../support/result'

const rounds = 9
/** Milliseconds. */
const aim = 200
const what = `${testInstances} instances, ${testMetrics.toLocaleString('en')} metrics (test data)`

/** The catalogue of a large host: on the wire, and from the switch of the view to rows on screen in Chromium. */
export async function run(): Promise<BenchResult[]> {
  return [...wire(), ...(await onScreen())]
}

function wire(): BenchResult[] {
  const store = new MetricStore()
  fillWithTestData(store)
  const times = Array.from({ length: rounds }, () => {
    const began = performance.now()
    const text = JSON.stringify(store.catalogue())
    v.parse(catalogue, JSON.parse(text))
    return performance.now() - began
  })
  const told = store.catalogue()
  const { length } = JSON.stringify(told)
  const whole = told.classes.map((one) => ({
    ...one,
    instances: one.instances.map((instance) => ({ ...instance, metrics: metricsOf(one, instance) })),
  }))
  const before = JSON.stringify(whole).length
  return [
    {
      figure: `${what}: on the wire`,
      value: length / 1024,
      unit: 'KiB',
      peer: `${(before / 1024).toFixed(0)} KiB with the descriptors told for each instance`,
    },
    { figure: `${what}: made, written, read and validated`, value: median(times), unit: 'ms' },
  ]
}

async function onScreen(): Promise<BenchResult[]> {
  const files = await buildPage(resolve('bench/catalogue/page'))
  const browser = await launchBrowser()
  try {
    const page = await openPage(browser, files)
    await page.evaluate(() => window.catalogueBench.ready())
    const first = await page.evaluate(() => window.catalogueBench.open())
    const again: number[] = []
    for (let round = 0; round < rounds; round++)
      again.push(await page.evaluate(() => window.catalogueBench.open()))
    mkdirSync('test-results/screenshots', { recursive: true })
    const all = await page.evaluate(() => window.catalogueBench.search('test'))
    const shown = await page.evaluate(() => window.catalogueBench.rows())
    const searches: number[] = []
    for (const text of ['cpu us', 'vm 0042', 'ltncy', 'vif thro', 'test data queue'])
      searches.push(await page.evaluate((words) => window.catalogueBench.search(words), text))
    await page.evaluate(() => window.catalogueBench.search('test'))
    const jumps: number[] = []
    for (const share of [0.2, 0.9, 0.5])
      jumps.push(await page.evaluate((to) => window.catalogueBench.scroll(to), share))
    await page.evaluate(() => window.catalogueBench.values())
    await page.screenshot({ path: 'test-results/screenshots/metrics-20000.png' })
    return [
      figure('first opening of the view', first),
      figure('opening of the view, until rows are painted', median(again), aim),
      figure(`search with ${shown.toLocaleString('en')} rows of hits`, all),
      figure('search by some letters', median(searches)),
      figure('jump to other rows, two frames', median(jumps)),
    ]
  } finally {
    await browser.close()
  }
}

const figure = (name: string, value: number, most?: number): BenchResult => ({
  figure: `${what}: ${name}`,
  value,
  unit: 'ms',
  ...(most === undefined ? {} : { aim: `at most ${most} ms`, met: value <= most }),
})
