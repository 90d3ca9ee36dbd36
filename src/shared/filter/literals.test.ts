import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  allFields,
  interpretFilter,
  necessaryLiterals,
  parseFilter,
  type FieldSet,
  type FilterNode,
} from './index'
import { ast, fields, fieldsOf, frame, rowOf, word } from './testing/arbitraries'

describe('necessary literals', () => {
  /** Rows contain what filters of these fields look for: every known field stands in the bytes here. */
  const verbatim: FieldSet = allFields.map((field) => ({ ...field, verbatim: true as const }))

  const bytesHave = (bytes: string, literal: string): boolean =>
    Buffer.from(bytes)
      .toString('latin1')
      .replace(/[A-Z]/g, (letter) => letter.toLowerCase())
      .includes(literal)

  const passes = (node: FilterNode, bytes: string, json: boolean): boolean =>
    necessaryLiterals(node, { fields: verbatim, json }).every((list) =>
      list.some((literal) => bytesHave(bytes, literal)),
    )

  /** JSON in one of its many spellings: which characters are escaped follows the numbers. */
  function spelled(json: string, choices: readonly number[]): string {
    let turn = 0
    const next = (): number => choices[turn++ % choices.length] ?? 0
    return json.replace(/"(?:[^"\\]|\\.)*"/g, (text) => {
      const inner = text.slice(1, -1).replace(/\\u[\da-f]{4}|\\.|[^\\]/gis, (char) => {
        if (char.length > 1) return char
        if (next() === 0) return `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`
        return char === '/' && next() < 3 ? '\\/' : char
      })
      return `"${inner}"`
    })
  }

  it('never stop a row of JSON that matches, however it is escaped', () => {
    let stopped = 0
    fc.assert(
      fc.property(
        ast,
        fields,
        fc.array(fc.nat({ max: 9 }), { minLength: 1 }),
        fc.boolean(),
        (node, values, choices, decoded) => {
          const raw = spelled(JSON.stringify(values), choices)
          const parsed = fieldsOf(raw)
          const own = parsed['text']
          fc.pre(!decoded || typeof own === 'string')
          const text = typeof own === 'string' && decoded ? own : raw
          const matches = interpretFilter(node, rowOf(text, parsed), { now: 0 })
          if (!passes(node, raw, true)) {
            stopped++
            expect(matches).toBe(false)
          }
        },
      ),
      { numRuns: 2_000 },
    )
    expect(stopped).toBeGreaterThan(20)
  })

  it('never stop a line that matches', () => {
    let stopped = 0
    fc.assert(
      fc.property(ast, fc.array(word, { minLength: 4, maxLength: 4 }), (node, words) => {
        const [process = '', task = '', text = '', method = ''] = words
        const line = `${process}: [${task}|${method}] ${text}`
        const matches = interpretFilter(node, rowOf(line, { process, task, text, method }), frame)
        if (!passes(node, line, false)) {
          stopped++
          expect(matches).toBe(false)
        }
      }),
      { numRuns: 2_000 },
    )
    expect(stopped).toBeGreaterThan(20)
  })

  it('require nothing of fields that may be arrays of byte values', () => {
    const { ast: node } = parseFilter('process:xapi timeout', { fields: allFields })
    expect(node && necessaryLiterals(node, { fields: allFields, json: false, byteArrays: true })).toEqual([
      ['timeout'],
    ])
  })

  const table: readonly (readonly [
    filter: string,
    json: boolean,
    literals: readonly (readonly string[])[],
  ])[] = [
    ['SR_BACKEND_FAILURE -process:SMGC', false, [['sr_backend_failure']]],
    ['level:>=warn process:(xapi or xenopsd*)', false, [['xapi', 'xenopsd']]],
    ['/time(d )?out|deadlock/i host:xen0*', false, [['timeout', 'timed out', 'deadlock']]],
    [
      'method:VDI.* params.sr:b7f1d7fc* ok:false',
      true,
      [
        ['vdi.', '\\u00'],
        ['b7f1d7fc', '\\u00'],
        ['sr', '\\u00'],
      ],
    ],
    ['foo or level:error', false, []],
    ['"a/b" x', true, []],
    ['/var/log', false, [['/var/log']]],
    ['/foo.*(bar|baz)+/', false, [['foo'], ['bar', 'baz']]],
    ['params.n:5', true, []],
    ['\u212aelvin', false, [['elvin']]],
  ]
  it.each(table)('%s (JSON: %s)', (filter, json, literals) => {
    const { ast: node } = parseFilter(filter, { fields: allFields })
    expect(node && necessaryLiterals(node, { fields: allFields, json })).toEqual(literals)
  })
})
