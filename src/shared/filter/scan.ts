import type { RegexLiteral } from './ast'
import { fieldRef, type FieldRef, type FieldSet } from './fields'
import type { FieldOperator } from './tokens'

/** Pieces of a filter's text, each read from a place on; `end` is where it stops. */

const blank = /\s/
export const isBlank = (char: string | undefined): boolean => char !== undefined && blank.test(char)

/** A backslash takes the special meaning of these; before others it is a backslash. */
const escapable = /[!-/:-@[-^`{-~\s]/

export interface ScannedWord {
  readonly text: string
  readonly pieces: readonly string[]
  readonly end: number
}

/** A word up to a blank, a parenthesis, or one of `stops`. */
export function scanWord(source: string, start: number, stops = ''): ScannedWord {
  let text = ''
  const pieces: string[] = []
  let piece = ''
  let at = start
  for (let char = source[at]; char !== undefined; char = source[at]) {
    if (isBlank(char) || char === '(' || char === ')' || stops.includes(char)) break
    const next = source[at + 1]
    const escapes = char === '\\' && next !== undefined && escapable.test(next)
    const taken = escapes ? next : char
    if (taken === '*' && !escapes) {
      pieces.push(piece)
      piece = ''
    } else piece += taken
    text += taken
    at += escapes ? 2 : 1
  }
  return { text, pieces: [...pieces, piece], end: at }
}

export interface ScannedQuote {
  readonly text: string
  readonly closed: boolean
  readonly end: number
}

/** A phrase from its opening quote on; a backslash escapes a quote and itself. */
export function scanQuoted(source: string, start: number): ScannedQuote {
  let text = ''
  for (let at = start + 1; at < source.length; at++) {
    const char = source.charAt(at)
    if (char === '"') return { text, closed: true, end: at + 1 }
    const next = source[at + 1]
    if (char === '\\' && (next === '"' || next === '\\')) at++
    text += source.charAt(at)
  }
  return { text, closed: false, end: source.length }
}

/**
 * A regular expression, or null where the slash begins a text: `/var/log` has no slash that a blank, a parenthesis
 * or the end follows before one that something else does.
 */
export function scanRegex(source: string, start: number): (RegexLiteral & { readonly end: number }) | null {
  let inClass = false
  for (let at = start + 1; at < source.length; at++) {
    const char = source.charAt(at)
    if (char === '\\') at++
    else if (char === '[') inClass = true
    else if (char === ']') inClass = false
    else if (char === '/' && !inClass) {
      const ignoreCase = source[at + 1] === 'i'
      const end = at + (ignoreCase ? 2 : 1)
      const after = source[end]
      const closes = at > start + 1 && (after === undefined || isBlank(after) || after === ')')
      return closes ? { source: source.slice(start + 1, at), ignoreCase, end } : null
    }
  }
  return null
}

export interface ScannedField {
  readonly field: FieldRef
  readonly op: FieldOperator
  readonly end: number
}

const nameAndOperator =
  /((?:[A-Za-z_@$\u0080-\uffff]|\\[!-/:-@[-^`{-~\s])(?:[\w@$.\-\u0080-\uffff]|\\[!-/:-@[-^`{-~\s])*)(:>=|:<=|:>|:<|:=|:|!=|>=|<=|>|<|=)/y

const operators: Readonly<Record<string, FieldOperator>> = {
  ':': ':',
  '=': '=',
  ':=': '=',
  '!=': '!=',
  '>': '>',
  ':>': '>',
  '>=': '>=',
  ':>=': '>=',
  '<': '<',
  ':<': '<',
  '<=': '<=',
  ':<=': '<=',
}

/** Keys of a written path; an empty key makes it no path. */
function splitPath(name: string): string[] | null {
  const keys = ['']
  for (let at = 0; at < name.length; at++) {
    const char = name.charAt(at)
    if (char === '.') keys.push('')
    else keys.push((keys.pop() ?? '') + (char === '\\' ? name.charAt(++at) : char))
  }
  return keys.includes('') ? null : keys
}

/**
 * A field and its operator; a name that no row can have gives the name alone; undefined where no name and operator
 * stand.
 */
export function scanField(
  source: string,
  start: number,
  fields: FieldSet | undefined,
): ScannedField | { readonly unknown: string; readonly colon: boolean } | undefined {
  nameAndOperator.lastIndex = start
  const [all, name = '', written = ''] = nameAndOperator.exec(source) ?? []
  const op = operators[written]
  if (all === undefined || op === undefined) return undefined
  const end = start + all.length
  const path = splitPath(name)
  const field = path && !isText(source, end, fields) ? fieldRef(path, fields) : undefined
  return field ? { field, op, end } : { unknown: name, colon: written.startsWith(':') }
}

/** Where every name is a field, an address and a colon at the end of a word are still text. */
function isText(source: string, end: number, fields: FieldSet | undefined): boolean {
  return (
    fields === undefined && (source.startsWith('//', end) || end >= source.length || isBlank(source[end]))
  )
}
