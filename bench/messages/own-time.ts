import type { Browser, Page } from '@playwright/test'
import * as v from 'valibot'

const event = v.object({
  name: v.string(),
  ph: v.string(),
  pid: v.number(),
  tid: v.number(),
  /** Microseconds of the processor that the thread had meanwhile. */
  tdur: v.optional(v.number()),
  args: v.optional(v.looseObject({ name: v.optional(v.unknown()) })),
})
const trace = v.object({ traceEvents: v.array(event) })

/**
 * The longest task of the window's main thread in its own time, milliseconds: what a task takes on the clock also
 * holds the time in which other programs had the processor.
 */
export async function longestOwnTime(
  browser: Browser,
  page: Page,
  wait: () => Promise<void>,
): Promise<number> {
  await browser.startTracing(page, { categories: ['toplevel', 'disabled-by-default-devtools.timeline'] })
  await wait()
  const { traceEvents } = v.parse(trace, JSON.parse((await browser.stopTracing()).toString()))
  const thread = ({ pid, tid }: { pid: number; tid: number }): string => `${pid} ${tid}`
  const mains = new Set(
    traceEvents
      .filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain')
      .map(thread),
  )
  const tasks = traceEvents.filter((each) => each.name.includes('RunTask') && mains.has(thread(each)))
  return Math.max(...tasks.map(({ tdur }) => tdur ?? 0)) / 1_000
}
