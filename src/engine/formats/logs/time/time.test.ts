import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { civilDay, day, isDate } from './civil'
import type { TimeContext } from './resolver'
import { epochMilliseconds, TimeResolver } from './resolver'

const utc: TimeContext = { now: Date.UTC(2026, 10, 22, 12), hostUtcOffsetMinutes: 0 }

/** Times of stamps that follow each other in one file, as ISO texts. */
function timesOf(stamps: readonly string[], context: TimeContext = utc): string[] {
  const times = new TimeResolver(context)
  return stamps.map((stamp) => {
    const bytes = Buffer.from(`${stamp} host`)
    if (times.stamp(bytes, 0, bytes.length) === 0) return 'none'
    return new Date(times.time).toISOString().replace('.000Z', 'Z')
  })
}

describe('the calendar', () => {
  it("agrees with the runtime's", () => {
    fc.assert(
      fc.property(fc.date({ min: new Date(-62e12), max: new Date(2e14), noInvalidDate: true }), (date) => {
        const [year, month, dayOfMonth] = [date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()]
        expect(civilDay(year, month, dayOfMonth)).toBe(Math.floor(date.getTime() / day) * day)
        expect(isDate(year, month, dayOfMonth)).toBe(true)
      }),
    )
  })

  it('knows leap years', () => {
    expect([2024, 2025, 2000, 1900].map((year) => isDate(year, 1, 29))).toEqual([true, false, true, false])
  })
})

describe('years that lines lack', () => {
  it('are those of the past, or a day ahead', () => {
    expect(timesOf(['Nov 22 11:00:00'])).toEqual(['2026-11-22T11:00:00Z'])
    expect(timesOf(['Nov 23 11:59:59'])).toEqual(['2026-11-23T11:59:59Z'])
    expect(timesOf(['Nov 23 12:00:01'])).toEqual(['2025-11-23T12:00:01Z'])
    expect(timesOf(['Dec 24 12:00:00'])).toEqual(['2025-12-24T12:00:00Z'])
  })

  it('are the next where a file goes over New Year', () => {
    const context = { ...utc, now: Date.UTC(2026, 0, 5) }
    expect(
      timesOf(['Dec 30 23:00:00', 'Dec 31 23:59:59', 'Jan  1 00:00:00', 'Jan 1 00:00:01'], context),
    ).toEqual([
      '2025-12-30T23:00:00Z',
      '2025-12-31T23:59:59Z',
      '2026-01-01T00:00:00Z',
      '2026-01-01T00:00:01Z',
    ])
  })

  it('are the next while a file is followed over New Year', () => {
    let now = Date.UTC(2025, 11, 31, 23, 59, 50)
    const times = new TimeResolver({ now: () => now, hostUtcOffsetMinutes: 0, fileModified: now })
    const read = (stamp: string): number => {
      times.stamp(Buffer.from(stamp), 0, stamp.length)
      return times.time
    }
    expect(read('Dec 31 23:59:50')).toBe(now)
    now += 15_000
    expect(read('Jan  1 00:00:05')).toBe(now)
    now += 40 * day
    expect(read('Feb 10 00:00:05')).toBe(now)
  })

  it('stay where lines come late', () => {
    const context = { ...utc, now: Date.UTC(2026, 0, 5) }
    expect(timesOf(['Jan  1 00:00:01', 'Dec 31 23:59:58', 'Jan  1 00:00:02'], context)).toEqual([
      '2026-01-01T00:00:01Z',
      '2025-12-31T23:59:58Z',
      '2026-01-01T00:00:02Z',
    ])
  })

  it('are those before the file was changed last', () => {
    const context = { ...utc, fileModified: Date.UTC(2024, 2, 1) }
    expect(timesOf(['Nov 20 00:00:00', 'Feb 29 10:00:00'], context)).toEqual([
      '2023-11-20T00:00:00Z',
      '2024-02-29T10:00:00Z',
    ])
  })

  it('go on over several years', () => {
    const context = { ...utc, fileModified: Date.UTC(2024, 5, 1) }
    expect(
      timesOf(['May 30 00:00:00', 'Jan  1 00:00:00', 'Aug  1 00:00:00', 'Jan  2 00:00:00'], context),
    ).toEqual([
      '2024-05-30T00:00:00Z',
      '2025-01-01T00:00:00Z',
      '2025-08-01T00:00:00Z',
      '2026-01-02T00:00:00Z',
    ])
  })

  it('have a 29 February', () => {
    expect(timesOf(['Feb 29 00:00:00'])).toEqual(['2024-02-29T00:00:00Z'])
    expect(timesOf(['Feb 29 00:00:00'], { ...utc, now: Date.UTC(2103, 5, 1) })).toEqual([
      '2096-02-29T00:00:00Z',
    ])
  })

  it('are counted from the host: its New Year is not ours', () => {
    const context = { now: Date.UTC(2026, 0, 1, 0, 30), hostUtcOffsetMinutes: -300 }
    expect(timesOf(['Dec 31 19:30:00'], context)).toEqual(['2026-01-01T00:30:00Z'])
  })

  it('give back any time of the last year', () => {
    const months = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ')
    const ages = fc.array(fc.integer({ min: -20 * 3_600, max: 360 * 86_400 }), {
      minLength: 1,
      maxLength: 20,
    })
    fc.assert(
      fc.property(ages, fc.integer({ min: 1e6, max: 4e6 }), (seconds, nowMinutes) => {
        const now = nowMinutes * 600_000
        const ordered = [...seconds].sort((a, b) => b - a).map((age) => now - age * 1_000)
        const stamps = ordered.map((time) => {
          const [date = '', clock = ''] = new Date(time).toISOString().slice(0, -5).split('T')
          return `${months[Number(date.slice(5, 7)) - 1] ?? ''} ${String(Number(date.slice(8))).padStart(2)} ${clock}`
        })
        const found = timesOf(stamps, { now, hostUtcOffsetMinutes: 0 })
        expect(found).toEqual(ordered.map((time) => new Date(time).toISOString().replace('.000Z', 'Z')))
      }),
    )
  })
})

describe('zones that lines lack', () => {
  const assumedOf = (stamp: string, context: TimeContext): string => {
    const times = new TimeResolver(context)
    times.stamp(Buffer.from(stamp), 0, stamp.length)
    return times.assumed
  }

  it('are said to be assumed', () => {
    const unknown = { ...utc, hostUtcOffsetMinutes: null }
    expect(assumedOf('Nov 22 11:00:00', utc)).toBe('year')
    expect(assumedOf('Nov 22 11:00:00', unknown)).toBe('year+zone')
    expect(assumedOf('2026-11-22T11:00:00', utc)).toBe('none')
    expect(assumedOf('2026-11-22T11:00:00', unknown)).toBe('zone')
    expect(assumedOf('2026-11-22T11:00:00Z', unknown)).toBe('none')
    expect(assumedOf('Nov 22 11:00:00', { ...unknown, hostTimeZone: 'Europe/Zurich' })).toBe('year')
    expect(assumedOf('Nov 22 11:00:00', { ...unknown, hostTimeZone: 'Nowhere/Else' })).toBe('year+zone')
  })

  it("are the host's offset", () => {
    const context = { ...utc, hostUtcOffsetMinutes: 330 }
    expect(timesOf(['Nov 22 11:00:00', '2026-11-22T11:00:01', '2026-11-22T11:00:02-01:00'], context)).toEqual(
      ['2026-11-22T05:30:00Z', '2026-11-22T05:30:01Z', '2026-11-22T12:00:02Z'],
    )
  })

  it("follow the zone's changes", () => {
    const context = { ...utc, hostTimeZone: 'Europe/Zurich' }
    expect(
      timesOf(
        [
          'Mar 29 01:59:59',
          'Mar 29 03:00:00',
          'Oct 25 02:59:59',
          'Oct 25 02:00:00',
          'Oct 25 02:30:00',
          'Oct 25 03:00:00',
        ],
        context,
      ),
    ).toEqual([
      '2026-03-29T00:59:59Z',
      '2026-03-29T01:00:00Z',
      '2026-10-25T00:59:59Z',
      '2026-10-25T01:00:00Z',
      '2026-10-25T01:30:00Z',
      '2026-10-25T02:00:00Z',
    ])
    // An hour that was skipped.
    expect(timesOf(['Mar 29 02:30:00'], context)).toEqual(['2026-03-29T01:30:00Z'])
  })

  it('do not make a year of an hour that comes twice', () => {
    expect(timesOf(['Oct 25 02:59:59', 'Oct 25 02:00:00'])).toEqual([
      '2026-10-25T02:59:59Z',
      '2026-10-25T02:00:00Z',
    ])
  })
})

describe('stamps', () => {
  it.each([
    'Foo 10 11:00:00',
    'Jan 32 11:00:00',
    'Jan  0 11:00:00',
    'Jan 10 24:00:00',
    'Jan 10 11:60:00',
    'Jan 10 11:00:61',
    'Jan 10 11:00',
    'Feb 30 11:00:00',
    'Jan-10 11:00:00',
    '2026-13-01T00:00:00Z',
    '2026-02-29T00:00:00Z',
    '2026-01/01T00:00:00Z',
    '2026-01-01T25:00:00Z',
    '2026-01-01',
    '20260101 00:00:00',
  ])('are not %s', (stamp) => {
    expect(timesOf([stamp])).toEqual(['none'])
  })

  it('agree with the runtime for ISO times', () => {
    const zone = fc.constantFrom('Z', '+00:00', '-05:30', '+14:00')
    fc.assert(
      fc.property(
        fc.date({ min: new Date('1000-01-01'), max: new Date('9999-01-01'), noInvalidDate: true }),
        zone,
        (date, suffix) => {
          const text = date.toISOString().slice(0, -1) + suffix
          const times = new TimeResolver(utc)
          expect(times.stamp(Buffer.from(text), 0, text.length)).toBe(text.length)
          expect(times.time).toBe(Date.parse(text))
        },
      ),
    )
  })

  it('take epoch times by their size', () => {
    const time = Date.UTC(2026, 10, 22, 12)
    expect([time / 1e3, time, time * 1e3, time * 1e6].map(epochMilliseconds)).toEqual([
      time,
      time,
      time,
      time,
    ])
    expect([0, -1, NaN].map(epochMilliseconds)).toEqual([NaN, NaN, NaN])
  })

  it('do not repeat the time of another second', () => {
    expect(
      timesOf([
        'Nov 22 11:00:00',
        'Nov 22 11:00:00',
        'Nov 22 11:00:01',
        'Nov 22 11:59:59',
        'Nov 21 11:59:59',
      ]),
    ).toEqual([
      '2026-11-22T11:00:00Z',
      '2026-11-22T11:00:00Z',
      '2026-11-22T11:00:01Z',
      '2026-11-22T11:59:59Z',
      '2026-11-21T11:59:59Z',
    ])
  })
})
