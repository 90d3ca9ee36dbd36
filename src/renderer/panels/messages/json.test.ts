import { parseJsonTree, type JsonNode } from '@shared/json/json-tree'
import { describe, expect, it } from 'vitest'
import { diffJson } from './json-diff'
import { jsonLines, openAtFirst, pathOf, printJson } from './json-lines'

function tree(text: string): JsonNode {
  const { tree: parsed } = parseJsonTree(text)
  if (parsed === undefined) throw new Error(`not JSON: ${text.slice(0, 80)}`)
  return parsed
}
const all = (): boolean => true

describe('a payload as a tree of lines', () => {
  it('keeps digits, duplicate keys, __proto__ and the order', () => {
    const text = '{"b":9223372036854775807,"__proto__":{"a":1e400},"b":1.10,"constructor":[],"c":NaN}'
    const lines = jsonLines(tree(text), all)
    expect(lines.map(({ key, depth }) => [depth, key])).toEqual([
      [0, null],
      [1, 'b'],
      [1, '__proto__'],
      [2, 'a'],
      [1, 'b'],
      [1, 'constructor'],
      [1, 'c'],
    ])
    expect(printJson(tree(text))).toBe(text)
    expect(Object.prototype).not.toHaveProperty('a')
  })

  it('shows nothing of what is folded', () => {
    const node = tree('{"a":[1,2,3],"b":{"c":[4]}}')
    const open = new Set(['0', '0/1'])
    expect(
      jsonLines(node, (id) => open.has(id)).map(({ id, open: is }) => `${id}${is ? ' open' : ''}`),
    ).toEqual(['0 open', '0/0', '0/1 open', '0/1/0'])
  })

  it('opens what is short whole, and of what is long the first level', () => {
    expect(openAtFirst(tree('{"a":{"b":{"c":{}}}}'))).toEqual(new Set(['0', '0/0', '0/0/0']))
    const long = tree(JSON.stringify({ many: Array.from({ length: 5_000 }, (_, at) => [at]), few: [1] }))
    expect(openAtFirst(long)).toEqual(new Set(['0']))
  })

  it('tells the way to a value as a program writes it', () => {
    const node = tree('{"params":[{"a b":1,"__proto__":{"x":[true]}}]}')
    const paths = jsonLines(node, all).map(({ id }) => pathOf(node, id))
    expect(paths).toEqual([
      '$',
      '$.params',
      '$.params[0]',
      '$.params[0]["a b"]',
      '$.params[0].__proto__',
      '$.params[0].__proto__.x',
      '$.params[0].__proto__.x[0]',
    ])
  })

  it('prints laid out what parses to the same', () => {
    const text = '{"a":[],"b":[1,{"c":"\\u0001<b>","d":{}}],"e":null}'
    expect(printJson(tree(text), 2)).toBe(JSON.stringify(JSON.parse(text), null, 2).replace('[]', '[]'))
  })
})

describe('the difference of two payloads', () => {
  const told = (left: string, right: string): string[] =>
    diffJson(tree(left), tree(right)).lines.map(
      ({ change, key, left: one, right: other, bracket }) =>
        `${change} ${key ?? '$'} ${bracket ?? `${one ?? '-'} ${other ?? '-'}`}`,
    )

  it('is none of what is equal', () => {
    expect(diffJson(tree('{"a":[1,{"b":2}]}'), tree('{"a":[1,{"b":2}]}'))).toMatchObject({ changes: 0 })
  })

  it('goes by key, whatever the order, and numbers differ by their digits', () => {
    expect(told('{"a":1,"b":9007199254740993,"c":0}', '{"b":9007199254740992,"a":1,"d":{}}')).toEqual([
      'changed $ {',
      'same a 1 1',
      'changed b 9007199254740993 9007199254740992',
      'removed c 0 -',
      'added d - {}',
    ])
  })

  it('finds what was put into a list', () => {
    expect(told('[1,2,3]', '[1,9,2,3]')).toEqual([
      'changed $ [',
      'same 0 1 1',
      'added 1 - 9',
      'same 1 2 2',
      'same 2 3 3',
    ])
  })

  it('pairs repeated keys in their order, and __proto__ like any', () => {
    expect(told('{"a":1,"a":2,"__proto__":1}', '{"a":1,"a":3,"__proto__":2}')).toEqual([
      'changed $ {',
      'same a 1 1',
      'changed a 2 3',
      'changed __proto__ 1 2',
    ])
  })

  it('ends where it would grow without bound, and says so', () => {
    const many = (value: number): string => JSON.stringify(Array.from({ length: 20_000 }, () => value))
    const { lines, cut } = diffJson(tree(many(1)), tree(many(2)))
    expect(cut).toBe(true)
    expect(lines.length).toBeLessThanOrEqual(5_000)
  })
})
