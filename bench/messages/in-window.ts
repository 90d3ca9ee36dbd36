import { setTimeout as sleep } from 'node:timers/promises'
import { residentBytes } from '../support/process'
import type { BenchResult } from '../support/result'
import { truthOf, type ShownConsole } from './console'
import { longestOwnTime } from './own-time'
import type { SimulatedProcess } from './simulate-process'

/** What is taken every so many seconds. */
const step = 10

interface Sample {
  readonly at: number
  /** Resident bytes. */
  readonly engine: number
  readonly renderer: number
  /** Bytes of the page's JavaScript heap. */
  readonly heap: number
  /** Since the sample before: frames a second, the longest time between two, the longest task, milliseconds. */
  readonly frames: number
  readonly gap: number
  readonly task: number
  /** Age of the newest row in the list, milliseconds. */
  readonly behind: number
}

/** Keeps the Messages view open on a busy bus; sums are taken while the bus rests, before and after. */
export async function measureWindow(
  host: SimulatedProcess,
  shown: ShownConsole,
  seconds: number,
  name: string,
): Promise<BenchResult[]> {
  const { page, browser, engine } = shown
  const devtools = await page.context().newCDPSession(page)
  const whole = await browser.newBrowserCDPSession()
  const { processInfo } = await whole.send('SystemInfo.getProcessInfo')
  const renderers = processInfo.filter(({ type }) => type === 'renderer').map(({ id }) => id)
  await host.tell('rest')
  const before = await atRest(host, shown)
  await host.tell('go on')
  await page.evaluate(watchFrames)
  const samples: Sample[] = []
  const began = performance.now()
  while (performance.now() - began < seconds * 1_000) {
    await sleep(step * 1_000)
    const { usedSize } = await devtools.send('Runtime.getHeapUsage')
    const live = await page.evaluate(takeFrames)
    const sample: Sample = {
      at: Math.round((performance.now() - began) / 1_000),
      engine: residentBytes(engine),
      renderer: Math.max(...renderers.map(residentBytes)),
      heap: usedSize,
      ...live,
    }
    samples.push(sample)
    console.log(describe(sample))
  }
  const own = await longestOwnTime(browser, page, () => sleep(step * 1_000))
  await host.tell('rest')
  const after = await atRest(host, shown)
  const spent = (performance.now() - began) / 1_000
  const [events, accounted] = [after.events - before.events, after.accounted - before.accounted]
  const missed = after.missed - before.missed
  const later = samples.filter(({ at }) => at > seconds / 2)
  const growth = (pick: (sample: Sample) => number): number => grown(later.map(pick)) / 2 ** 20
  const most = (pick: (sample: Sample) => number): number => Math.max(...samples.map(pick))
  const mebibytes = (figure: string, pick: (sample: Sample) => number): BenchResult => ({
    figure: `${name}: ${figure}, most`,
    value: most(pick) / 2 ** 20,
    unit: 'MiB',
    peer: `in the second half it grows by ${growth(pick).toFixed(0)} MiB`,
  })
  return [
    { figure: `${name}: messages`, value: (after.messages - before.messages) / spent, unit: 'a second' },
    { figure: `${name}: events seen`, value: (1 - missed / events) * 100, unit: '%' },
    {
      figure: `${name}: events that were neither seen nor declared lost`,
      value: events - accounted,
      unit: '',
      peer: `of ${events.toLocaleString('en')}`,
      aim: '0',
      met: events === accounted,
    },
    mebibytes('engine, resident', ({ engine: bytes }) => bytes),
    mebibytes('window, resident', ({ renderer }) => renderer),
    mebibytes('window, heap', ({ heap }) => heap),
    {
      figure: `${name}: frames a second, the worst ${step} s`,
      value: Math.min(...samples.map(({ frames }) => frames)),
      unit: '',
    },
    { figure: `${name}: longest time between two frames`, value: most(({ gap }) => gap), unit: 'ms' },
    { figure: `${name}: longest task of the window`, value: most(({ task }) => task), unit: 'ms' },
    {
      figure: `${name}: longest task of the window in its own time, the last ${step} s`,
      value: own,
      unit: 'ms',
      aim: '≤ 50 ms',
      met: own <= 50,
    },
    {
      figure: `${name}: age of the newest row on the screen, most`,
      value: most(({ behind }) => behind),
      unit: 'ms',
    },
  ]
}

/** Sums once the console knows of everything that happened. */
async function atRest(
  { endpoints }: SimulatedProcess,
  { bus }: ShownConsole,
): Promise<{ events: number; messages: number; accounted: number; missed: number }> {
  let last = -1
  for (let still = 0; still < 3;) {
    await sleep(1_500)
    const { seen, missed } = bus()?.coverage ?? { seen: 0, missed: 0 }
    still = seen + missed === last ? still + 1 : 0
    last = seen + missed
  }
  const { nextEventId, messages } = await truthOf(endpoints)
  return { events: Number(nextEventId), messages, accounted: last, missed: bus()?.coverage.missed ?? NaN }
}

/** From the mean of the first third to that of the last. */
function grown(values: readonly number[]): number {
  const third = Math.max(1, Math.floor(values.length / 3))
  const mean = (some: readonly number[]): number => some.reduce((sum, one) => sum + one, 0) / some.length
  return mean(values.slice(-third)) - mean(values.slice(0, third))
}

const describe = ({ at, engine, renderer, heap, frames, gap, task, behind }: Sample): string =>
  `${at} s: engine ${mib(engine)}, window ${mib(renderer)}, heap ${mib(heap)}; ` +
  `${frames.toFixed(0)} frames/s, longest gap ${gap.toFixed(0)} ms, longest task ${task.toFixed(0)} ms, newest row ${behind.toFixed(0)} ms old`
const mib = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(0)} MiB`

/** What {@link watchFrames} leaves in the page. */
declare global {
  interface Window {
    benchFrames?: { count: number; gap: number; task: number; since: number; before: number }
  }
}

/** Runs in the page. */
function watchFrames(): void {
  const now = performance.now()
  const seen = { count: 0, gap: 0, task: 0, since: now, before: now }
  window.benchFrames = seen
  const frame = (at: number): void => {
    seen.count++
    seen.gap = Math.max(seen.gap, at - seen.before)
    seen.before = at
    requestAnimationFrame(frame)
  }
  requestAnimationFrame(frame)
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) seen.task = Math.max(seen.task, duration)
  }).observe({ type: 'longtask' })
}

/** Runs in the page: the figures since the last time, and how far the list is behind the clock. */
function takeFrames(): { frames: number; gap: number; task: number; behind: number } {
  const seen = window.benchFrames
  if (!seen) throw new Error('nobody watches')
  const now = performance.now()
  const frames = (seen.count * 1_000) / (now - seen.since)
  const { gap, task } = seen
  Object.assign(seen, { count: 0, gap: 0, task: 0, since: now })
  const texts = Array.from(document.querySelectorAll('.message-list .log-row:not([hidden]) > .time'))
  const newest = /(\d+):(\d+):(\d+)\.(\d+)/.exec(texts.at(-1)?.textContent ?? '')
  const [, hours, minutes, secs, millis] = newest?.map(Number) ?? []
  const clock = new Date()
  const today =
    ((clock.getHours() * 60 + clock.getMinutes()) * 60 + clock.getSeconds()) * 1_000 + clock.getMilliseconds()
  const row = (((hours ?? NaN) * 60 + (minutes ?? NaN)) * 60 + (secs ?? NaN)) * 1_000 + (millis ?? NaN)
  return { frames, gap, task, behind: today - row }
}
