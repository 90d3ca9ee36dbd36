import type { FieldSet } from './fields'
import { isBlank, scanField, scanQuoted, scanRegex, scanWord } from './scan'
import type { FieldOperator, Lexed, Notice, Token } from './tokens'

const keywords: Readonly<Record<string, 'and' | 'or' | 'not'>> = { and: 'and', or: 'or', not: 'not' }
const groupOperator = /(?:>=|<=|>|<|=)(?=[^\s()])/y

/** Tokens and their places; never fails: what is no syntax is text. */
export function lex(source: string, fields: FieldSet | undefined): Lexed {
  const lexer = new Lexer(source, fields)
  lexer.run()
  return lexer
}

class Lexer {
  readonly tokens: Token[] = []
  readonly notices: Notice[] = []
  readonly #source: string
  readonly #fields: FieldSet | undefined
  /** For each open parenthesis: does it group values of a field? */
  readonly #groups: boolean[] = []
  #at = 0

  constructor(source: string, fields: FieldSet | undefined) {
    this.#source = source
    this.#fields = fields
  }

  run(): void {
    this.#skipBlanks()
    while (this.#at < this.#source.length) {
      this.#term()
      this.#skipBlanks()
    }
  }

  #skipBlanks(): void {
    while (isBlank(this.#source[this.#at])) this.#at++
  }

  get #inGroup(): boolean {
    return this.#groups.at(-1) ?? false
  }

  /** Ends a token that began at `offset`. */
  #span(offset: number, end: number): { offset: number; length: number } {
    this.#at = end
    return { offset, length: end - offset }
  }

  #term(): void {
    const offset = this.#at
    const char = this.#source[offset]
    const next = this.#source[offset + 1]
    if (char === '(') return this.#open(this.#inGroup)
    if (char === ')') {
      this.#groups.pop()
      this.tokens.push({ kind: 'close', ...this.#span(offset, offset + 1) })
      return
    }
    if (char === '"') return this.#quoted()
    if (char === '/' && this.#regex()) return
    if ((char === '&' || char === '|') && next === char) {
      this.tokens.push({ kind: char === '&' ? 'and' : 'or', ...this.#span(offset, offset + 2) })
      return
    }
    if ((char === '-' || char === '!') && next !== undefined && !isBlank(next) && !'-=)'.includes(next)) {
      this.tokens.push({ kind: 'not', ...this.#span(offset, offset + 1) })
      return
    }
    if (this.#inGroup) this.#groupValue()
    else this.#fieldOrWord()
  }

  #open(groupsValues: boolean): void {
    this.#groups.push(groupsValues)
    this.tokens.push({ kind: 'open', ...this.#span(this.#at, this.#at + 1) })
  }

  #quoted(): void {
    const { text, closed, end } = scanQuoted(this.#source, this.#at)
    this.tokens.push({ kind: 'quoted', text, closed, ...this.#span(this.#at, end) })
  }

  #regex(): boolean {
    const regex = scanRegex(this.#source, this.#at)
    if (!regex) return false
    const { source, ignoreCase, end } = regex
    this.tokens.push({ kind: 'regex', source, ignoreCase, ...this.#span(this.#at, end) })
    return true
  }

  #word(stops = ''): void {
    const { text, pieces, end } = scanWord(this.#source, this.#at, stops)
    this.tokens.push({ kind: 'word', text, pieces, ...this.#span(this.#at, end) })
  }

  /** True if a keyword stands here as a word of its own. */
  #keyword(): boolean {
    const { end } = scanWord(this.#source, this.#at)
    const kind = keywords[this.#source.slice(this.#at, end).toLowerCase()]
    if (!kind) return false
    this.tokens.push({ kind, ...this.#span(this.#at, end) })
    return true
  }

  #groupValue(): void {
    if (this.#keyword()) return
    groupOperator.lastIndex = this.#at
    const [op] = groupOperator.exec(this.#source) ?? []
    if (op === '>' || op === '<' || op === '>=' || op === '<=' || op === '=') {
      this.tokens.push({ kind: 'op', op, ...this.#span(this.#at, this.#at + op.length) })
      this.#value(op)
    } else if (this.#source[this.#at] === '[') this.#range()
    else this.#word()
  }

  #fieldOrWord(): void {
    if (this.#keyword()) return
    const offset = this.#at
    const found = scanField(this.#source, offset, this.#fields)
    if (found && 'field' in found) {
      const { field, op, end } = found
      this.tokens.push({ kind: 'field', field, op, ...this.#span(offset, end) })
      this.#skipBlanks()
      this.#value(op)
      return
    }
    this.#word()
    this.#explainText(offset, found?.unknown, found?.colon ?? false)
  }

  /** Says where something that looks like syntax is read as text. */
  #explainText(offset: number, unknown: string | undefined, colon: boolean): void {
    const token = this.tokens.at(-1)
    if (token?.kind !== 'word') return
    const { text, pieces, length } = token
    const note = (reason: string): void => {
      this.notices.push({ offset, length, message: `“${text}” is read as text: ${reason}.` })
    }
    if (unknown !== undefined && (colon || /^[A-Za-z_][\w.]*$/.test(unknown)))
      note(`no row has a field “${unknown}”`)
    else if (/^[^:]+:[^:]/.test(text)) note('what stands before its colon is no name of a field')
    else if (text.startsWith('/')) note('no regular expression is closed here')
    else if (pieces.length > 1) note('a star is a wildcard only in the value of a field')
  }

  /** What follows a field and its operator. */
  #value(op: FieldOperator): void {
    const char = this.#source[this.#at]
    if (char === undefined || char === ')') return
    if (char === '"') return this.#quoted()
    if (char === '(') return this.#open(true)
    if (op === ':' && char === '/' && this.#regex()) return
    if (op === ':' && char === '[') return this.#range()
    this.#word()
  }

  #range(): void {
    this.tokens.push({ kind: 'range-open', ...this.#span(this.#at, this.#at + 1) })
    for (;;) {
      this.#skipBlanks()
      const char = this.#source[this.#at]
      if (char === undefined || char === '(' || char === ')') return
      if (char === ']') {
        this.tokens.push({ kind: 'range-close', ...this.#span(this.#at, this.#at + 1) })
        return
      }
      const { end } = scanWord(this.#source, this.#at, ']')
      if (char === '"') this.#quoted()
      else if (this.#source.slice(this.#at, end).toLowerCase() === 'to') {
        this.tokens.push({ kind: 'to', ...this.#span(this.#at, end) })
      } else this.#word(']')
    }
  }
}
