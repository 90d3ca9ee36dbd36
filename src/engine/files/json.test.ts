import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DiagnosticError } from '@shared/errors'
import { parseJson } from './json'

const parse = (text: string): unknown => parseJson(Buffer.from(text))

describe('JSON of a file', () => {
  it('is read as it is', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 8 }), (value) => {
        expect(parse(JSON.stringify(value))).toEqual(JSON.parse(JSON.stringify(value)))
      }),
    )
  })

  it('may begin with a byte order mark', () => {
    expect(parse('\ufeff{"a":1}')).toEqual({ a: 1 })
  })

  it('that is none says where, and repeats nothing of it', () => {
    const refused = (text: string): string => {
      try {
        parse(text)
      } catch (thrown) {
        if (thrown instanceof DiagnosticError && thrown.cause === undefined) return thrown.message
      }
      throw new Error('not refused')
    }
    expect(refused('{\n  "a": 1\n  "hunter2": 2\n}')).toBe('It is not valid JSON (line 3, column 3).')
    for (const text of ['hunter2', '{"a":hunter2}', '"hunter2', '["hunter2", nul]', '{"hunter2":1,}', '']) {
      expect(refused(text)).toMatch(/^It is not valid JSON( \(line 1, column \d+\))?\.$/)
    }
  })

  it('that is nested too deeply is refused, brackets in strings are not counted', () => {
    const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth)
    expect(parse(nested(64))).toBeInstanceOf(Array)
    expect(() => parse(nested(65))).toThrow('nested deeper than 64')
    expect(() => parse('[{"a":'.repeat(100_000))).toThrow('nested deeper than 64')
    expect(parse(JSON.stringify(['['.repeat(100), '\\"'.repeat(100) + '{'.repeat(100)]))).toHaveLength(2)
  })

  it('is refused in one way only, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        try {
          parseJson(bytes)
        } catch (thrown) {
          expect(thrown).toMatchObject({ name: 'DiagnosticError', code: 'bad-data' })
        }
      }),
    )
    expect(() => parseJson(Buffer.from([0x22, 0xff, 0x22]))).toThrow('It is not UTF-8 text.')
  })
})
