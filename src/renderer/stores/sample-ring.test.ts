import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SampleRing } from './sample-ring'

const step = fc.oneof(
  { weight: 10, arbitrary: fc.record({ append: fc.integer({ min: 1, max: 3_000 }) }) },
  { weight: 2, arbitrary: fc.record({ keep: fc.integer({ min: 0, max: 40_000 }) }) },
)

describe('SampleRing', () => {
  it('holds what a plain list would, whatever its size', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), fc.array(step, { maxLength: 400 }), (size, steps) => {
        const ring = new SampleRing(size)
        let list: { time: number; value: number }[] = []
        let time = 1_000_000
        for (const [index, action] of steps.entries()) {
          if ('append' in action) {
            time += action.append
            list.push({ time, value: index })
            ring.append(time, index)
          } else {
            const oldest = time - action.keep
            const inside = list.findIndex((sample) => sample.time > oldest)
            list = list.slice(Math.max(0, (inside === -1 ? list.length : inside) - 1))
            ring.dropBefore(oldest)
          }
        }
        expect([...ring.times]).toEqual(list.map((sample) => sample.time))
        expect([...ring.values]).toEqual(list.map((sample) => sample.value))
        expect(ring.newest).toBe(list.at(-1)?.time ?? null)
        expect(ring.oldest).toBe(list[0]?.time ?? null)
        expect(ring.latest).toBe(list.at(-1)?.value ?? null)
      }),
      { numRuns: 500 },
    )
  })

  it('allocates nothing once it has its size', () => {
    const ring = new SampleRing(100)
    const buffers = new Set<unknown>()
    for (let time = 0; time < 10_000; time++) {
      ring.append(time, time)
      ring.dropBefore(time - 99)
      buffers.add(ring.times.buffer)
    }
    expect(buffers.size).toBe(1)
    expect(ring.length).toBe(100)
  })
})
