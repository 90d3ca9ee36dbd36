import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { jsonText, parseLossless } from './lossless'

describe('JSON without loss', () => {
  it('is what JSON.parse gives, but for integers that a number cannot hold', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = JSON.stringify(value)
        expect(JSON.parse(jsonText(parseLossless(text)))).toEqual(JSON.parse(text))
      }),
    )
  })

  it('keeps every digit of any integer, wherever it stands', () => {
    fc.assert(
      fc.property(fc.bigInt(), fc.bigInt(), (a, b) => {
        const text = `{"a":${a},"deep":[{"b":${b}}],"text":"${a}"}`
        expect(jsonText(parseLossless(text))).toBe(text)
      }),
    )
  })

  it('keeps strange keys, and numbers that are too large for a number at all', () => {
    const value = parseLossless('{"__proto__":1234567890123456789,"huge":1e999}')
    expect(Object.entries(value ?? {})).toEqual([
      ['__proto__', 1234567890123456789n],
      ['huge', '1e999'],
    ])
  })
})
