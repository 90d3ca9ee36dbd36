import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  allFields,
  compileFilter,
  compileForRows,
  complete,
  interpretFilter,
  objectAccess,
  parseFilter,
  printFilter,
  withTerm,
  type FieldSet,
  type FilterNode,
  type FilterRow,
} from './index'
import { join } from './ast'
import { fold, literalPattern } from './fold'
import { ast, awkward, bare, fields, frame, path, rowOf, telling, word } from './testing/arbitraries'

const runs = { numRuns: 1_000 }

describe('any filter', () => {
  it('prints as a text that reads as the same filter', () => {
    fc.assert(
      fc.property(ast, (node) => {
        const { ast: again, error, notices } = parseFilter(printFilter(node), { fields: allFields })
        expect(error).toBeUndefined()
        expect(notices).toEqual([])
        expect(again && bare(again)).toBe(bare(node))
      }),
      runs,
    )
  })

  it('means the same compiled and interpreted', () => {
    fc.assert(
      fc.property(ast, fc.array(fc.tuple(word, fields), { minLength: 1, maxLength: 8 }), (node, rows) => {
        const test = compileForRows(node, { frame })
        for (const [text, own] of rows)
          expect(test(rowOf(text, own))).toBe(interpretFilter(node, rowOf(text, own), frame))
      }),
      runs,
    )
  })

  it('uses the tests that a store has of its own', () => {
    fc.assert(
      fc.property(ast, word, fields, (node, text, own) => {
        let asked = 0
        const access = {
          ...objectAccess,
          leafTest: (part: FilterNode) => {
            asked++
            return (row: FilterRow) => interpretFilter(part, row, frame)
          },
        }
        expect(compileFilter(node, access, { frame })(rowOf(text, own))).toBe(
          interpretFilter(node, rowOf(text, own), frame),
        )
        expect(asked).toBeGreaterThan(0)
      }),
      { numRuns: 300 },
    )
  })
})

describe('any text', () => {
  const pieces = fc.constantFrom(
    ...telling,
    ...awkward,
    'process:',
    'level:>=',
    'time:',
    'latency:[',
    '"',
    '/a/i',
    '/(',
    'params.',
    '(',
    ')',
    ' ',
    ' and ',
    ' or ',
    '-',
    '*',
  )
  const text = fc.oneof(
    fc.string({ maxLength: 40, unit: 'binary' }),
    fc.array(pieces, { maxLength: 12 }).map((parts) => parts.join('')),
    fc.array(pieces, { maxLength: 12 }).map((parts) => parts.join(' ')),
  )

  it('never throws, and errors have a place inside of it', () => {
    fc.assert(
      fc.property(
        text,
        fc.option(fc.constant<FieldSet>(allFields), { nil: undefined }),
        word,
        fields,
        (source, known, rowText, own) => {
          const { ast: node, error, notices } = parseFilter(source, { fields: known })
          for (const { offset, length } of [...notices, ...(error ? [error] : [])]) {
            expect(offset).toBeGreaterThanOrEqual(0)
            expect(offset + length).toBeLessThanOrEqual(source.length)
          }
          if (!node) return
          const row = rowOf(rowText, own)
          expect(compileForRows(node, { frame })(row)).toBe(interpretFilter(node, row, frame))
          const again = parseFilter(printFilter(node), { fields: known }).ast
          expect(again && bare(again)).toBe(bare(node))
        },
      ),
      { numRuns: 2_000 },
    )
  })

  it('is completed at any caret, and what is suggested is written in place', () => {
    fc.assert(
      fc.property(text, fc.nat(), word, (source, place, seen) => {
        const caret = place % (source.length + 1)
        const { offset, length, suggestions } = complete(source, caret, {
          fields: allFields,
          valuesOf: () => [seen],
        })
        expect(offset).toBeLessThanOrEqual(caret)
        expect(offset + length).toBeGreaterThanOrEqual(caret)
        expect(offset + length).toBeLessThanOrEqual(source.length)
        expect(suggestions.every(({ text: suggested }) => suggested.length > 0)).toBe(true)
      }),
      runs,
    )
  })

  it('holds a clicked value, and is as before after a second click', () => {
    let added = 0
    fc.assert(
      fc.property(text, fc.option(path), word, fc.boolean(), (source, keys, clicked, include) => {
        const before = parseFilter(source, { fields: allFields }).ast
        const mode = include ? 'include' : 'exclude'
        const term = parseFilter(withTerm('', keys, clicked, mode, allFields), { fields: allFields }).ast
        // A value that a field of this type cannot have is an error that is shown, not a filter that lies.
        if (!before || !term) return
        const once = withTerm(source, keys, clicked, mode, allFields)
        const shown = parseFilter(once, { fields: allFields }).ast
        const wanted = before.kind === 'all' ? term : join('and', [before, term], before.span)
        if (!shown || bare(shown) !== bare(wanted)) return
        added++
        const twice = parseFilter(withTerm(once, keys, clicked, mode, allFields), { fields: allFields }).ast
        expect(twice && bare(twice)).toBe(bare(before))
      }),
      runs,
    )
    expect(added).toBeGreaterThan(100)
  })
})

describe('folding', () => {
  it('is that of the native expressions', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), word, (text, wanted) => {
        expect(fold(text + wanted).includes(fold(wanted))).toBe(true)
        expect(literalPattern(wanted).test(text)).toBe(fold(text).includes(fold(wanted)))
      }),
      runs,
    )
  })

  it('holds for every unit', () => {
    const wrong: string[] = []
    for (let code = 0; code < 0x10000; code++) {
      const char = String.fromCharCode(code)
      for (const other of [char.toUpperCase(), char.toLowerCase()]) {
        if (other.length !== 1 || other === char) continue
        if (literalPattern(char).test(other) !== (fold(char) === fold(other))) wrong.push(`${char} ${other}`)
      }
    }
    expect(wrong).toEqual([])
  })
})
