import type { Comparator, RegexLiteral, Span } from './ast'
import type { FieldRef } from './fields'

export type FieldOperator = ':' | '=' | '!=' | Comparator

export type Token = Span &
  (
    | { readonly kind: 'open' | 'close' | 'and' | 'or' | 'not' | 'range-open' | 'range-close' | 'to' }
    /** `field:`, `field>=` and the like; what it tests follows. */
    | { readonly kind: 'field'; readonly field: FieldRef; readonly op: FieldOperator }
    /** A comparison inside of a field's group. */
    | { readonly kind: 'op'; readonly op: '=' | Comparator }
    /** `pieces` stand between unescaped stars; `text` has the stars. */
    | { readonly kind: 'word'; readonly text: string; readonly pieces: readonly string[] }
    | { readonly kind: 'quoted'; readonly text: string; readonly closed: boolean }
    | ({ readonly kind: 'regex' } & RegexLiteral)
  )

/** Something that the filter box says beside a filter that runs. */
export interface Notice extends Span {
  readonly message: string
}

export interface Lexed {
  readonly tokens: readonly Token[]
  readonly notices: readonly Notice[]
}
