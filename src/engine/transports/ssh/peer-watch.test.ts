import { PassThrough } from 'node:stream'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { PeerWatch } from './peer-watch'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** Watches a stream and notes when the peer was taken for dead. */
function watched(
  interval: number,
  count: number,
): { stream: PassThrough; deadAt: () => number | null; watch: PeerWatch } {
  const stream = new PassThrough()
  const begin = performance.now()
  let deadAt: number | null = null
  const watch = new PeerWatch(stream, { interval, count }, () => (deadAt = performance.now() - begin))
  return { stream, watch, deadAt: () => deadAt }
}

it.each([
  [1_000, 3],
  [5_000, 3],
  [300, 1],
  [15_000, 0],
])('sees a dead peer within %i ms x (%i + 1), and half a second', async (interval, count) => {
  const { stream, deadAt } = watched(interval, count)
  const budget = interval * (count + 1)
  const lastSign = Math.round(interval * 0.7)
  await vi.advanceTimersByTimeAsync(lastSign)
  stream.write('x')
  await vi.advanceTimersByTimeAsync(budget - 1)
  expect(deadAt()).toBeNull()
  await vi.advanceTimersByTimeAsync(500)
  expect(deadAt()).toBeGreaterThanOrEqual(lastSign + budget)
  expect(deadAt()).toBeLessThanOrEqual(lastSign + budget + 500)
})

it('takes any byte for a sign of life', async () => {
  const { stream, deadAt, watch } = watched(1_000, 1)
  for (let round = 0; round < 20; round += 1) {
    await vi.advanceTimersByTimeAsync(1_900)
    stream.write('x')
  }
  expect(deadAt()).toBeNull()
  watch.stop()
  await vi.advanceTimersByTimeAsync(60_000)
  expect(deadAt()).toBeNull()
  expect(vi.getTimerCount()).toBe(0)
  expect(stream.listenerCount('data')).toBe(0)
})

it('does not count the time in which this process was stopped', async () => {
  const stream = new PassThrough()
  let stopped = 0
  let dead = false
  const watch = new PeerWatch(
    stream,
    { interval: 1_000, count: 3 },
    () => (dead = true),
    () => performance.now() + stopped,
  )
  await vi.advanceTimersByTimeAsync(1_000)
  stopped += 3_600_000
  await vi.advanceTimersByTimeAsync(2_000)
  expect(dead).toBe(false)
  await vi.advanceTimersByTimeAsync(1_500)
  expect(dead).toBe(true)
  watch.stop()
})
