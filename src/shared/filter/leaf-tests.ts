import type { Comparator, FieldTest } from './ast'
import type { FilterBudget } from './budget'
import type { FieldType } from './fields'
import { literalPattern } from './fold'
import { leafNumber, numberText } from './leaf-number'
import { intervalOf, readOperand, within, type Interval, type Operand } from './operand'
import { compileRegex } from './regex'
import type { FieldLeaf } from './row'
import { baseTime, type TimeFrame } from './times'
import { wildcardTest } from './wildcard'

/** What a test of a field says to each kind of value; made once for a filter. */
export interface LeafTests {
  readonly string: (value: string) => boolean
  readonly number: (value: number) => boolean
  readonly boolean: (value: boolean) => boolean
  readonly null: boolean
}

export interface LeafContext {
  readonly frame: TimeFrame
  readonly budget: FilterBudget | undefined
}

const never = (): boolean => false

export function passes(tests: LeafTests, leaf: FieldLeaf): boolean {
  if (typeof leaf === 'string') return tests.string(leaf)
  if (typeof leaf === 'number') return tests.number(leaf)
  return leaf === null ? tests.null : tests.boolean(leaf)
}

/** The shortest closure that tells whether a number lies in an interval. */
function insideOf(interval: Interval): (value: number) => boolean {
  const { low, lowOpen, high, highOpen } = interval
  if (high === Infinity) return lowOpen ? (value) => value > low : (value) => value >= low
  if (low === -Infinity) return highOpen ? (value) => value < high : (value) => value <= high
  if (low === high) return (value) => value === low
  return (value) => within(value, interval)
}

function intervalTest(
  op: '=' | Comparator,
  operand: Operand,
  { frame }: LeafContext,
): (value: number) => boolean {
  const inside = insideOf(intervalOf(op, operand))
  const { base } = operand
  if (base === 'epoch') return inside
  if (base !== 'local') return (value) => inside(value - baseTime(base, frame))
  const zero = baseTime(base, frame)
  return (value) => inside(value - zero)
}

/** A test of numbers on a scale, for values that are numbers and for texts that read as one. */
function scaleTests(op: '=' | Comparator, operand: Operand, context: LeafContext): LeafTests {
  const inside = intervalTest(op, operand, context)
  const { scale } = operand
  const onScale = (value: string | number): boolean => inside(leafNumber(value, scale))
  if (scale !== 'level') return { string: onScale, number: inside, boolean: never, null: false }
  const bySeverity = Array.from({ length: 8 }, (_, severity) => onScale(severity))
  return {
    string: remembered(onScale),
    number: (value) => bySeverity[value] === true,
    boolean: never,
    null: false,
  }
}

/** Rows have few words for their levels. */
function remembered(test: (value: string) => boolean): (value: string) => boolean {
  const known = new Map<string, boolean>()
  return (value) => {
    const before = known.get(value)
    if (before !== undefined) return before
    const result = test(value)
    if (known.size < 64) known.set(value, result)
    return result
  }
}

function equalTests(value: string, type: FieldType, exactly: boolean, context: LeafContext): LeafTests {
  const lower = value.toLowerCase()
  const pattern = literalPattern(value)
  const text = exactly
    ? (leaf: string): boolean => leaf === value
    : (leaf: string): boolean => leaf.length >= value.length && pattern.test(leaf)
  const named = { boolean: (leaf: boolean) => String(leaf) === lower, null: lower === 'null' }
  const operand = readOperand(value, type)
  if (!operand) return { string: text, number: never, ...named }
  const tests = scaleTests('=', operand, context)
  if (type === 'text') return { string: text, number: tests.number, ...named }
  const inside = intervalTest('=', operand, context)
  const string = (leaf: string): boolean => {
    const number = leafNumber(leaf, operand.scale)
    return Number.isNaN(number) ? text(leaf) : inside(number)
  }
  return { string: operand.scale === 'level' ? remembered(string) : string, number: tests.number, ...named }
}

function textOrder(op: Comparator, value: string): (leaf: string) => boolean {
  switch (op) {
    case '<':
      return (leaf) => leaf < value
    case '<=':
      return (leaf) => leaf <= value
    case '>':
      return (leaf) => leaf > value
    case '>=':
      return (leaf) => leaf >= value
  }
}

function orderTests(op: Comparator, value: string, type: FieldType, context: LeafContext): LeafTests {
  const operand = readOperand(value, type)
  if (operand) return scaleTests(op, operand, context)
  return { string: textOrder(op, value), number: never, boolean: never, null: false }
}

const both = (a: LeafTests, b: LeafTests): LeafTests => ({
  string: (leaf) => a.string(leaf) && b.string(leaf),
  number: (leaf) => a.number(leaf) && b.number(leaf),
  boolean: (leaf) => a.boolean(leaf) && b.boolean(leaf),
  null: a.null && b.null,
})

/** Every value but null. */
const anything: LeafTests = { string: () => true, number: () => true, boolean: () => true, null: false }

/** Numbers as they are written, but severities by their names: nobody sees their numbers. */
const asText = (test: (text: string) => boolean, type: FieldType): LeafTests => ({
  string: test,
  number: (leaf) => test(numberText(leaf, type)),
  boolean: (leaf) => test(String(leaf)),
  null: false,
})

export function leafTests(
  test: Exclude<FieldTest, { op: 'has' }>,
  type: FieldType,
  context: LeafContext,
): LeafTests {
  switch (test.op) {
    case ':':
    case '=':
      return equalTests(test.value, type, test.op === '=', context)
    case 'wildcard':
      return asText(wildcardTest(test.pieces), type)
    case 'regex': {
      const regex = compileRegex(test.regex.source, test.regex.ignoreCase)
      return asText((text) => regex.test(text, context.budget), type)
    }
    case 'range': {
      const low = test.low === null ? anything : orderTests('>=', test.low, type, context)
      return both(low, test.high === null ? anything : orderTests('<=', test.high, type, context))
    }
    case '<':
    case '<=':
    case '>':
    case '>=':
      return orderTests(test.op, test.value, type, context)
  }
}
