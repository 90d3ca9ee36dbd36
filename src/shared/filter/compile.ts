import type { FieldNode, FilterNode, LeafNode } from './ast'
import type { FilterBudget } from './budget'
import { literalPattern } from './fold'
import { leafTests, passes } from './leaf-tests'
import { compileRegex } from './regex'
import { anyLeaf, objectAccess, type FieldValue, type FilterRow, type RowAccess } from './row'
import type { TimeFrame } from './times'

export interface CompileOptions {
  /** Read at each test of a relative time: the caller moves its `now` on. */
  readonly frame: TimeFrame
  /** For the regular expressions; without one only each row's own limit holds. */
  readonly budget?: FilterBudget | undefined
}

export type RowTest<Row> = (row: Row) => boolean

/**
 * A filter as closures made for it: one shape for each kind of node and number of children, cheap tests first.
 * The test never throws but for FilterTooSlow.
 */
export function compileFilter<Row>(
  node: FilterNode,
  access: RowAccess<Row>,
  options: CompileOptions,
): RowTest<Row> {
  switch (node.kind) {
    case 'all':
      return () => true
    case 'and':
      return allOf(cheapFirst(node.children).map((child) => compileFilter(child, access, options)))
    case 'or':
      return anyOf(cheapFirst(node.children).map((child) => compileFilter(child, access, options)))
    case 'not': {
      const test = compileFilter(node.child, access, options)
      return (row) => !test(row)
    }
    case 'text':
    case 'regex':
    case 'field':
      return access.leafTest?.(node) ?? compileLeaf(node, access, options)
  }
}

/** A filter for rows that are objects. */
export const compileForRows = (node: FilterNode, options: CompileOptions): RowTest<FilterRow> =>
  compileFilter(node, objectAccess, options)

/** The general test of a leaf, also for a store that tests only some leaves itself. */
export function compileLeaf<Row>(
  leaf: LeafNode,
  access: RowAccess<Row>,
  { frame, budget }: CompileOptions,
): RowTest<Row> {
  switch (leaf.kind) {
    case 'text': {
      const pattern = literalPattern(leaf.text)
      return (row) => pattern.test(access.text(row))
    }
    case 'regex': {
      const regex = compileRegex(leaf.regex.source, leaf.regex.ignoreCase)
      return (row) => regex.test(access.text(row), budget)
    }
    case 'field':
      return compileField(leaf, access, { frame, budget })
  }
}

function compileField<Row>(
  { field, test }: FieldNode,
  access: RowAccess<Row>,
  { frame, budget }: CompileOptions,
): RowTest<Row> {
  const { since } = field
  const own = access.getter(field)
  const get =
    since === undefined
      ? own
      : ageGetter(own, access.getter({ name: since, path: [since], type: 'time' }), frame)
  if (test.op === 'has') {
    return (row) => {
      const value = get(row)
      return value !== undefined && value !== null
    }
  }
  const tests = leafTests(test, field.type, { frame, budget })
  const { string, number } = tests
  return (row) => {
    const value = get(row)
    if (typeof value === 'string') return string(value)
    if (typeof value === 'number') return number(value)
    return value !== undefined && anyLeaf(value, (leaf) => passes(tests, leaf))
  }
}

/** The field itself, or the time passed since another. */
function ageGetter<Row>(
  own: (row: Row) => FieldValue,
  since: (row: Row) => FieldValue,
  frame: TimeFrame,
): (row: Row) => FieldValue {
  return (row) => {
    const value = own(row)
    if (value !== undefined) return value
    const start = since(row)
    return typeof start === 'number' ? frame.now - start : undefined
  }
}

function allOf<Row>(tests: readonly RowTest<Row>[]): RowTest<Row> {
  const [a, b, c, d] = tests
  if (a && b && tests.length === 2) return (row) => a(row) && b(row)
  if (a && b && c && tests.length === 3) return (row) => a(row) && b(row) && c(row)
  if (a && b && c && d && tests.length === 4) return (row) => a(row) && b(row) && c(row) && d(row)
  return (row) => {
    for (const test of tests) if (!test(row)) return false
    return true
  }
}

function anyOf<Row>(tests: readonly RowTest<Row>[]): RowTest<Row> {
  const [a, b, c, d] = tests
  if (a && b && tests.length === 2) return (row) => a(row) || b(row)
  if (a && b && c && tests.length === 3) return (row) => a(row) || b(row) || c(row)
  if (a && b && c && d && tests.length === 4) return (row) => a(row) || b(row) || c(row) || d(row)
  return (row) => {
    for (const test of tests) if (test(row)) return true
    return false
  }
}

/** A rough order of what a test costs; the order of children changes no result. */
function costOf(node: FilterNode): number {
  switch (node.kind) {
    case 'all':
      return 0
    case 'and':
    case 'or':
      return node.children.reduce((sum, child) => sum + costOf(child), 0)
    case 'not':
      return costOf(node.child)
    case 'text':
      return 4
    case 'regex':
      return 16
    case 'field':
      return node.test.op === 'regex' ? 12 : node.test.op === ':' || node.test.op === 'wildcard' ? 2 : 1
  }
}

const cheapFirst = (nodes: readonly FilterNode[]): FilterNode[] =>
  [...nodes].sort((a, b) => costOf(a) - costOf(b))
