import type { FieldRef } from './fields'

/** A piece of the filter's text, in UTF-16 units. */
export interface Span {
  readonly offset: number
  readonly length: number
}

export interface RegexLiteral {
  /** What stands between the slashes. */
  readonly source: string
  readonly ignoreCase: boolean
}

export type Comparator = '<' | '<=' | '>' | '>='

export type FieldTest =
  | { readonly op: 'has' }
  /** `:` contains or equals, `=` equals exactly. */
  | { readonly op: ':' | '='; readonly value: string }
  /** What stands between the stars; anchored at both ends. */
  | { readonly op: 'wildcard'; readonly pieces: readonly string[] }
  | { readonly op: 'regex'; readonly regex: RegexLiteral }
  | { readonly op: Comparator; readonly value: string }
  /** Both ends belong to it; null is open. */
  | { readonly op: 'range'; readonly low: string | null; readonly high: string | null }

export interface TextNode {
  readonly kind: 'text'
  readonly text: string
  readonly span: Span
}

export interface RegexNode {
  readonly kind: 'regex'
  readonly regex: RegexLiteral
  readonly span: Span
}

export interface FieldNode {
  readonly kind: 'field'
  readonly field: FieldRef
  readonly test: FieldTest
  readonly span: Span
}

export type LeafNode = TextNode | RegexNode | FieldNode

export type FilterNode =
  /** An empty filter: every row. */
  | { readonly kind: 'all'; readonly span: Span }
  | { readonly kind: 'and' | 'or'; readonly children: readonly FilterNode[]; readonly span: Span }
  | { readonly kind: 'not'; readonly child: FilterNode; readonly span: Span }
  | LeafNode

/** Joins nodes, flat: a group of the same kind inside is the same group. */
export function join(kind: 'and' | 'or', nodes: readonly FilterNode[], span: Span): FilterNode {
  const children = nodes.flatMap((node) => (node.kind === kind ? node.children : [node]))
  const [only] = children
  return children.length === 1 && only ? only : { kind, children, span }
}

/** Negates a node; twice is not at all. */
export function negate(child: FilterNode, span: Span): FilterNode {
  return child.kind === 'not' ? child.child : { kind: 'not', child, span }
}
