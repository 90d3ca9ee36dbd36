import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatAge, formatClock, formatDateTime, formatDuration, formatZone, timeTicks } from './time-text'

const plain = (text: string): string => text.replaceAll('\u00a0', ' ')
const at = Date.UTC(2026, 1, 3, 14, 5, 9)

describe('durations and ages', () => {
  it.each<[number | null, string, string]>([
    [0, '0 ms', 'now'],
    [640, '640 ms', 'now'],
    [12_000, '12 s', '12 s'],
    [192_000, '3 m 12 s', '3 m'],
    [3_600_000, '1 h', '1 h'],
    [2 * 86_400_000 + 5 * 3_600_000, '2 d 5 h', '2 d'],
    [-5_000, '−5 s', 'now'],
    [null, '–', '–'],
    [Number.NaN, '–', '–'],
  ])('%s ms', (milliseconds, duration, age) => {
    expect(plain(formatDuration(milliseconds))).toBe(duration)
    expect(plain(formatAge(milliseconds))).toBe(age)
  })

  it('never tell more than there was, and lose less than the smaller part', () => {
    const size: Record<string, number> = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1_000, ms: 1 }
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e12 }), (milliseconds) => {
        const told = [...plain(formatDuration(milliseconds)).matchAll(/(\d+) (ms|[dhms])/g)]
        const sum = told.reduce((total, [, count, unit]) => total + Number(count) * size[unit!]!, 0)
        expect(sum).toBeLessThanOrEqual(milliseconds)
        expect(milliseconds - sum).toBeLessThan(Math.max(1_000, sum / 10))
      }),
    )
  })
})

describe('times', () => {
  it('are told in a named zone', () => {
    expect(formatClock(at, 'UTC')).toBe('14:05:09')
    expect(formatDateTime(at, 'Asia/Kolkata')).toBe('2026-02-03 19:35:09')
    expect(formatDateTime(Date.UTC(2026, 0, 1), 'UTC')).toBe('2026-01-01 00:00:00')
  })

  it('name the offset that holds at that time', () => {
    expect(formatZone(at, 'UTC')).toBe('UTC')
    expect(formatZone(at, 'Europe/Berlin')).toBe('UTC+01:00')
    expect(formatZone(Date.UTC(2026, 6, 1), 'Europe/Berlin')).toBe('UTC+02:00')
    expect(formatZone(at, 'America/St_Johns')).toBe('UTC-03:30')
  })
})

describe('timeTicks', () => {
  it('stand at round times of the zone', () => {
    const texts = timeTicks(at, at + 5 * 60_000, 6, 'UTC').map((tick) => tick.text)
    expect(texts).toEqual(['14:06', '14:07', '14:08', '14:09', '14:10'])
    expect(timeTicks(at, at + 6 * 3_600_000, 4, 'Asia/Kolkata').map((tick) => tick.text)).toEqual([
      '20:00',
      '22:00',
      '00:00',
    ])
  })

  it('stay inside the range, and are never more than asked for', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1e12, max: 2e12 }),
        fc.integer({ min: 1, max: 1e10 }),
        fc.integer({ min: 1, max: 20 }),
        (from, length, count) => {
          const ticks = timeTicks(from, from + length, count, 'UTC')
          expect(ticks.length).toBeLessThanOrEqual(count + 1)
          for (const { value } of ticks) {
            expect(value).toBeGreaterThanOrEqual(from)
            expect(value).toBeLessThanOrEqual(from + length)
          }
        },
      ),
    )
  })
})
