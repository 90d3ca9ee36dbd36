import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Watch } from './watch'

// Only the timers: a suspended machine cannot be had in a test, so time is told separately from them.
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
})
afterEach(() => {
  vi.useRealTimers()
})

let time = 0
let ticks = 0
let expired = 0

function start(): Watch {
  ticks = 0
  expired = 0
  const watch = new Watch({
    policy: { interval: 1_000, missed: 3 },
    onTick: () => ticks++,
    onExpired: () => expired++,
    now: () => time,
  })
  watch.start()
  return watch
}

function pass(milliseconds: number): void {
  time += milliseconds
  vi.advanceTimersByTime(1_000)
}

test('expires once, after so many ticks in a row without an answer', () => {
  const watch = start()
  pass(1_000)
  pass(1_000)
  watch.answered()
  pass(1_000)
  pass(1_000)
  expect(expired).toBe(0)
  expect(ticks).toBe(5)
  for (let tick = 0; tick < 5; tick++) pass(1_000)
  expect(expired).toBe(1)
  expect(ticks).toBe(5)
})

test('a tick that comes late, as after a suspension, counts for nothing and forgives what was missed', () => {
  start()
  pass(1_000)
  pass(1_000)
  pass(3_600_000)
  expect(expired).toBe(0)
  pass(1_000)
  pass(1_000)
  expect(expired).toBe(0)
  pass(1_000)
  expect(expired).toBe(1)
})

test('a stopped watch says nothing', () => {
  start().stop()
  for (let tick = 0; tick < 5; tick++) pass(1_000)
  expect([ticks, expired]).toEqual([1, 0])
})
