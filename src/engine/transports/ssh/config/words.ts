import { lowerAscii } from '../pattern'

/** How OpenSSH takes the lines of ssh_config(5) apart. Blanks are space, tab, CR and LF. */

const leadingBlanks = /^[ \t\r\n]+/
const trailingBlanks = /[ \t\r\n\f]+$/

export interface Word {
  /** Null behind the last word, and where a quote is not closed. */
  readonly word: string | null
  /** Null behind the last word. */
  readonly rest: string | null
}

/**
 * The first word and what is behind it. Words end at blanks or at one `=`; a double quote anywhere in a
 * word takes everything up to the next quote, and ends the word there.
 */
export function firstWord(text: string | null): Word {
  if (text === null) return { word: null, rest: null }
  const end = text.search(/[ \t\r\n"=]/)
  if (end < 0) return { word: text, rest: null }
  if (text[end] === '"') {
    const close = text.indexOf('"', end + 1)
    if (close < 0) return { word: null, rest: null }
    const word = text.slice(0, end) + text.slice(end + 1, close)
    return { word, rest: text.slice(close + 1).replace(leadingBlanks, '') }
  }
  const rest = text.slice(end + 1).replace(leadingBlanks, '')
  const another = text[end] !== '=' && rest.startsWith('=')
  return { word: text.slice(0, end), rest: another ? rest.slice(1).replace(leadingBlanks, '') : rest }
}

/**
 * The arguments of a line: separated by spaces and tabs, with single or double quotes, and `\"`, `\'`,
 * `\\` and (outside quotes) `\ ` as escapes; `#` at the start of one ends the line. Null where a quote is
 * not closed.
 */
export function splitArguments(text: string): string[] | null {
  const words: string[] = []
  let at = 0
  while (at < text.length) {
    const character = text[at]
    if (character === ' ' || character === '\t') {
      at++
      continue
    }
    if (character === '#') break
    const taken = takeArgument(text, at)
    if (taken === null) return null
    words.push(taken.word)
    at = taken.end
  }
  return words
}

function takeArgument(text: string, start: number): { word: string; end: number } | null {
  let word = ''
  let quote = ''
  let at = start
  for (; at < text.length; at++) {
    const character = text.charAt(at)
    const next = text.charAt(at + 1)
    if (
      character === '\\' &&
      (next === '"' || next === "'" || next === '\\' || (quote === '' && next === ' '))
    ) {
      word += next
      at++
    } else if (quote === '' && (character === ' ' || character === '\t')) {
      break
    } else if (quote === '' && (character === '"' || character === "'")) {
      quote = character
    } else if (character === quote) {
      quote = ''
    } else {
      word += character
    }
  }
  return quote === '' ? { word, end: at } : null
}

export type SplitLine =
  | { readonly keyword: string; readonly rest: string; readonly args: readonly string[] }
  | { readonly kind: 'mistake' | 'note'; readonly message: string }

/** A line's keyword, in lower case, and its arguments; null for blank lines and comments. */
export function splitLine(written: string): SplitLine | null {
  const line = (written.split('\0')[0] ?? '').replace(trailingBlanks, '')
  let first = firstWord(line)
  // A line that begins with blanks begins with an empty word.
  if (first.word === '') first = firstWord(first.rest)
  if (first.word === null) {
    // ssh passes over such a line without a word.
    return line.includes('"')
      ? { kind: 'note', message: 'A quote is not closed; the line says nothing.' }
      : null
  }
  if (first.word === '' || first.word.startsWith('#')) return null
  const keyword = lowerAscii(first.word)
  const rest = (first.rest ?? '').replace(leadingBlanks, '')
  if (rest === '') return { kind: 'mistake', message: `Nothing stands behind ${printable(first.word)}.` }
  const args = splitArguments(rest)
  return args === null ? { kind: 'mistake', message: 'A quote is not closed.' } : { keyword, rest, args }
}

/** Part of a file for a message: short, and without characters that could upset a terminal. */
export function printable(text: string): string {
  const visible = text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '?')
  return `"${visible.length > 60 ? `${visible.slice(0, 60)}...` : visible}"`
}
