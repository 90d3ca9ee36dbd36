import * as fc from 'fast-check'
import { join, negate, type FieldTest, type FilterNode } from '../ast'
import { checkTest } from '../check'
import { fieldRef } from '../fields'
import { allFields } from '../fields-message'
import type { FieldValue, FilterRow } from '../row'

const none = { offset: 0, length: 0 }
export const frame = { now: Date.UTC(2026, 1, 3, 12), utcOffset: 60 }

/** Texts that meet: words of rows and filters come from the same few. */
export const awkward = [
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
export const telling = [
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
export const word = fc.oneof(
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

export const path = fc.constantFrom(
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
    const field = fieldRef(keys, allFields) ?? { name: keys.join('.'), path: keys, type: 'text' }
    try {
      checkTest(field, test, none)
      return { kind: 'field', field, test, span: none }
    } catch {
      return { kind: 'field', field, test: { op: 'has' }, span: none }
    }
  }),
)

export const ast = fc.letrec<{ node: FilterNode }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    leaf,
    fc.array(tie('node'), { minLength: 1, maxLength: 5 }).map((nodes) => join('and', nodes, none)),
    fc.array(tie('node'), { minLength: 1, maxLength: 5 }).map((nodes) => join('or', nodes, none)),
    tie('node').map((node) => negate(node, none)),
  ),
})).node

export const scalar: fc.Arbitrary<FieldValue> = fc.oneof(
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
export const fields = fc.dictionary(fc.constantFrom(...names), value, { maxKeys: 8 })

export function rowOf(text: string, own: Readonly<Record<string, FieldValue>>): FilterRow {
  return { text: () => text, field: (name) => (Object.hasOwn(own, name) ? own[name] : undefined) }
}

/** A filter's structure without its places. */
export const bare = (node: FilterNode): string =>
  JSON.stringify(node, (key, part: unknown) => (key === 'span' ? undefined : part))

/** What JSON.parse gives holds nothing else. */
const isFields = (value: unknown): value is Readonly<Record<string, FieldValue>> =>
  typeof value === 'object' && value !== null

/** The fields of a row written as a JSON object. */
export function fieldsOf(json: string): Readonly<Record<string, FieldValue>> {
  const value: unknown = JSON.parse(json)
  return isFields(value) ? value : {}
}
