import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ByteScanner } from './scanner'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const scan = (text: string): ByteScanner => {
  const scanner = new ByteScanner()
  scanner.reset(bytes(text))
  return scanner
}

/** What `integer` must give for a field, by way of strings. */
const slowInteger = (field: string): number =>
  /^\d+$/.test(field) && Number(field) <= 2 ** 64 ? Number(field) : NaN

describe('ByteScanner', () => {
  it('reads integers, blanks of both kinds between them, and stays on its line', () => {
    const scanner = scan(' 12\t 0  9007199254740991 \n7')
    expect([scanner.integer(), scanner.integer(), scanner.integer()]).toEqual([
      12,
      0,
      Number.MAX_SAFE_INTEGER,
    ])
    expect(scanner.hasField()).toBe(false)
    expect(scanner.integer()).toBeNaN()
    scanner.nextLine()
    expect(scanner.integer()).toBe(7)
    expect(scanner.atEnd).toBe(true)
    expect(scanner.integer()).toBeNaN()
  })

  it('gives NaN for a field that is no unsigned integer, and goes on after it', () => {
    for (const field of ['-1', '1.5', '12x', 'x12', '1e3', '٣', '99999999999999999999999']) {
      const scanner = scan(`${field} 5`)
      expect(scanner.integer(), field).toBeNaN()
      expect(scanner.integer(), field).toBe(5)
    }
  })

  it('reads decimal fractions as Number does', () => {
    const scanner = scan('0.52 12.05 3 1.2.3 .5 1. 100.125')
    expect([scanner.decimal(), scanner.decimal(), scanner.decimal()]).toEqual([0.52, 12.05, 3])
    expect([scanner.decimal(), scanner.decimal(), scanner.decimal()]).toEqual([NaN, NaN, NaN])
    expect(scanner.decimal()).toBe(100.125)
  })

  it('agrees with strings on lines of any fields', () => {
    const field = fc.oneof(
      fc.bigInt({ min: 0n, max: 2n ** 53n }).map(String),
      fc.string({ unit: fc.constantFrom('0', '9', '-', '.', 'a', ':'), minLength: 1, maxLength: 8 }),
    )
    const gap = fc.string({ unit: fc.constantFrom(' ', '\t'), minLength: 1, maxLength: 3 })
    fc.assert(
      fc.property(fc.array(fc.tuple(field, gap)), (pairs) => {
        const scanner = scan(pairs.map(([text, blank]) => text + blank).join(''))
        for (const [text] of pairs) expect(scanner.integer()).toBe(slowInteger(text))
        expect(scanner.hasField()).toBe(false)
      }),
    )
  })

  it('loses only low bits above 2^53', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 2n ** 53n, max: 2n ** 64n - 2n ** 12n }), (value) => {
        const read = scan(String(value)).integer()
        expect(Math.abs(read - Number(value)) / Number(value)).toBeLessThan(1e-15)
      }),
    )
  })
})
