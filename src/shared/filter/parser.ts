import { join, negate, type FieldTest, type FilterNode, type Span } from './ast'
import { checkRegex, checkTest } from './check'
import { ParseFailure, type FilterError } from './failure'
import type { FieldRef, FieldSet } from './fields'
import { lex } from './lexer'
import type { FieldOperator, Notice, Token } from './tokens'

/** A longer filter is refused. */
export const maxFilter = 16_384
const maxDepth = 64

export type ParsedFilter =
  | { readonly ast: FilterNode; readonly notices: readonly Notice[]; readonly error?: undefined }
  | { readonly ast?: undefined; readonly notices: readonly Notice[]; readonly error: FilterError }

export interface ParseOptions {
  /** Fields that rows can have; other names are text. Not given: every name is a field. */
  readonly fields?: FieldSet | undefined
}

/** Reads a filter. Never throws: what cannot run is an error with its place and what was expected there. */
export function parseFilter(text: string, { fields }: ParseOptions = {}): ParsedFilter {
  if (text.length > maxFilter) {
    const message = `A filter may have ${maxFilter} characters`
    return {
      notices: [],
      error: { offset: maxFilter, length: text.length - maxFilter, message, expected: [] },
    }
  }
  const { tokens, notices } = lex(text, fields)
  try {
    return { ast: new Parser(tokens, text.length).filter(), notices }
  } catch (failure) {
    if (failure instanceof ParseFailure) return { notices, error: failure.error }
    throw failure
  }
}

/** The field and operator that the values of a group belong to. */
interface Group {
  readonly field: FieldRef
  readonly op: FieldOperator
}

const term = ['a word', 'a field', '"a phrase"', '/a regular expression/', '(']
const value = ['a value', '"a phrase"', '*']

class Parser {
  readonly #tokens: readonly Token[]
  readonly #length: number
  #at = 0
  #depth = 0

  constructor(tokens: readonly Token[], length: number) {
    this.#tokens = tokens
    this.#length = length
  }

  filter(): FilterNode {
    if (this.#tokens.length === 0) return { kind: 'all', span: { offset: 0, length: this.#length } }
    const node = this.#either(null)
    const rest = this.#peek
    if (rest) throw new ParseFailure('There is no parenthesis to close here.', rest, ['and', 'or', 'the end'])
    return node
  }

  get #peek(): Token | undefined {
    return this.#tokens[this.#at]
  }

  /** From the start of a token to the end of the last one taken. */
  #since(offset: number): Span {
    const last = this.#tokens[this.#at - 1]
    return { offset, length: (last ? last.offset + last.length : offset) - offset }
  }

  #fail(message: string, expected: readonly string[]): never {
    throw new ParseFailure(message, this.#peek ?? { offset: this.#length, length: 0 }, expected)
  }

  #either(group: Group | null): FilterNode {
    const offset = this.#peek?.offset ?? this.#length
    const nodes = [this.#both(group)]
    while (this.#peek?.kind === 'or') {
      this.#at++
      nodes.push(this.#both(group))
    }
    return join('or', nodes, this.#since(offset))
  }

  #both(group: Group | null): FilterNode {
    const offset = this.#peek?.offset ?? this.#length
    const nodes = [this.#unary(group)]
    for (;;) {
      const kind = this.#peek?.kind
      if (kind === undefined || kind === 'or' || kind === 'close')
        return join('and', nodes, this.#since(offset))
      if (kind === 'and') this.#at++
      nodes.push(this.#unary(group))
    }
  }

  #unary(group: Group | null): FilterNode {
    const offset = this.#peek?.offset ?? this.#length
    let negated = false
    for (; this.#peek?.kind === 'not'; this.#at++) negated = !negated
    const node = this.#primary(group)
    return negated ? negate(node, this.#since(offset)) : node
  }

  #primary(group: Group | null): FilterNode {
    const token = this.#peek
    if (!token) return this.#fail('The filter ends where something should follow.', group ? value : term)
    if (token.kind === 'open') return this.#parenthesis(group)
    if (token.kind === 'field') return this.#field(token)
    if (group) {
      const offset = token.offset
      if (token.kind === 'op') {
        this.#at++
        return this.#test({ field: group.field, op: token.op }, offset)
      }
      return this.#test(group, offset)
    }
    if (token.kind === 'quoted') {
      return { kind: 'text', text: this.#phrase(token), span: this.#since(token.offset) }
    }
    if (token.kind === 'word') {
      this.#at++
      return { kind: 'text', text: token.text, span: this.#since(token.offset) }
    }
    if (token.kind !== 'regex') return this.#fail('Something to look for is missing here.', term)
    this.#at++
    const span = this.#since(token.offset)
    const regex = { source: token.source, ignoreCase: token.ignoreCase }
    checkRegex(regex, span)
    return { kind: 'regex', regex, span }
  }

  #phrase(token: Token & { kind: 'quoted' }): string {
    if (!token.closed) throw new ParseFailure('The quote is not closed.', token, ['"'])
    this.#at++
    return token.text
  }

  #parenthesis(group: Group | null): FilterNode {
    const opened = this.#peek
    if (!opened) return this.#fail('The filter ends where something should follow.', term)
    if (++this.#depth > maxDepth) this.#fail(`Parentheses are nested deeper than ${maxDepth}.`, [])
    this.#at++
    const node = this.#either(group)
    if (this.#tokens[this.#at]?.kind !== 'close')
      throw new ParseFailure('The parenthesis is not closed.', opened, [')'])
    this.#at++
    this.#depth--
    return node
  }

  #field(token: Token & { kind: 'field' }): FilterNode {
    this.#at++
    const { field, op } = token
    // The lexer reads on for the value, so a parenthesis here groups values.
    if (this.#peek?.kind !== 'open') return this.#test({ field, op }, token.offset)
    const node = this.#parenthesis({ field, op: op === '!=' ? '=' : op })
    return op === '!=' ? negate(node, this.#since(token.offset)) : node
  }

  /** The value of a field; `offset` is where the test began. */
  #test({ field, op }: Group, offset: number): FilterNode {
    const token = this.#peek
    const valueAt = token ?? { offset: this.#length, length: 0 }
    const test = this.#valueOf(op)
    const span = this.#since(offset)
    if (test.op === 'regex') checkRegex(test.regex, valueAt)
    checkTest(field, test, this.#since(valueAt.offset))
    const node: FilterNode = { kind: 'field', field, test, span }
    return op === '!=' ? negate(node, span) : node
  }

  #valueOf(op: FieldOperator): FieldTest {
    const token = this.#peek
    if (token?.kind === 'quoted') return plainTest(op, this.#phrase(token))
    if (token?.kind === 'range-open') return this.#range()
    if (token?.kind === 'regex') {
      this.#at++
      return { op: 'regex', regex: { source: token.source, ignoreCase: token.ignoreCase } }
    }
    if (token?.kind !== 'word') return this.#fail('A value is missing here.', value)
    this.#at++
    if (op !== ':' || token.pieces.length === 1) return plainTest(op, token.text)
    return token.text === '*' ? { op: 'has' } : { op: 'wildcard', pieces: token.pieces }
  }

  #range(): FieldTest {
    const opened = this.#peek
    this.#at++
    const low = this.#end()
    if (this.#peek?.kind !== 'to') this.#fail('A range is written [a to b].', ['to'])
    this.#at++
    const high = this.#end()
    const close = this.#tokens[this.#at]
    if (!close && opened) throw new ParseFailure('The range is not closed.', opened, [']'])
    if (close?.kind !== 'range-close') this.#fail('A range is written [a to b].', [']'])
    this.#at++
    return { op: 'range', low, high }
  }

  /** One end of a range; a star is none. */
  #end(): string | null {
    const token = this.#peek
    if (token?.kind === 'quoted') return this.#phrase(token)
    if (token?.kind !== 'word') return this.#fail('An end of the range is missing.', ['a value', '*'])
    this.#at++
    return token.text === '*' && token.pieces.length === 2 ? null : token.text
  }
}

function plainTest(op: FieldOperator, text: string): FieldTest {
  return { op: op === '!=' ? '=' : op, value: text }
}
