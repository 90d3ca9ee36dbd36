import { join, negate, type FilterNode, type LeafNode } from './ast'
import { escapeKey, fieldRef, type FieldSet } from './fields'
import { parseFilter } from './parser'
import { printFilter, printLeaf } from './print'

export type ClickedValue = string | number | boolean | null

const none = { offset: 0, length: 0 }

/** The term that a clicked value stands for; without a field, the text itself. */
function termOf(path: readonly string[] | null, value: ClickedValue, fields: FieldSet | undefined): LeafNode {
  if (path === null) return { kind: 'text', text: String(value), span: none }
  const name = path.map(escapeKey).join('.')
  const field = fieldRef(path, fields) ?? { name, path, type: 'text' as const }
  return { kind: 'field', field, test: { op: '=', value: written(value, field.type) }, span: none }
}

function written(value: ClickedValue, type: string): string {
  if (typeof value !== 'number' || !Number.isFinite(value)) return String(value)
  if (type === 'duration' && value !== 0) return `${value}ms`
  // Times beyond what a date can tell stay numbers.
  if (type === 'time' && Math.abs(value) <= 8.64e15) return new Date(value).toISOString()
  return String(value)
}

/** `field:x` and `field=x` are the same to a click. */
function same(a: FilterNode, b: LeafNode): boolean {
  if (a.kind !== 'field' || b.kind !== 'field') return printFilter(a) === printFilter(b)
  const [left, right] = [a.test, b.test]
  const named = a.field.name === b.field.name && (left.op === ':' || left.op === '=')
  return named && right.op === '=' && left.value === right.value
}

function spliced(text: string, node: FilterNode, piece: string): string {
  const { offset, length } = node.span
  return text.slice(0, offset) + piece + text.slice(offset + length)
}

/** Removes a term with what joined it to its neighbour. */
function removed(text: string, terms: readonly FilterNode[], index: number): string {
  const { span } = terms[index] ?? { span: none }
  const before = terms[index - 1]?.span
  const after = terms[index + 1]?.span
  if (before) return text.slice(0, before.offset + before.length) + text.slice(span.offset + span.length)
  return after ? text.slice(0, span.offset) + text.slice(after.offset) : ''
}

/**
 * A filter's text with a clicked value included or excluded; a second click takes it out again, a click of the
 * other kind turns it. The rest of the text stays as it was written.
 */
export function withTerm(
  text: string,
  path: readonly string[] | null,
  value: ClickedValue,
  mode: 'include' | 'exclude',
  fields?: FieldSet,
): string {
  const leaf = termOf(path, value, fields)
  const term = (mode === 'exclude' ? '-' : '') + printLeaf(leaf)
  const { ast } = parseFilter(text, { fields })
  // A filter that cannot be read is not taken apart.
  if (!ast) return text.trim() === '' ? term : `${text.trimEnd()} ${term}`
  if (ast.kind === 'all') return term
  const terms = ast.kind === 'and' ? ast.children : [ast]
  const index = terms.findIndex((node) => same(node.kind === 'not' ? node.child : node, leaf))
  const found = terms[index]
  const wanted: FilterNode = mode === 'exclude' ? negate(leaf, none) : leaf
  if (!found) {
    const edited = ast.kind === 'or' ? `(${text.trim()}) ${term}` : `${text.trimEnd()} ${term}`
    return checked(edited, [...terms, wanted], fields)
  }
  const others = terms.filter((node) => node !== found)
  if ((found.kind === 'not') === (mode === 'exclude'))
    return checked(removed(text, terms, index).trim(), others, fields)
  return checked(
    spliced(text, found, term),
    terms.map((node) => (node === found ? wanted : node)),
    fields,
  )
}

/** The edited text if it reads as the terms it should hold; else those, printed anew. */
function checked(text: string, terms: readonly FilterNode[], fields: FieldSet | undefined): string {
  if (terms.length === 0) return ''
  const wanted = printFilter(join('and', terms, none))
  const { ast } = parseFilter(text, { fields })
  return ast && printFilter(ast) === wanted ? text : wanted
}
