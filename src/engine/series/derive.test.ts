import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Reading, SumReading } from '../sink'
import { derive, increase } from './derive'

const value = (
  reading: Exclude<Reading, SumReading>,
  before: number[],
  after: number[],
  seconds = 1,
): number => derive(reading, Float64Array.from(before), Float64Array.from(after), 0, seconds)

describe('increase', () => {
  it('follows a 32-bit counter through its wrap', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 2 ** 32 - 1 }),
        fc.integer({ min: 0, max: 2 ** 31 - 1 }),
        (start, step) => {
          expect(increase(start, (start + step) % 2 ** 32, 32)).toBe(step)
        },
      ),
    )
  })

  it('takes a fall for a reset where a wrap is not plausible', () => {
    expect(increase(1_000_000, 5, 32)).toBeNaN()
    expect(increase(2 ** 40, 5, 32)).toBeNaN()
    expect(increase(1_000_000, 5, 64)).toBeNaN()
  })

  it('is missing where a reading is missing', () => {
    expect(increase(NaN, 5, 64)).toBeNaN()
    expect(increase(5, NaN, 32)).toBeNaN()
  })
})

describe('derive', () => {
  it('scales gauges', () => expect(value({ kind: 'gauge', scale: 1024 }, [NaN], [2])).toBe(2048))

  it('turns counters into rates by the time that really passed', () => {
    expect(value({ kind: 'counter', scale: 512 }, [10], [20], 2)).toBe(2560)
    expect(value({ kind: 'counter' }, [10], [20], 0)).toBeNaN()
    expect(value({ kind: 'counter' }, [10], [20], NaN)).toBeNaN()
  })

  it('divides increases for ratios', () => {
    expect(value({ kind: 'ratio', scale: 0.001 }, [100, 10], [300, 20])).toBeCloseTo(0.02)
    expect(value({ kind: 'ratio' }, [100, 10], [100, 10])).toBeNaN()
    expect(value({ kind: 'ratio', idle: 0 }, [100, 10], [100, 10])).toBe(0)
  })
})
