import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { lastTop, thumbOf, topOfThumb } from './scroll-geometry'

const extent = { first: -1_000, end: 999_000, top: -1_000, page: 40 }

describe('a scrollbar over positions', () => {
  it('has no thumb where everything fits', () => {
    expect(thumbOf({ first: 0, end: 40, top: 0, page: 40 }, 400)).toBeNull()
  })
  it('reaches both ends of a million rows with a thumb that can be grasped', () => {
    expect(thumbOf(extent, 400)).toEqual({ start: 0, length: 24 })
    expect(thumbOf({ ...extent, top: lastTop(extent) }, 400)).toEqual({ start: 376, length: 24 })
    expect(topOfThumb(extent, 400, 0)).toBe(-1_000)
    expect(topOfThumb(extent, 400, 1e6)).toBe(998_960)
  })
  it('leads back to the top that it shows', () => {
    const whole = fc.integer({ min: -1e6, max: 1e6 })
    fc.assert(
      fc.property(
        whole,
        fc.integer({ min: 100, max: 1e6 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (first, rows, at) => {
          const bounds = { first, end: first + rows, top: first, page: 37.5 }
          const top = first + at * (lastTop(bounds) - first)
          const start = thumbOf({ ...bounds, top }, 500)?.start ?? NaN
          expect(topOfThumb(bounds, 500, start)).toBeCloseTo(top, 3)
        },
      ),
    )
  })
})
