import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { units as allUnits, type Units } from './model/metrics'
import { axisTicks, formatText, formatValue } from './units'

const anyUnits = fc.constantFrom<Units>(...allUnits.options)
/** From nanoseconds to exabytes, as metrics have them. */
const anyValue = fc
  .tuple(fc.double({ min: 1, max: 10, noNaN: true }), fc.integer({ min: -6, max: 17 }), fc.boolean())
  .map(([digits, power, negative]) => (negative ? -1 : 1) * digits * 10 ** power)

/** Base units in one of each unit that is shown, written down apart from the implementation. */
const factors: Record<string, number> = { '%': 0.01, ns: 1e-9, µs: 1e-6, ms: 1e-3, s: 1, mW: 1e-3 }
function factorOf(unit: string): number {
  const known = factors[unit]
  if (known !== undefined) return known
  const binary = /^([KMGTPE])iB/.exec(unit)
  if (binary) return 1024 ** ('KMGTPE'.indexOf(binary[1]!) + 1)
  const decimal = /^([kMGT])($| |Hz|W)/.exec(unit)
  return decimal ? 1000 ** ('kMGT'.indexOf(decimal[1]!) + 1) : 1
}

describe('formatValue', () => {
  it.each<[number | null, Units, string, string]>([
    [0, 'ratio', '0', '%'],
    [0.234, 'ratio', '23.4', '%'],
    [1, 'ratio', '100', '%'],
    [0.0004, 'ratio', '0.04', '%'],
    [0.00001, 'ratio', '<0.01', '%'],
    [512, 'bytes', '512', 'B'],
    [1023, 'bytes', '1.00', 'KiB'],
    [1024, 'bytes', '1', 'KiB'],
    [1536 * 1024, 'bytes', '1.50', 'MiB'],
    [1000 * 1024, 'bytes', '0.98', 'MiB'],
    [3.5e9, 'bytes/s', '3.26', 'GiB/s'],
    [0, 'seconds', '0', 'ms'],
    [0, 'watts', '0', 'W'],
    [0, 'bytes/s', '0', 'B/s'],
    [0.0123, 'seconds', '12.3', 'ms'],
    [0.00042, 'seconds', '420', 'µs'],
    [2.5, 'seconds', '2.50', 's'],
    [12_345, 'requests/s', '12.3', 'k req/s'],
    [7, 'packets/s', '7', 'pkt/s'],
    [1_234_567, 'count', '1.23', 'M'],
    [0.42, '', '0.42', ''],
    [2.4e9, 'hertz', '2.40', 'GHz'],
    [-5.25, 'celsius', '−5.25', '°C'],
    [null, 'bytes', '–', ''],
    [Number.NaN, 'ratio', '–', ''],
    [Number.POSITIVE_INFINITY, 'seconds', '–', ''],
  ])('shows %s %s as %s %s', (value, units, text, unit) => {
    expect(formatValue(value, units)).toEqual({ text, unit })
  })

  it('can be read back to within its three digits', () => {
    fc.assert(
      fc.property(anyValue, anyUnits, (value, units) => {
        const { text, unit } = formatValue(value, units)
        const read = Number(text.replace('−', '-').replace('<', '')) * factorOf(unit)
        if (text.includes('<')) expect(Math.abs(value)).toBeLessThan(0.01 * factorOf(unit))
        // Two decimals below one, three digits above.
        else
          expect(Math.abs(read - value)).toBeLessThanOrEqual(
            Math.max(
              0.0051 * Math.abs(value),
              0.0051 * factorOf(unit),
              ...(unit === 'B' || unit === '' ? [0.5] : []),
            ),
          )
      }),
      { numRuns: 3_000 },
    )
  })

  it('keeps short wherever a larger unit exists, and never shows a bare minus zero or NaN', () => {
    fc.assert(
      fc.property(anyValue, anyUnits, (value, units) => {
        const { text, unit } = formatValue(value, units)
        expect(text).toMatch(/^−?(<0\.01|\d+(\.\d{1,2})?)$/)
        expect(text).not.toMatch(/^−0(\.0+)?$/)
        const unbounded = ['%', 's', '°C', 'MW', 'EiB', 'EiB/s'].includes(unit) || unit.startsWith('T')
        if (!unbounded) expect(text.replace(/[−<]/g, '').length, `${text} ${unit}`).toBeLessThanOrEqual(4)
      }),
      { numRuns: 3_000 },
    )
  })

  it('joins number and unit with a blank that does not break', () => {
    expect(formatText(2048, 'bytes')).toBe('2\u00a0KiB')
    expect(formatText(3, '')).toBe('3')
    expect(formatText(null, 'seconds')).toBe('–')
  })
})

describe('axisTicks', () => {
  it('uses one unit and round numbers', () => {
    const labels = (min: number, max: number, units: Units): string =>
      axisTicks(min, max, units)
        .ticks.map((tick) => tick.text)
        .join(' ') + ` ${axisTicks(min, max, units).unit}`
    expect(labels(0, 1, 'ratio')).toBe('0 50 100 %')
    expect(labels(0, 0.07, 'ratio')).toBe('0 2 4 6 8 %')
    expect(labels(0, 3 * 1024 ** 2, 'bytes')).toBe('0 1 2 3 MiB')
    expect(labels(0, 0.0021, 'seconds')).toBe('0 1 2 3 ms')
    expect(labels(0, 0, 'ratio')).toBe('0.0 0.5 1.0 %')
    expect(labels(0, 1024, 'bytes')).toBe('0.00 0.25 0.50 0.75 1.00 KiB')
  })

  it('covers the range with few, even, rising ticks', () => {
    const range = fc.tuple(fc.double({ min: 0, max: 1e12, noNaN: true }), fc.integer({ min: -5, max: 12 }))
    fc.assert(
      fc.property(range, anyUnits, fc.integer({ min: 1, max: 8 }), ([low, power], units, count) => {
        const min = low < 1 ? 0 : low
        const max = min + 10 ** Math.max(power, Math.floor(Math.log10(min + 1)) - 4)
        const { ticks } = axisTicks(min, max, units, count)
        const values = ticks.map((tick) => tick.value)
        const step = values[1]! - values[0]!
        expect(step).toBeGreaterThan(0)
        expect(values[0]!).toBeLessThanOrEqual(min + step * 1e-6)
        expect(values.at(-1)!).toBeGreaterThanOrEqual(max - step * 1e-6)
        expect(values.length).toBeLessThanOrEqual(count + 2)
      }),
      { numRuns: 2_000 },
    )
  })
})
