import { blanks, complement, digits, wordChars, type CharSet } from './charset'
import { oneChar, RegexSyntaxError } from './syntax'

const classes: Readonly<Record<string, CharSet>> = {
  d: digits,
  D: complement(digits),
  w: wordChars,
  W: complement(wordChars),
  s: blanks,
  S: complement(blanks),
}

const controls: Readonly<Record<string, number>> = { t: 9, n: 10, v: 11, f: 12, r: 13, a: 7, e: 27, '0': 0 }

const unsupported: readonly (readonly [RegExp, string])[] = [
  [/^[1-9k]/, 'A backreference is not supported: its time cannot be bounded'],
  [/^[pP]/, 'Unicode properties are not supported; list the characters in a class'],
]

export interface Escape {
  readonly set: CharSet
  /** Units after the backslash. */
  readonly length: number
  /** One character, so that it may be an end of a range. */
  readonly single: boolean
}

/** Reads what follows a backslash at `offset` (its own place), outside of `\b` and `\B`. */
export function readEscape(source: string, offset: number): Escape {
  const rest = source.slice(offset + 1, offset + 12)
  const char = rest.charAt(0)
  if (char === '') throw new RegexSyntaxError('Nothing follows the backslash', offset)
  const known = classes[char]
  if (known) return { set: known, length: 1, single: false }
  const control = controls[char]
  if (control !== undefined && !/^0\d/.test(rest)) return { set: oneChar(control), length: 1, single: true }
  const [code, short, long] =
    /^(?:x([\da-f]{2})|u([\da-f]{4})|u\{([\da-f]{1,6})\})/i.exec(rest)?.slice(1) ?? []
  const digitsOf = code ?? short ?? long
  if (digitsOf !== undefined) {
    const length = digitsOf.length + (long === undefined ? 1 : 3)
    const value = Number.parseInt(digitsOf, 16)
    if (value > 0x10ffff) throw new RegexSyntaxError('There is no such character', offset, length + 1)
    return { set: oneChar(value), length, single: true }
  }
  const refused = unsupported.find(([pattern]) => pattern.test(rest))
  if (refused) throw new RegexSyntaxError(refused[1], offset, 2)
  if (/^[\da-z]/i.test(rest)) throw new RegexSyntaxError(`\\${char} means nothing`, offset, 2)
  const literal = rest.codePointAt(0) ?? 0
  return { set: oneChar(literal), length: literal > 0xffff ? 2 : 1, single: true }
}
