import fc from 'fast-check'
import { expect, it } from 'vitest'
import { fromLocal, toLocal } from './local-time'

it('reads what it wrote, to the second', () => {
  // Away from the hours that a change of the clocks repeats.
  const times = fc.date({ min: new Date(2000, 0, 5), max: new Date(2000, 1, 20), noInvalidDate: true })
  fc.assert(
    fc.property(times, (date) => {
      expect(fromLocal(toLocal(date.getTime()))).toBe(Math.floor(date.getTime() / 1_000) * 1_000)
    }),
  )
  expect([fromLocal(''), fromLocal('tomorrow')]).toEqual([null, null])
})
