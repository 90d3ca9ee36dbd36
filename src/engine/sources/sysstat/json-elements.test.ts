import { describe, expect, it } from 'vitest'
import { JsonElements, parseElement } from './json-elements'

type Element = [section: string, text: string]

function split(text: string, cuts: readonly number[] = []): Element[] {
  const found: Element[] = []
  const elements = new JsonElements((section, element) => found.push([section, element]))
  let start = 0
  for (const cut of [...cuts, text.length]) {
    elements.push(text.slice(start, cut))
    start = cut
  }
  elements.finish()
  return found
}

const hostile = [
  { timestamp: { date: '2026-01-02' }, disk: [{ 'disk-device': 'a"}]{[\\' }, { deep: [[{ x: [] }]] }] },
  { note: '\\"', empty: {}, more: [{}, { a: '"statistics": [' }] },
  {},
]
const restarts = [{ boot: { date: '2026-01-02', time: '00:00:00' } }]
const document = (space: string | number): string =>
  JSON.stringify(
    { sysstat: { hosts: [{ nodename: 'h{[', statistics: hostile, restarts, comments: [] }] } },
    null,
    space,
  )

describe('the JSON of sadf, taken in pieces', () => {
  it.each(['\t', 0, '  '])(
    'gives every element of every array, wherever it is cut (indented with %j)',
    (space) => {
      const text = document(space)
      const expected = [
        ...hostile.map((element) => ['statistics', element]),
        ...restarts.map((element) => ['restarts', element]),
      ]
      const parsed = (cuts: readonly number[]): unknown[] =>
        split(text, cuts).map(([section, element]) => [section, JSON.parse(element) as unknown])
      expect(parsed([])).toEqual(expected)
      for (let cut = 1; cut < text.length; cut++) expect(parsed([cut])).toEqual(expected)
      expect(parsed(Array.from(text, (_, at) => at))).toEqual(expected)
    },
  )

  it('says that it is cut, wherever that is', () => {
    const text = document(0)
    for (let end = 1; end < text.length; end++) {
      expect(() => split(text.slice(0, end)), text.slice(0, end)).toThrow('ends in the middle')
    }
    expect(() => split('')).toThrow('no JSON')
    expect(() => split(`${text}}`)).toThrow('bracket too many')
  })

  it('does not keep more than was agreed', () => {
    const elements = new JsonElements(() => undefined, 1_000)
    elements.push('{"sysstat":{"hosts":[{"statistics":[')
    expect(() => {
      for (let k = 0; k < 100; k++) elements.push('{"a":'.repeat(10))
    }).toThrow('more than 1000 characters')
    const outside = new JsonElements(() => undefined, 1_000)
    for (let k = 0; k < 100; k++) outside.push(`{"sysstat": "${'x'.repeat(100)}"} `)
    expect(() => outside.finish()).not.toThrow()
  })

  it('reads what printf makes of no number as missing', () => {
    expect(parseElement('{"a": -nan, "b": nan,"c":[inf], "d": "x: nan, "}')).toBeNull()
    expect(parseElement('{"a": -nan, "b": nan, "c": inf}')).toEqual({ a: null, b: null, c: null })
    expect(parseElement('{"a": 1, "d": "x: nan, "}')).toEqual({ a: 1, d: 'x: nan, ' })
    expect(parseElement('{"a": 1,}')).toBeNull()
  })
})
