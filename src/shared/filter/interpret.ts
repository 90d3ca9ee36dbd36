import type { FieldNode, FieldTest, FilterNode } from './ast'
import { fold } from './fold'
import { leafNumber, numberText } from './leaf-number'
import { intervalOf, readOperand, within, type Interval, type Operand } from './operand'
import { compileRegex } from './regex'
import { objectAccess, valueAt, type FieldLeaf, type FieldValue, type FilterRow } from './row'
import { baseTime, type TimeFrame } from './times'

/**
 * What a filter means, written as plainly as it can be: the reference that the compiled form is tested against, and
 * good enough where a filter meets one row. Throws FilterTooSlow at most.
 */
export function interpretFilter(node: FilterNode, row: FilterRow, frame: TimeFrame): boolean {
  switch (node.kind) {
    case 'all':
      return true
    case 'and':
      return node.children.every((child) => interpretFilter(child, row, frame))
    case 'or':
      return node.children.some((child) => interpretFilter(child, row, frame))
    case 'not':
      return !interpretFilter(node.child, row, frame)
    case 'text':
      return fold(row.text()).includes(fold(node.text))
    case 'regex':
      return compileRegex(node.regex.source, node.regex.ignoreCase).test(row.text())
    case 'field':
      return fieldMatches(node, fieldValue(node, row, frame), frame)
  }
}

function fieldValue({ field }: FieldNode, row: FilterRow, frame: TimeFrame): FieldValue {
  const own = objectAccess.getter(field)(row)
  if (own !== undefined || field.since === undefined) return own
  const since = valueAt(row.field(field.since), [])
  return typeof since === 'number' ? frame.now - since : undefined
}

function fieldMatches({ field, test }: FieldNode, value: FieldValue, frame: TimeFrame): boolean {
  if (test.op === 'has') return value !== undefined && value !== null
  const leaves: FieldLeaf[] = []
  collect(value, leaves, 0)
  return leaves.some((leaf) => leafMatches(leaf, test, field.type, frame))
}

function collect(value: FieldValue, leaves: FieldLeaf[], depth: number): void {
  if (value === undefined || depth > 257) return
  if (typeof value !== 'object' || value === null) leaves.push(value)
  else for (const part of Object.values(value)) collect(part, leaves, depth + 1)
}

function leafMatches(
  leaf: FieldLeaf,
  test: Exclude<FieldTest, { op: 'has' }>,
  type: FieldNode['field']['type'],
  frame: TimeFrame,
): boolean {
  switch (test.op) {
    case ':':
    case '=':
      return equals(leaf, test.value, type, test.op === '=', frame)
    case 'wildcard':
      return leaf !== null && wildcard(fold(leafText(leaf, type)), test.pieces.map(fold))
    case 'regex':
      return (
        leaf !== null && compileRegex(test.regex.source, test.regex.ignoreCase).test(leafText(leaf, type))
      )
    case 'range': {
      const low = test.low === null ? true : bounded(leaf, '>=', test.low, type, frame)
      return low && (test.high === null ? true : bounded(leaf, '<=', test.high, type, frame)) && leaf !== null
    }
    case '<':
    case '<=':
    case '>':
    case '>=':
      return bounded(leaf, test.op, test.value, type, frame)
  }
}

const leafText = (leaf: string | number | boolean, type: FieldNode['field']['type']): string =>
  typeof leaf === 'number' ? numberText(leaf, type) : String(leaf)

function holds(leaf: FieldLeaf, operand: Operand, interval: Interval, frame: TimeFrame): boolean {
  return within(leafNumber(leaf, operand.scale) - baseTime(operand.base, frame), interval)
}

function equals(
  leaf: FieldLeaf,
  value: string,
  type: FieldNode['field']['type'],
  exactly: boolean,
  frame: TimeFrame,
): boolean {
  if (leaf === null || typeof leaf === 'boolean') return String(leaf) === value.toLowerCase()
  const operand = readOperand(value, type)
  const onScale = operand !== undefined && (typeof leaf === 'number' || type !== 'text')
  if (onScale && !Number.isNaN(leafNumber(leaf, operand.scale))) {
    return holds(leaf, operand, intervalOf('=', operand), frame)
  }
  if (typeof leaf === 'number') return false
  return exactly ? leaf === value : fold(leaf).includes(fold(value))
}

function bounded(
  leaf: FieldLeaf,
  op: '<' | '<=' | '>' | '>=',
  value: string,
  type: FieldNode['field']['type'],
  frame: TimeFrame,
): boolean {
  const operand = readOperand(value, type)
  if (operand) return holds(leaf, operand, intervalOf(op, operand), frame)
  if (typeof leaf !== 'string') return false
  switch (op) {
    case '<':
      return leaf < value
    case '<=':
      return leaf <= value
    case '>':
      return leaf > value
    case '>=':
      return leaf >= value
  }
}

/** Every way to place the pieces, tried one after the other. */
function wildcard(text: string, pieces: readonly string[]): boolean {
  const [first = '', ...rest] = pieces
  if (!text.startsWith(first)) return false
  if (rest.length === 0) return text === first
  const left = text.slice(first.length)
  if (rest.length === 1) return left.endsWith(rest[0] ?? '')
  for (let skip = 0; skip <= left.length; skip++) if (wildcard(left.slice(skip), rest)) return true
  return false
}
