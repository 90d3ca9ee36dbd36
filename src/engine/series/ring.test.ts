import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SampleRing } from './ring'

describe('SampleRing', () => {
  it('reads what a plain list of the newest samples would give', () => {
    const sample = fc.record({
      step: fc.integer({ min: 1, max: 5 }),
      a: fc.float({ noNaN: false }),
      b: fc.float(),
    })
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 9 }),
        fc.array(sample, { maxLength: 40 }),
        fc.integer({ min: -2, max: 45 }),
        (capacity, samples, from) => {
          const ring = new SampleRing(capacity)
          const columns = [ring.addColumn(), ring.addColumn()]
          let time = 0
          const list = samples.map(({ step, a, b }, sequence) => {
            time += step
            ring.append(time, Float64Array.of(a, b))
            return { sequence, time, a, b }
          })
          const kept = list.slice(-capacity)
          const expected = kept.filter(({ sequence }) => sequence >= from)
          const slice = ring.read(columns, from)
          expect([...slice.times]).toEqual(expected.map((entry) => entry.time))
          expect([...slice.values]).toEqual([...expected.map(({ a }) => a), ...expected.map(({ b }) => b)])
          if (expected[0]) expect(slice.first).toBe(expected[0].sequence)
          const since = kept.find((entry) => entry.time >= from)?.sequence ?? list.length
          expect(ring.firstSince(from)).toBe(since)
        },
      ),
    )
  })

  it('gives a column that joins late nothing for the time before', () => {
    const ring = new SampleRing(4)
    const early = ring.addColumn()
    ring.append(1, Float64Array.of(7))
    const late = ring.addColumn()
    ring.append(2, Float64Array.of(8, 9))
    expect([...ring.read([early, late], 0).values]).toEqual([7, 8, NaN, 9])
  })
})
