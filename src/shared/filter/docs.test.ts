import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { allFields, compileForRows, interpretFilter, parseFilter, type FilterRow } from './index'
import { lex } from './lexer'
import { fieldsOf, rowOf } from './testing/arbitraries'

const frame = { now: Date.UTC(2026, 1, 3, 12) }
const page = readFileSync(resolve(import.meta.dirname, '../../../docs/filter-language.md'), 'utf8')

const exampleLine = /^\| `((?:\\\||[^|`])+)` +\| `([^`]+)` *\| `([^`]+)` *\|$/gm
const examples = [...page.matchAll(exampleLine)].map(([, filter = '', found = '', passed = '']) => ({
  filter: filter.replaceAll('\\|', '|'),
  found,
  passed,
}))

const rowIn = (cell: string): FilterRow =>
  cell.startsWith('{') ? rowOf('', fieldsOf(cell)) : rowOf(cell, {})

describe('docs/filter-language.md', () => {
  it('has its examples in tables', () => {
    const tables = page.split('\n').filter((line) => line.startsWith('| filter'))
    expect(tables.length).toBeGreaterThanOrEqual(6)
    expect(examples.length).toBeGreaterThanOrEqual(45)
  })

  it.each(examples)('$filter finds $found and passes over $passed', ({ filter, found, passed }) => {
    const { ast, error } = parseFilter(filter, { fields: allFields })
    expect(error).toBeUndefined()
    if (!ast) return
    const test = compileForRows(ast, { frame })
    expect([found, passed].map((cell) => test(rowIn(cell)))).toEqual([true, false])
    expect([found, passed].map((cell) => interpretFilter(ast, rowIn(cell), frame))).toEqual([true, false])
  })

  it('names every field', () => {
    for (const { name } of allFields) expect(page).toContain(`\`${name}\``)
  })

  it('shows forms that the lexer knows', () => {
    const forms = [...page.matchAll(/^\| `(field[^`]+)` +\|/gm)].map(([, form = '']) => form)
    expect(forms.length).toBeGreaterThanOrEqual(9)
    const fields = [{ name: 'field', type: 'text', description: '' } as const]
    for (const form of forms) {
      expect(lex(form, fields).tokens[0]).toMatchObject({ kind: 'field' })
      expect(parseFilter(form, { fields }).error).toBeUndefined()
    }
  })
})
