import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { join, negate, type FieldTest, type FilterNode } from './ast'
import {
  allFields,
  compileFilter,
  compileForRows,
  complete,
  interpretFilter,
  necessaryLiterals,
  objectAccess,
  parseFilter,
  printFilter,
  withTerm,
  type FieldSet,
  type FieldValue,
  type FilterRow,
} from './index'
import { checkTest } from './check'
import { fieldRef } from './fields'
import { fold, literalPattern } from './fold'

const runs = { numRuns: 1_000 }
const none = { offset: 0, length: 0 }
const frame = { now: Date.UTC(2026, 1, 3, 12), utcOffset: 60 }

/** Texts that meet: words of rows and filters come from the same few. */
const awkward = [
  'k',
  'K',
  '\u212a',
  's',
  '\u017f',
  'İ',
  'ı',
  'ß',
  'é',
  'É',
  'Σ',
  'ς',
  '"',
  '\\',
  '/',
  '*',
  ' ',
  '\u0001',
  '😀',
  '\ufffd',
]
const telling = [
  'xapi',
  'XenOpsd',
  'R:5f',
  '5',
  '5.0',
  '1e21',
  '5s',
  '64KiB',
  'true',
  'null',
  'warn',
  'error',
  '-5m',
  'now',
  '2026-02-03',
  '12:00',
  'and',
  'OR',
  'not',
  'to',
  '-',
  '!',
  '(',
  ')',
  '[',
  ']',
  '>',
  '<=',
  '=',
  ':',
  '&&',
  '||',
  '\\u0041',
]
const word = fc.oneof(
  fc.constantFrom(...telling),
  fc.array(fc.constantFrom(...awkward, 'a', 'b', 'x'), { maxLength: 5 }).map((parts) => parts.join('')),
  fc.array(fc.constantFrom(...telling, ...awkward), { maxLength: 3 }).map((parts) => parts.join('')),
  fc.string({ maxLength: 8, unit: 'grapheme' }),
)

const regex = fc.record({
  source: fc.constantFrom(
    'xapi|xen',
    '[a-k]+5',
    'K',
    's',
    '\\d+s',
    'time(d )?out',
    'a.*b',
    '(a|b)+x',
    '^5',
    'é',
    '5$',
    'xap*i',
    '(xen|true)',
    '\\\\',
    'e',
  ),
  ignoreCase: fc.boolean(),
})

const path = fc.constantFrom(
  ...[
    ['time'],
    ['level'],
    ['process'],
    ['pid'],
    ['task'],
    ['text'],
    ['latency'],
    ['age'],
    ['size'],
    ['ok'],
    ['error'],
    ['method'],
  ],
  ...[
    ['params', 'sr'],
    ['params', 'a', 'b'],
    ['params', '0'],
    ['params', 'OpaqueRef:1 x'],
    ['error', 'code'],
    ['params', '__proto__'],
  ],
)

const fieldTest: fc.Arbitrary<FieldTest> = fc.oneof(
  fc.constant({ op: 'has' } as const),
  fc.record({ op: fc.constantFrom(':', '=', '<', '<=', '>', '>='), value: word }),
  fc.record({ op: fc.constant('wildcard' as const), pieces: fc.array(word, { minLength: 3, maxLength: 4 }) }),
  fc.record({ op: fc.constant('regex' as const), regex }),
  fc.record({ op: fc.constant('range' as const), low: fc.option(word), high: fc.option(word) }),
)

const leaf: fc.Arbitrary<FilterNode> = fc.oneof(
  word.map((text): FilterNode => ({ kind: 'text', text, span: none })),
  regex.map((literal): FilterNode => ({ kind: 'regex', regex: literal, span: none })),
  fc.tuple(path, fieldTest).map(([keys, test]): FilterNode => {
    const field = fieldRef(keys, allFields)!
    try {
      checkTest(field, test, none)
      return { kind: 'field', field, test, span: none }
    } catch {
      return { kind: 'field', field, test: { op: 'has' }, span: none }
    }
  }),
)

const ast = fc.letrec<{ node: FilterNode }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    leaf,
    fc.array(tie('node'), { minLength: 1, maxLength: 5 }).map((nodes) => join('and', nodes, none)),
    fc.array(tie('node'), { minLength: 1, maxLength: 5 }).map((nodes) => join('or', nodes, none)),
    tie('node').map((node) => negate(node, none)),
  ),
})).node

const scalar: fc.Arbitrary<FieldValue> = fc.oneof(
  word,
  fc.array(word, { maxLength: 4 }).map((words) => words.join(' ')),
  fc.constantFrom<FieldValue>(
    5,
    5_000,
    1e21,
    0,
    -1,
    65_536,
    true,
    false,
    null,
    frame.now,
    frame.now - 300_000,
    3,
  ),
)
const value: fc.Arbitrary<FieldValue> = fc.letrec<{ value: FieldValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, depthSize: 'small', withCrossShrink: true },
    scalar,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('sr', 'a', 'b', 'code', 'OpaqueRef:1 x', '__proto__'), tie('value'), {
      maxKeys: 3,
    }),
  ),
})).value

const names = [
  'time',
  'level',
  'process',
  'pid',
  'task',
  'text',
  'latency',
  'age',
  'size',
  'ok',
  'error',
  'method',
  'params',
  'params.sr',
]
const fields = fc.dictionary(fc.constantFrom(...names), value, { maxKeys: 8 })

function rowOf(text: string, own: Record<string, FieldValue>): FilterRow {
  return { text: () => text, field: (name) => (Object.hasOwn(own, name) ? own[name] : undefined) }
}

/** Structure without places. */
const bare = (node: FilterNode): string =>
  JSON.stringify(node, (key, part: unknown) => (key === 'span' ? undefined : part))

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
      { numRuns: 3_000 },
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

  it('holds a clicked value exactly, and not after a second click', () => {
    fc.assert(
      fc.property(text, fc.option(path), scalar, fc.boolean(), (source, keys, clicked, include) => {
        const before = parseFilter(source, { fields: allFields })
        fc.pre(
          !before.error &&
            (typeof clicked === 'string' || typeof clicked === 'number' || typeof clicked === 'boolean'),
        )
        const mode = include ? 'include' : 'exclude'
        const shown = typeof clicked === 'object' || clicked === undefined ? '' : clicked
        const once = withTerm(source, keys, shown, mode, allFields)
        const parsed = parseFilter(once, { fields: allFields })
        // A value that a field of this type cannot have is an error that is shown, not a filter that lies.
        fc.pre(!parsed.error)
        const had = parsed.ast && before.ast && bare(parsed.ast).length < bare(before.ast).length
        if (had) return
        const twice = parseFilter(withTerm(once, keys, shown, mode, allFields), { fields: allFields })
        expect(twice.error).toBeUndefined()
        const terms = before.ast?.kind === 'and' ? before.ast.children.length : 1
        const left = twice.ast?.kind === 'and' ? twice.ast.children.length : twice.ast?.kind === 'all' ? 0 : 1
        expect(left).toBeLessThanOrEqual(terms)
      }),
      runs,
    )
  })
})

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
        (node, own, choices, decoded) => {
          const raw = spelled(JSON.stringify(own), choices)
          const parsed = JSON.parse(raw) as Record<string, FieldValue>
          const text = decoded ? String(parsed['text']) : raw
          fc.pre(!decoded || typeof parsed['text'] === 'string')
          const matches = interpretFilter(node, rowOf(text, parsed), { now: 0 })
          if (!passes(node, raw, true)) {
            stopped++
            expect(matches).toBe(false)
          }
        },
      ),
      { numRuns: 5_000 },
    )
    expect(stopped).toBeGreaterThan(100)
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
      { numRuns: 5_000 },
    )
    expect(stopped).toBeGreaterThan(100)
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
