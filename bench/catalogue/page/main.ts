import { createPinia } from 'pinia'
import { createApp } from 'vue'
import { fillWithTestData } from '../../../src/engine/series/testing/large-host'
import { MetricStore } from '../../../src/engine/series/metric-store'
import { SeriesWatch } from '../../../src/engine/series/watch'
import App from '../../../src/renderer/App.vue'
import { createLink, linkKey } from '../../../src/renderer/link/link'
import { TestEngine, hostNamed } from '../../../src/renderer/test-engine'
import '../../../src/renderer/ui/fonts.css'
import '../../../src/renderer/ui/tokens.css'
import '../../../src/renderer/ui/base.css'
import { createCarrierPair } from '../../../src/shared/rpc/memory-carrier'

/**
 * The whole console on the real store, rpc and wire, with a host of 500 instances and 20,000 metrics that is made up
 * (test data). Engine and window share one thread here, which is slower than apart.
 */
const now = Date.now()
const store = new MetricStore()
fillWithTestData(store, now)
const engine = new TestEngine()
const link = createLink(() => {
  const [near, far] = createCarrierPair()
  engine.serve(far)
  return Promise.resolve(near)
})
createApp(App).provide(linkKey, link).use(createPinia()).mount('#app')

const wait = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0))
async function until(check: () => boolean): Promise<void> {
  const deadline = performance.now() + 20_000
  while (!check() && performance.now() < deadline) await wait()
}
/** In a task of its own after the next frame was painted. */
const painted = (): Promise<void> =>
  new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 0)))
const rows = (): number => Number(document.querySelector('[role=tree]')?.getAttribute('data-rows') ?? 0)
const asked = (): number => engine.opened.filter((name) => name === 'catalogue.watch').length

async function ready(): Promise<void> {
  await until(() => engine.wanted('hosts.watch').length > 0)
  const host = hostNamed('large', { name: 'large (test data)', lastSampleAt: now, simulated: true })
  engine.push('hosts.watch', [host])
  await until(() => engine.wanted('host.details').length > 0)
}

/** Milliseconds from the switch to the Metrics view to its rows on screen. */
async function open(): Promise<number> {
  location.hash = '#/overview'
  await until(() => document.querySelector('[role=tree]') === null)
  await painted()
  const before = asked()
  const began = performance.now()
  location.hash = '#/metrics'
  await until(() => asked() > before)
  engine.push('catalogue.watch', store.catalogue())
  await until(() => rows() > 0)
  await painted()
  return performance.now() - began
}

/** Milliseconds from a typed search to its hits on screen. */
async function search(text: string): Promise<number> {
  const box = document.querySelector<HTMLInputElement>('input[type=search]')
  if (!box) throw new Error('There is no search box.')
  const before = rows()
  const began = performance.now()
  box.value = text
  box.dispatchEvent(new Event('input'))
  await until(() => rows() !== before)
  await painted()
  return performance.now() - began
}

/** Milliseconds from a jump to another place to the rows that are there on screen. */
async function scroll(share: number): Promise<number> {
  const box = document.querySelector('[role=tree]')
  if (!box) throw new Error('There is no tree.')
  const began = performance.now()
  box.scrollTop = share * box.scrollHeight
  await painted()
  await painted()
  return performance.now() - began
}

/** Newest values for the rows on screen. */
async function values(): Promise<void> {
  const ofRows = () =>
    engine.wanted('metrics.watch').filter(({ paths }) => paths[0]?.startsWith('/metrics/V'))
  await until(() => ofRows().length > 0)
  for (const params of ofRows()) {
    const update = new SeriesWatch(store, params.paths, params).update(now)
    if (update) engine.push('metrics.watch', update)
  }
  await until(() => /\d/.test(document.querySelector('.catalogue-row .value')?.textContent ?? ''))
  await painted()
}

const api = { ready, open, search, scroll, values, rows }
declare global {
  interface Window {
    catalogueBench: typeof api
  }
}
window.catalogueBench = api
