/**
 * JSON as Yojson, the switch's own parser, reads it: control characters may stand in strings, and NaN and Infinity
 * are numbers. It walks without recursion, so that a hostile depth costs nothing but memory, and hands over what it
 * finds in order: duplicate keys stay, numbers keep their digits.
 */
export interface JsonHandler {
  begin(container: 'object' | 'list'): void
  end(container: 'object' | 'list'): void
  key(text: string): void
  string(text: string): void
  /** `integer`: written without fraction and exponent. */
  number(text: string, integer: boolean): void
  literal(value: boolean | null): void
}

export interface WalkOptions {
  /** Containers within each other; deeper ones end the walk. */
  readonly maxDepth: number
  /** What a `\u` escape stands for: text for people, or its bytes in a byte string. */
  readonly escape: (codePoint: number) => string
}

export type WalkResult = 'json' | 'not-json' | 'too-deep'

const numberPattern = /-?(?:0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?|NaN|-?Infinity/y
const spacePattern = /[ \t\r\n]*/y
const literals: ReadonlyMap<string, boolean | null> = new Map([
  ['true', true],
  ['false', false],
  ['null', null],
])

export function walkJson(text: string, handler: JsonHandler, options: WalkOptions): WalkResult {
  return new Walk(text, handler, options).run()
}

type Expected = 'value' | 'value-or-end' | 'key' | 'key-or-end' | 'comma-or-end'

class Walk {
  readonly #text: string
  readonly #handler: JsonHandler
  readonly #options: WalkOptions
  readonly #open: ('object' | 'list')[] = []
  #at = 0
  #expected: Expected = 'value'

  constructor(text: string, handler: JsonHandler, options: WalkOptions) {
    this.#text = text
    this.#handler = handler
    this.#options = options
  }

  run(): WalkResult {
    for (;;) {
      this.#skipSpace()
      if (this.#expected === 'comma-or-end' && this.#open.length === 0) {
        return this.#at === this.#text.length ? 'json' : 'not-json'
      }
      if (!this.#step()) return 'not-json'
      if (this.#open.length > this.#options.maxDepth) return 'too-deep'
    }
  }

  #step(): boolean {
    const character = this.#text[this.#at]
    switch (this.#expected) {
      case 'value':
        return this.#value(character)
      case 'value-or-end':
        return character === ']' ? this.#close() : this.#value(character)
      case 'key':
        return this.#key(character)
      case 'key-or-end':
        return character === '}' ? this.#close() : this.#key(character)
      case 'comma-or-end':
        if (character !== ',') return this.#closes(character) && this.#close()
        this.#at += 1
        this.#expected = this.#open.at(-1) === 'object' ? 'key' : 'value'
        return true
    }
  }

  #closes(character: string | undefined): boolean {
    return character === (this.#open.at(-1) === 'object' ? '}' : ']')
  }

  #close(): boolean {
    const container = this.#open.pop()
    if (container === undefined) return false
    this.#at += 1
    this.#handler.end(container)
    this.#expected = 'comma-or-end'
    return true
  }

  #key(character: string | undefined): boolean {
    if (character !== '"') return false
    const key = this.#string()
    if (key === null) return false
    this.#skipSpace()
    if (this.#text[this.#at] !== ':') return false
    this.#at += 1
    this.#handler.key(key)
    this.#expected = 'value'
    return true
  }

  #value(character: string | undefined): boolean {
    if (character === '{' || character === '[') {
      const container = character === '{' ? 'object' : 'list'
      this.#at += 1
      this.#open.push(container)
      this.#handler.begin(container)
      this.#expected = container === 'object' ? 'key-or-end' : 'value-or-end'
      return true
    }
    this.#expected = 'comma-or-end'
    if (character === '"') {
      const text = this.#string()
      if (text !== null) this.#handler.string(text)
      return text !== null
    }
    return this.#number() || this.#literal()
  }

  #number(): boolean {
    numberPattern.lastIndex = this.#at
    const match = numberPattern.exec(this.#text)
    if (match === null || match[0] === '') return false
    this.#at += match[0].length
    const integer = match[1] === undefined && match[2] === undefined && !/[NI]/.test(match[0])
    this.#handler.number(match[0], integer)
    return true
  }

  #literal(): boolean {
    for (const [word, value] of literals) {
      if (!this.#text.startsWith(word, this.#at)) continue
      this.#at += word.length
      this.#handler.literal(value)
      return true
    }
    return false
  }

  /** From the opening quote; null where the string is not closed or holds an escape that does not exist. */
  #string(): string | null {
    const start = this.#at + 1
    const end = closingQuote(this.#text, start)
    if (end < 0) return null
    this.#at = end + 1
    const inner = this.#text.slice(start, end)
    return inner.includes('\\') ? unescape(inner, this.#options.escape) : inner
  }

  #skipSpace(): void {
    spacePattern.lastIndex = this.#at
    spacePattern.exec(this.#text)
    this.#at = Math.max(this.#at, spacePattern.lastIndex)
  }
}

/** Of the string that begins at `start`, behind its opening quote; negative where there is none. */
export function closingQuote(text: string, start: number): number {
  for (let end = text.indexOf('"', start); end >= 0; end = text.indexOf('"', end + 1)) {
    let backslashes = 0
    while (end - backslashes > start && text[end - 1 - backslashes] === '\\') backslashes += 1
    if (backslashes % 2 === 0) return end
  }
  return -1
}

const shortEscapes: ReadonlyMap<string, string> = new Map(
  Object.entries({ '"': '"', '\\': '\\', '/': '/', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' }),
)
const unit = /u([\da-fA-F]{4})/y
const lowSurrogate = /\\u([dD][c-fC-F][\da-fA-F]{2})/y

/** Null where an escape does not exist. */
function unescape(text: string, escape: (codePoint: number) => string): string | null {
  return (text.includes('\\u') ? null : nativelyUnescaped(text)) ?? unescapedPieceByPiece(text, escape)
}

/** Ten times as fast for large strings; null for what the standard does not allow, control characters above all. */
function nativelyUnescaped(text: string): string | null {
  try {
    const value: unknown = JSON.parse(`"${text}"`)
    return typeof value === 'string' ? value : null
  } catch {
    return null
  }
}

function unescapedPieceByPiece(text: string, escape: (codePoint: number) => string): string | null {
  const parts: string[] = []
  let at = 0
  for (let slash = text.indexOf('\\'); slash >= 0; slash = text.indexOf('\\', at)) {
    parts.push(text.slice(at, slash))
    const short = shortEscapes.get(text[slash + 1] ?? '')
    if (short !== undefined) {
      parts.push(short)
      at = slash + 2
      continue
    }
    const code = hexAt(unit, text, slash + 1)
    if (code === null) return null
    at = slash + 6
    if (code < 0xd800 || code > 0xdbff) {
      parts.push(escape(code))
      continue
    }
    // Yojson refuses a high surrogate that stands alone, and writes a low one as it is.
    const low = hexAt(lowSurrogate, text, at)
    if (low === null) return null
    at += 6
    parts.push(escape(0x1_0000 + ((code & 0x3ff) << 10) + (low & 0x3ff)))
  }
  parts.push(text.slice(at))
  return parts.join('')
}

function hexAt(pattern: RegExp, text: string, at: number): number | null {
  pattern.lastIndex = at
  const hex = pattern.exec(text)?.[1]
  return hex === undefined ? null : parseInt(hex, 16)
}
