import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { timeTicks, valueScale } from './ticks'

const zoneBefore = process.env['TZ']
afterEach(() => {
  if (zoneBefore === undefined) delete process.env['TZ']
  else process.env['TZ'] = zoneBefore
})

function inZone<T>(zone: string, work: () => T): T {
  process.env['TZ'] = zone
  return work()
}
const labels = (zone: string, from: string, to: string, count: number) =>
  inZone(zone, () => timeTicks(Date.parse(from), Date.parse(to), count).map((tick) => tick.text))

const zones = [
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'Asia/Kolkata',
  'Asia/Kathmandu',
  'Australia/Lord_Howe',
]

describe('timeTicks', () => {
  it('stands at round seconds, minutes and hours', () => {
    expect(labels('UTC', '2026-03-04T10:00:03Z', '2026-03-04T10:00:33Z', 6)).toEqual([
      '10:00:05',
      '10:00:10',
      '10:00:15',
      '10:00:20',
      '10:00:25',
      '10:00:30',
    ])
    expect(labels('UTC', '2026-03-04T10:01:00Z', '2026-03-04T11:01:00Z', 4)).toEqual([
      '10:15',
      '10:30',
      '10:45',
      '11:00',
    ])
    expect(labels('UTC', '2026-03-04T22:30:00Z', '2026-03-05T04:30:00Z', 6)).toEqual([
      '23:00',
      '5 Mar',
      '01:00',
      '02:00',
      '03:00',
      '04:00',
    ])
  })

  it('follows the local clock where the zone is not whole hours off', () => {
    expect(labels('Asia/Kathmandu', '2026-03-04T10:00:00Z', '2026-03-04T14:00:00Z', 4)).toEqual([
      '16:00',
      '17:00',
      '18:00',
      '19:00',
    ])
  })

  it('keeps to round hours across the change of clocks', () => {
    // Berlin leaves out 02:00 to 03:00 on 29 March 2026 and repeats it on 25 October 2026.
    expect(labels('Europe/Berlin', '2026-03-28T20:00:00Z', '2026-03-29T12:00:00Z', 6)).toEqual([
      '21:00',
      '29 Mar',
      '03:00',
      '06:00',
      '09:00',
      '12:00',
    ])
    expect(labels('Europe/Berlin', '2026-10-24T20:00:00Z', '2026-10-25T12:00:00Z', 6)).toEqual([
      '25 Oct',
      '03:00',
      '06:00',
      '09:00',
      '12:00',
    ])
  })

  it('marks local midnights for days', () => {
    expect(labels('America/New_York', '2026-03-05T12:00:00Z', '2026-03-10T12:00:00Z', 5)).toEqual([
      '6 Mar',
      '7 Mar',
      '8 Mar',
      '9 Mar',
      '10 Mar',
    ])
    const weeks = inZone('Europe/Berlin', () =>
      timeTicks(Date.parse('2026-01-01T00:00:00Z'), Date.parse('2026-03-01T00:00:00Z'), 10).map((tick) =>
        new Date(tick.value).getDay(),
      ),
    )
    expect(new Set(weeks)).toEqual(new Set([1]))
    expect(weeks.length).toBeGreaterThan(6)
  })

  it('gives at most the asked number, inside the range, ascending, none twice', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...zones),
        fc.integer({ min: 0, max: 4_000_000_000_000 }),
        fc.integer({ min: 1, max: 400 * 86_400_000 }),
        fc.integer({ min: 1, max: 20 }),
        (zone, from, span, count) => {
          const ticks = inZone(zone, () => timeTicks(from, from + span, count))
          // Both ends may fall on a tick, and an autumn day has an hour more.
          expect(ticks.length).toBeLessThanOrEqual(count + 2)
          for (const [i, tick] of ticks.entries()) {
            expect(tick.value).toBeGreaterThanOrEqual(from)
            expect(tick.value).toBeLessThanOrEqual(from + span)
            if (i > 0) expect(tick.value).toBeGreaterThan(ticks[i - 1]!.value)
            expect(tick.text).not.toContain('NaN')
          }
        },
      ),
    )
  })

  it('gives none for a range that is none', () => {
    for (const [from, to] of [
      [5, 5],
      [5, 1],
      [NaN, 5],
      [0, Infinity],
      [-1e300, 1e300],
    ] as const) {
      expect(timeTicks(from, to, 5)).toEqual([])
    }
  })
})

const texts = (...args: Parameters<typeof valueScale>) =>
  valueScale(...args).ticks.map((tick) => tick.text.replace('\u00a0', ' '))

describe('valueScale', () => {
  it('steps bytes in powers of two and ratios in percent', () => {
    expect(texts(0, 7.2 * 2 ** 30, 'bytes', 4)).toEqual(['0', '2 GiB', '4 GiB', '6 GiB'])
    expect(texts(0, 0.4, 'ratio', 5)).toEqual(['0', '10 %', '20 %', '30 %', '40 %'])
    expect(texts(0, 0.0023, 'seconds', 3)).toEqual(['0', '1 ms', '2 ms'])
  })

  it('ends a part of a step above the highest value, and stays there while the value changes little', () => {
    expect(valueScale(0, 97, 'count', 4).max).toBe(112.5)
    expect(valueScale(0, 105, 'count', 4).max).toBe(112.5)
    expect(valueScale(0, 60, 'count', 4).ticks.map((tick) => tick.value)).toEqual([0, 20, 40, 60])
  })

  it('makes the steps smaller where there would be two labels only', () => {
    expect(texts(0, 8, 'count', 3)).toEqual(['0', '2', '4', '6', '8'])
    expect(texts(0, 390, 'bytes/s', 3)).toEqual(['0', '128 B/s', '256 B/s', '384 B/s'])
  })

  it('ends exactly at a fixed top', () => {
    const scale = valueScale(0.2, 3, 'ratio', 4, 1)
    expect([scale.min, scale.max]).toEqual([0, 1])
    expect(scale.ticks.map((tick) => tick.value)).toEqual([0, 0.5, 1])
    const odd = valueScale(0, 3, 'bytes', 4, 10 * 2 ** 30)
    expect(odd.max).toBe(10 * 2 ** 30)
    expect(odd.ticks.at(-1)?.value).toBe(8 * 2 ** 30)
  })

  it('goes below zero only where values do', () => {
    expect(valueScale(5, 9, 'celsius', 4).min).toBe(0)
    expect(valueScale(-5, 9, 'celsius', 4).min).toBeLessThanOrEqual(-5)
    const cold = valueScale(-8, -2, 'celsius', 4)
    expect([cold.min, cold.max]).toEqual([-8, 0])
  })

  it('shows a readable empty axis without values', () => {
    expect(texts(NaN, NaN, 'bytes/s', 3)).toEqual(['0', '0.5 KiB/s', '1.0 KiB/s'])
    expect(texts(NaN, NaN, 'ratio', 3)).toEqual(['0', '0.5 %', '1.0 %'])
  })

  it('contains all values, with a sane number of ticks', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('ratio', 'bytes', 'bytes/s', 'seconds', 'count', 'celsius'),
        fc.float({ noNaN: true, noDefaultInfinity: true }),
        fc.float({ min: 0, noNaN: true, noDefaultInfinity: true }),
        fc.integer({ min: 1, max: 8 }),
        (units, low, span, count) => {
          const scale = valueScale(low, low + span, units, count)
          const blur = (scale.max - scale.min) * 1e-6 + 1e-9
          expect(scale.min).toBeLessThanOrEqual(Math.min(0, low) + blur)
          expect(scale.max).toBeGreaterThanOrEqual(low + span - blur)
          expect(scale.max).toBeGreaterThan(scale.min)
          expect(scale.ticks.length).toBeGreaterThanOrEqual(2)
          expect(scale.ticks.length).toBeLessThanOrEqual(Math.max(3, count) + 4)
        },
      ),
    )
  })
})
