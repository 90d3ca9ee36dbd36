import { charSet, type CharSet } from './charset'

/** A regular expression as both engines run it: what it captures and which match it prefers do not matter. */
export type RegexTree =
  | { readonly kind: 'set'; readonly set: CharSet }
  | { readonly kind: 'sequence' | 'choice'; readonly items: readonly RegexTree[] }
  /** `max` may be Infinity. */
  | { readonly kind: 'repeat'; readonly item: RegexTree; readonly min: number; readonly max: number }
  | { readonly kind: 'assert'; readonly what: 'start' | 'end' | 'word' | 'not-word' }

/** A pattern that cannot be run; the place is in UTF-16 units of the pattern. */
export class RegexSyntaxError extends Error {
  override readonly name = 'RegexSyntaxError'
  readonly offset: number
  readonly length: number

  constructor(message: string, offset: number, length = 1) {
    super(message)
    this.offset = offset
    this.length = length
  }
}

export const empty: RegexTree = { kind: 'sequence', items: [] }

export const sequence = (items: readonly RegexTree[]): RegexTree =>
  items.length === 1 && items[0] ? items[0] : { kind: 'sequence', items }

export const choice = (items: readonly RegexTree[]): RegexTree =>
  items.length === 1 && items[0] ? items[0] : { kind: 'choice', items }

export const oneChar = (codePoint: number): CharSet => charSet([[codePoint, codePoint]])
