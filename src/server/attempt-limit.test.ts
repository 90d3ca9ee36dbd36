import { expect, test } from 'vitest'
import { AttemptLimit } from './attempt-limit'

test('lets a burst of failures through, then one in each refill', () => {
  let time = 0
  const limit = new AttemptLimit({ burst: 3, refill: 1_000, now: () => time })
  for (let failure = 0; failure < 3; failure++) {
    expect(limit.wait()).toBe(0)
    limit.failed()
  }
  expect(limit.wait()).toBe(1_000)
  time += 400
  expect(limit.wait()).toBe(600)
  time += 600
  expect(limit.wait()).toBe(0)
  limit.failed()
  expect(limit.wait()).toBe(1_000)
  // Never more than the burst, however long nothing happened.
  time += 1_000_000
  for (let failure = 0; failure < 3; failure++) limit.failed()
  expect(limit.wait()).toBe(1_000)
})
