import { setTimeout as sleep } from 'node:timers/promises'

const interval = 20

/** Waits until the condition holds; throws with `describe` when it does not within the deadline. */
export async function until(
  condition: () => boolean,
  describe: () => string = () => condition.toString(),
  deadline = 15_000,
): Promise<void> {
  const end = performance.now() + deadline
  while (!condition()) {
    if (performance.now() > end) throw new Error(`Not so within ${deadline / 1000} s: ${describe()}`)
    await sleep(interval)
  }
}
