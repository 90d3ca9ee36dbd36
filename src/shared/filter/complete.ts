import type { Span } from './ast'
import type { FieldRef } from './fields'
import { lex } from './lexer'
import { isBlank, scanField, scanWord } from './scan'
import {
  suggestFields,
  suggestKeywords,
  suggestValues,
  type CompletionSource,
  type Suggestion,
} from './suggest'
import type { FieldOperator, Token } from './tokens'

export interface Completion extends Span {
  /** Each replaces the span. */
  readonly suggestions: readonly Suggestion[]
}

const maxSuggestions = 50

interface Asked {
  readonly field: FieldRef
  readonly op: FieldOperator
}

/** Where the caret stands: whose value is being written, and whether a term stands before. */
interface Place {
  readonly asked: Asked | null
  readonly afterTerm: boolean
}

const terms: ReadonlySet<Token['kind']> = new Set(['word', 'quoted', 'regex', 'close', 'range-close'])

/** Follows the tokens before the one being written. */
function placeAfter(tokens: readonly Token[]): Place {
  const groups: (Asked | null)[] = []
  let asked: Asked | null = null
  let range: Asked | null = null
  for (const token of tokens) {
    const group: Asked | null = groups.at(-1) ?? null
    if (token.kind === 'field') asked = token
    else if (token.kind === 'op' && group) asked = { field: group.field, op: token.op }
    else if (token.kind === 'open') groups.push(asked ?? group)
    else if (token.kind === 'close') groups.pop()
    else if (token.kind === 'range-open') range = asked ?? group
    else if (token.kind === 'range-close') range = null
    if (token.kind !== 'field' && token.kind !== 'op') asked = null
  }
  const last = tokens.at(-1)
  const inside = range ? { field: range.field, op: '>=' as const } : (groups.at(-1) ?? null)
  return { asked: asked ?? inside, afterTerm: !asked && last !== undefined && terms.has(last.kind) }
}

/** The token that the caret is in or at the end of, if it can be completed. */
function unfinished(tokens: readonly Token[], caret: number): Token | undefined {
  const last = tokens.at(-1)
  if (!last || last.offset + last.length !== caret) return undefined
  if (last.kind === 'quoted') return last.closed ? undefined : last
  return ['word', 'and', 'or', 'not', 'to'].includes(last.kind) ? last : undefined
}

const prefixOf = (token: Token | undefined, text: string): string => {
  if (!token) return ''
  return token.kind === 'word' || token.kind === 'quoted'
    ? token.text
    : text.slice(token.offset, token.offset + token.length)
}

/** Where what stands at the caret ends: a word, or the name and operator of a field. */
function endOf(
  text: string,
  offset: number,
  caret: number,
  { asked }: Place,
  { fields }: CompletionSource,
): number {
  if (text[offset] === '"') return caret
  const field = asked ? undefined : scanField(text, offset, fields)
  if (field && 'field' in field && caret < field.end) return field.end
  const next = text[offset]
  if (next === undefined || isBlank(next)) return caret
  return Math.max(caret, scanWord(text, offset, ']').end)
}

/** What could be written at the caret of a filter, finished or not, right or wrong. */
export function complete(text: string, caret: number, source: CompletionSource): Completion {
  const head = text.slice(0, caret)
  const { tokens } = lex(head, source.fields)
  const last = tokens.at(-1)
  const touches = last && last.offset + last.length === head.length
  const token = unfinished(tokens, head.length)
  const closed = touches && (last.kind === 'regex' || (last.kind === 'quoted' && last.closed))
  if (closed) return { offset: caret, length: 0, suggestions: [] }
  // A dash or an exclamation mark before a name is its own token and stays.
  const sign = token?.kind === 'not' && !/[a-z]/i.test(text.charAt(token.offset))
  const written = sign ? undefined : token
  const place = placeAfter(written ? tokens.slice(0, -1) : tokens)
  const offset = written ? written.offset : head.length
  const length = endOf(text, offset, head.length, place, source) - offset
  const prefix = prefixOf(written, text)
  const suggestions = place.asked
    ? suggestValues(place.asked.field, place.asked.op, prefix, source)
    : written?.kind === 'quoted'
      ? []
      : suggestFields(prefix, source.fields)
  const keywords =
    (place.asked && !place.afterTerm) || written?.kind === 'quoted'
      ? []
      : suggestKeywords(prefix, place.afterTerm)
  return { offset, length, suggestions: [...suggestions, ...keywords].slice(0, maxSuggestions) }
}
