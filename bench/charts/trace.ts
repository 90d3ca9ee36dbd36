import type { Browser, Page } from '@playwright/test'

interface TraceEvent {
  readonly name: string
  readonly ph: string
  readonly pid: number
  readonly tid: number
  /** CPU microseconds of the thread inside the event. */
  readonly tdur?: number
  readonly args?: { readonly name?: string }
}

export interface Traced<T> {
  readonly result: T
  /** CPU milliseconds of all tasks of the page's main thread, and of the longest of them. */
  readonly total: number
  readonly longest: number
}

/**
 * CPU time of the page's main thread while `work` runs, from Chromium's own trace: unlike the script's clock
 * it holds what painting costs, and unlike a wall clock not what else the machine does.
 */
export async function traceMainThread<T>(
  browser: Browser,
  page: Page,
  work: () => Promise<T>,
): Promise<Traced<T>> {
  await browser.startTracing(page, { categories: ['disabled-by-default-devtools.timeline'] })
  const result = await work()
  const events = eventsOf((await browser.stopTracing()).toString())
  const mainThreads = new Set(
    events
      .filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain')
      .map(({ pid, tid }) => `${pid}:${tid}`),
  )
  const tasks = events
    .filter(({ name, ph, pid, tid }) => name === 'RunTask' && ph === 'X' && mainThreads.has(`${pid}:${tid}`))
    .map(({ tdur }) => (tdur ?? 0) / 1_000)
  if (tasks.length === 0) throw new Error('The trace holds no task of the page: its format changed.')
  return { result, total: tasks.reduce((sum, task) => sum + task, 0), longest: Math.max(...tasks) }
}

function eventsOf(json: string): readonly TraceEvent[] {
  const trace: unknown = JSON.parse(json)
  if (typeof trace !== 'object' || trace === null || !('traceEvents' in trace)) return []
  return Array.isArray(trace.traceEvents) ? trace.traceEvents.filter(isTraceEvent) : []
}

function isTraceEvent(value: unknown): value is TraceEvent {
  return typeof value === 'object' && value !== null && 'name' in value && 'ph' in value && 'pid' in value
}
