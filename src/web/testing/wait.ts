import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

/** Polls until the condition gives a value that is not undefined, null or false. */
export async function waitFor<T>(
  what: string,
  condition: () => T | Promise<T>,
  deadline = 20_000,
): Promise<NonNullable<Exclude<T, false>>> {
  const until = performance.now() + deadline
  for (;;) {
    const value = await condition()
    // The two comparisons leave what the return type says; TypeScript cannot see it for a T.
    if (isThere(value)) return value
    if (performance.now() > until) throw new Error(`waited ${deadline} ms for ${what}`)
    await sleep(20)
  }
}

function isThere<T>(value: T): value is T & NonNullable<Exclude<T, false>> {
  return value !== undefined && value !== null && value !== false
}

/** Whether a process exists; one that has ended and only waits for its parent to notice does not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
  } catch {
    return false
  }
  if (process.platform !== 'linux') return true
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'latin1'))
  } catch {
    return false
  }
}
