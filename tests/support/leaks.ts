import { readdirSync, readlinkSync } from 'node:fs'
import { until } from './poll'
import { processesWhere } from './process-table'

/** What a process holds, each thing as text that is equal only for the same thing. */
interface Footprint {
  readonly descriptors: readonly string[]
  readonly children: readonly string[]
  readonly resources: readonly string[]
  readonly listeners: readonly string[]
}

function descriptors(): string[] {
  return readdirSync('/proc/self/fd').flatMap((number) => {
    try {
      return [`descriptor ${number} -> ${readlinkSync(`/proc/self/fd/${number}`)}`]
    } catch {
      // The one that listed the directory.
      return []
    }
  })
}

const children = (): string[] =>
  processesWhere(({ parent }) => parent === process.pid).map(
    ({ pid, state, command }) => `child ${pid} (${state}) ${command}`,
  )

/** Timers, sockets, pipes, file requests under way ... that keep the event loop running, numbered by kind. */
const resources = (): string[] => numbered(process.getActiveResourcesInfo().map((kind) => `resource ${kind}`))

const listeners = (): string[] =>
  process.eventNames().flatMap((event) => {
    const name = `process listener for ${String(event)}`
    return numbered(Array.from({ length: process.listenerCount(event) }, () => name))
  })

function numbered(names: readonly string[]): string[] {
  const counts = new Map<string, number>()
  return names.map((name) => {
    const count = (counts.get(name) ?? 0) + 1
    counts.set(name, count)
    return `${name} #${count}`
  })
}

export function footprint(): Footprint {
  return {
    descriptors: descriptors(),
    children: children(),
    resources: resources(),
    listeners: listeners(),
  }
}

/** What is there now and was not before. */
export function leaksSince(before: Footprint): string[] {
  const now = footprint()
  const added = (kind: keyof Footprint): string[] => now[kind].filter((item) => !before[kind].includes(item))
  return [...added('descriptors'), ...added('children'), ...added('resources'), ...added('listeners')]
}

/**
 * Runs `work` once to warm up (Node opens some things on first use and keeps them), then `rounds` times, and
 * throws with the list of what is left. What closes a moment later is waited for. Only this process is looked
 * at: orphans that a child left are found with `running` of `process-table.ts`.
 */
export async function expectNoLeaks(
  work: () => Promise<void>,
  rounds = 24,
  deadline = 10_000,
): Promise<void> {
  await work()
  const before = await settledFootprint()
  for (let round = 0; round < rounds; round += 1) await work()
  await until(
    () => leaksSince(before).length === 0,
    () => `nothing left after ${rounds} rounds, but:\n${leaksSince(before).join('\n')}`,
    deadline,
  )
}

/** Unchanged for a while: what the warm-up closes late would hide leaks of the same kind. */
async function settledFootprint(): Promise<Footprint> {
  let last = footprint()
  let unchanged = 0
  await until(
    () => {
      const now = footprint()
      unchanged = JSON.stringify(now) === JSON.stringify(last) ? unchanged + 1 : 0
      last = now
      return unchanged === 15
    },
    () => 'the process settles after the warm-up',
  )
  return last
}
