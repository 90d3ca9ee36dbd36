import { charSet, complement, foldSet, notNewline, union, type CharSet } from './charset'
import { readEscape } from './escapes'
import { choice, oneChar, RegexSyntaxError, sequence, type RegexTree } from './syntax'

/** Deeper groups are refused, so that no pattern exhausts the stack. */
const maxDepth = 64
const maxRepeat = 1_000

interface Reader {
  readonly source: string
  ignoreCase: boolean
  at: number
  depth: number
}

/** Reads a pattern in the common part of JavaScript's and RE2's syntax; throws {@link RegexSyntaxError}. */
export function parseRegex(source: string, ignoreCase: boolean): RegexTree {
  const reader: Reader = { source, ignoreCase, at: 0, depth: 0 }
  if (source.startsWith('(?i)')) {
    reader.ignoreCase = true
    reader.at = 4
  }
  const tree = readChoice(reader)
  if (reader.at < source.length) throw new RegexSyntaxError('There is no group to close', reader.at)
  return tree
}

function readChoice(reader: Reader): RegexTree {
  const branches = [readSequence(reader)]
  while (reader.source[reader.at] === '|') {
    reader.at++
    branches.push(readSequence(reader))
  }
  return choice(branches)
}

function readSequence(reader: Reader): RegexTree {
  const items: RegexTree[] = []
  for (;;) {
    const char = reader.source[reader.at]
    if (char === undefined || char === '|' || char === ')') return sequence(items)
    items.push(readRepeat(reader, readAtom(reader)))
  }
}

const counted = /\{(\d{1,6})(?:(,)(\d{0,6}))?\}/y
const quantifier = /[*+?]|\{\d{1,6}(?:,\d{0,6})?\}/y

function sticky(pattern: RegExp, { source, at }: Reader): RegExpExecArray | null {
  pattern.lastIndex = at
  return pattern.exec(source)
}

function bounds(reader: Reader, text: string): [min: number, max: number] {
  if (text === '*') return [0, Infinity]
  if (text === '+') return [1, Infinity]
  if (text === '?') return [0, 1]
  const [, low = '', comma, high] = sticky(counted, reader) ?? []
  const min = Number(low)
  const max = comma === undefined ? min : high ? Number(high) : Infinity
  if (max < min) throw new RegexSyntaxError('The repetition ends below its start', reader.at, text.length)
  if (min > maxRepeat || (max !== Infinity && max > maxRepeat)) {
    throw new RegexSyntaxError(`More than ${maxRepeat} repetitions are not supported`, reader.at, text.length)
  }
  return [min, max]
}

function readRepeat(reader: Reader, item: RegexTree): RegexTree {
  const [text] = sticky(quantifier, reader) ?? []
  if (text === undefined) return item
  if (item.kind === 'assert' && reader.source[reader.at - 1] !== ')')
    throw new RegexSyntaxError('Only characters and groups repeat', reader.at)
  const [min, max] = bounds(reader, text)
  reader.at += text.length
  if (reader.source[reader.at] === '?') reader.at++
  const [again] = sticky(quantifier, reader) ?? []
  if (again !== undefined)
    throw new RegexSyntaxError('A repetition follows a repetition', reader.at, again.length)
  return { kind: 'repeat', item, min, max }
}

function set(reader: Reader, chars: CharSet): RegexTree {
  return { kind: 'set', set: reader.ignoreCase ? foldSet(chars) : chars }
}

function readAtom(reader: Reader): RegexTree {
  const { source, at } = reader
  const char = source.charAt(at)
  switch (char) {
    case '(':
      return readGroup(reader)
    case '[':
      return readClass(reader)
    case '\\':
      return readEscaped(reader)
    case '*':
    case '+':
    case '?':
      throw new RegexSyntaxError('There is nothing to repeat', at)
    case '.':
      reader.at++
      return { kind: 'set', set: notNewline }
    case '^':
      reader.at++
      return { kind: 'assert', what: 'start' }
    case '$':
      reader.at++
      return { kind: 'assert', what: 'end' }
    default: {
      const code = source.codePointAt(at) ?? 0
      reader.at += code > 0xffff ? 2 : 1
      return set(reader, oneChar(code))
    }
  }
}

function readEscaped(reader: Reader): RegexTree {
  const next = reader.source[reader.at + 1]
  if (next === 'b' || next === 'B') {
    reader.at += 2
    return { kind: 'assert', what: next === 'b' ? 'word' : 'not-word' }
  }
  const escape = readEscape(reader.source, reader.at)
  reader.at += 1 + escape.length
  return set(reader, escape.set)
}

function readGroup(reader: Reader): RegexTree {
  const opened = reader.at
  const [head = '('] = sticky(/\((?:\?:|\?P?<[A-Za-z_]\w*>)?/y, reader) ?? []
  if (head === '(' && reader.source[opened + 1] === '?') {
    const look = /^\(\?<?[=!]/.test(reader.source.slice(opened, opened + 4))
    const message = look
      ? 'Lookahead and lookbehind are not supported: their time cannot be bounded'
      : 'This kind of group is not supported'
    throw new RegexSyntaxError(message, opened, look ? 3 : 2)
  }
  reader.at += head.length
  if (++reader.depth > maxDepth) throw new RegexSyntaxError('The groups are nested too deeply', opened)
  const tree = readChoice(reader)
  reader.depth--
  if (reader.source[reader.at] !== ')') throw new RegexSyntaxError('The group is not closed', opened)
  reader.at++
  return tree
}

interface ClassAtom {
  readonly chars: CharSet
  /** The only character, or null for a class such as `\d`. */
  readonly code: number | null
}

function readClassAtom(reader: Reader): ClassAtom {
  const { source, at } = reader
  if (source[at] !== '\\') {
    const code = source.codePointAt(at) ?? 0
    reader.at += code > 0xffff ? 2 : 1
    return { chars: oneChar(code), code }
  }
  if (source[at + 1] === 'b') {
    reader.at += 2
    return { chars: oneChar(8), code: 8 }
  }
  const escape = readEscape(source, at)
  reader.at += 1 + escape.length
  return { chars: escape.set, code: escape.single ? (escape.set[0] ?? null) : null }
}

function readClass(reader: Reader): RegexTree {
  const { source } = reader
  const opened = reader.at++
  const negated = source[reader.at] === '^'
  if (negated) reader.at++
  const parts: CharSet[] = []
  while (source[reader.at] !== ']') {
    if (reader.at >= source.length) throw new RegexSyntaxError('The class is not closed', opened)
    const start = reader.at
    const low = readClassAtom(reader)
    if (source[reader.at] !== '-' || source[reader.at + 1] === ']' || reader.at + 1 >= source.length) {
      parts.push(low.chars)
      continue
    }
    reader.at++
    const high = readClassAtom(reader)
    if (low.code === null || high.code === null || high.code < low.code) {
      throw new RegexSyntaxError('This is no range of characters', start, reader.at - start)
    }
    parts.push(charSet([[low.code, high.code]]))
  }
  reader.at++
  const chars = union(...parts)
  const folded = reader.ignoreCase ? foldSet(chars) : chars
  return { kind: 'set', set: negated ? complement(folded) : folded }
}
