import { describe, expect, it } from 'vitest'
import { allFields, dependsOnTime, logFields, parseFilter, printFilter, withSeenFields } from './index'

describe('errors', () => {
  /** Filter, where the error is underlined, and one of the expected tokens. */
  const table: readonly (readonly [filter: string, offset: number, length: number, expected: string])[] = [
    ['"abc', 0, 4, '"'],
    ['x "abc', 2, 4, '"'],
    ['process:"a', 8, 2, '"'],
    ['(a or b', 0, 1, ')'],
    ['process:(a or b', 8, 1, ')'],
    ['a)', 1, 1, 'the end'],
    ['()', 1, 1, 'a word'],
    ['and a', 0, 3, 'a word'],
    ['a and', 5, 0, 'a word'],
    ['a or or b', 5, 2, 'a word'],
    ['a not', 5, 0, 'a word'],
    ['process:', 8, 0, 'a value'],
    ['process:(a or )', 14, 1, 'a value'],
    ['level:>=loud', 8, 4, 'a level such as warn or error'],
    ['latency:>5', 9, 1, 'a duration with its unit such as 250ms or 2s'],
    ['latency:[5 to 2s]', 8, 9, 'a duration with its unit such as 250ms or 2s'],
    ['size:>many', 6, 4, 'a size such as 64KiB or 1.5MiB'],
    ['pid:abc', 4, 3, 'a number such as 42'],
    ['time:>yesterday', 6, 9, 'a time such as -5m, 12:30 or 2026-02-03T12:30'],
    ['time:>2026-02-30', 6, 10, 'a time such as -5m, 12:30 or 2026-02-03T12:30'],
    ['time:-5m', 5, 3, 'time:>-5m'],
    ['ok:maybe', 3, 5, 'true'],
    ['ok:>1', 4, 1, 'field:true or field:false'],
    ['latency:[1s', 11, 0, 'to'],
    ['latency:[1s 2s]', 12, 2, 'to'],
    ['latency:[1s to 2s', 8, 1, ']'],
    ['latency:[1s to ]', 15, 1, 'a value'],
    ['a /b(c/', 4, 1, 'a regular expression'],
    ['process:/b(c/', 10, 1, 'a regular expression'],
    ['/(?=a)/', 1, 3, 'a regular expression'],
    ['/(a{1000}){1000}/', 0, 17, 'a regular expression'],
  ]
  it.each(table)('%s at %i', (filter, offset, length, expected) => {
    const { error } = parseFilter(filter, { fields: allFields })
    expect(error).toMatchObject({ offset, length })
    expect(error?.expected).toContain(expected)
    expect(error?.message).toMatch(/\.$/)
  })

  it('say where a filter is too long or too deep', () => {
    expect(parseFilter('a '.repeat(9_000)).error).toMatchObject({ offset: 16_384 })
    expect(parseFilter('('.repeat(70)).error).toMatchObject({ offset: 64 })
    expect(parseFilter(`${'!'.repeat(16_383)}a`).ast).toMatchObject({ kind: 'not' })
  })
})

describe('printing', () => {
  const table: readonly (readonly [filter: string, printed: string])[] = [
    ['a AND b && c', 'a b c'],
    ['a or b and c', 'a or b c'],
    ['(a or b) c', '(a or b) c'],
    ['not (a or b)', 'not (a or b)'],
    ['!a !!b', '-a b'],
    ['process:(a or b*)', 'process:a or process:b*'],
    ['pid>=5', 'pid:>=5'],
    ['process != x', 'process "!=" x'],
    ['process!=x', '-process=x'],
    ['R:5f3a', '"R:5f3a"'],
    ['a\\ b', '"a b"'],
    ['"say \\"hi\\""', '"say \\"hi\\""'],
    ['latency:[250ms TO *]', 'latency:[250ms to *]'],
    ['params.a\\.b:x', 'params.a\\.b:x'],
    ['time:>-5m', 'time:>-5m'],
    ['/a\\/b/i', '/a\\/b/i'],
    ['  ', ''],
  ]
  it.each(table)('%s', (filter, printed) => {
    const { ast } = parseFilter(filter, { fields: allFields })
    expect(ast && printFilter(ast)).toBe(printed)
  })
})

describe('fields', () => {
  it('are any name where no list is given, but for addresses and colons at the end', () => {
    const kinds = ['a:b', 'a.b=c', 'http://x', 'a:', '12:30'].map((filter) => parseFilter(filter).ast?.kind)
    expect(kinds).toEqual(['field', 'field', 'text', 'text', 'text'])
  })

  it('come from what rows turned out to have', () => {
    const fields = withSeenFields(logFields, ['request', 'process'])
    expect(fields).toHaveLength(logFields.length + 1)
    expect(parseFilter('request.id:5', { fields }).ast).toMatchObject({
      kind: 'field',
      field: { path: ['request', 'id'] },
    })
    expect(parseFilter('answer.id:5', { fields }).ast).toMatchObject({ kind: 'text' })
  })

  it('have places', () => {
    const { ast } = parseFilter('a -process:x (b)', { fields: allFields })
    expect(ast).toMatchObject({
      span: { offset: 0, length: 16 },
      children: [
        { span: { offset: 0, length: 1 } },
        { span: { offset: 2, length: 10 } },
        { span: { offset: 14, length: 1 } },
      ],
    })
  })

  it.each([
    ['time:>-5m', true],
    ['time:>12:30', true],
    ['not (a or age:>5s)', true],
    ['time:>2026-02-03', false],
    ['latency:>5s /now/', false],
  ])('%s changes as time passes: %s', (filter, changes) => {
    const { ast } = parseFilter(filter, { fields: allFields })
    expect(ast && dependsOnTime(ast)).toBe(changes)
  })
})
