import fc from 'fast-check'
import { expect, it } from 'vitest'
import { backoffDelay } from './backoff'

const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })

it('doubles from half a second to ten, spread over the upper half', () => {
  expect([0, 1, 2, 3, 4, 5].map((attempt) => backoffDelay(attempt, 0))).toEqual([
    250, 500, 1_000, 2_000, 4_000, 5_000,
  ])
  fc.assert(
    fc.property(fc.nat({ max: 10_000 }), random, (attempt, chance) => {
      const delay = backoffDelay(attempt, chance)
      expect(delay).toBeGreaterThanOrEqual(backoffDelay(attempt, 0))
      expect(delay).toBeLessThanOrEqual(2 * backoffDelay(attempt, 0))
      expect(delay).toBeLessThanOrEqual(10_000)
    }),
  )
})
