import type { FieldNode, FieldTest, FilterNode } from './ast'
import { findField, type FieldSet } from './fields'
import { readOperand } from './operand'
import { compileRegex } from './regex'
import { anyOf, type Required } from './regex/literals'

export interface LiteralOptions {
  /** Says whose values stand in the row's bytes (`verbatim`); of the others nothing is required. */
  readonly fields: FieldSet
  /**
   * Strings in a row may be escaped, as in JSON and RFC 5424. Then a literal is cut at what is usually written with a
   * backslash, and each list also holds the beginning of an escaped ASCII character, so that rows with one pass.
   * True unless said otherwise: it is never wrong.
   */
  readonly json?: boolean
  /** Values may also be written as arrays of byte values, as journald does; then nothing is required of fields. */
  readonly byteArrays?: boolean
}

/** How JSON may write any ASCII character. */
const escapedAscii = '\\u00'

/**
 * Literals that a row's bytes must contain, without regard to ASCII case, for the filter to match: one of each list.
 * Lower-case ASCII of two characters or more. An empty result requires nothing. What they let pass is still to be
 * tested; what they stop cannot match.
 */
export function necessaryLiterals(node: FilterNode, options: LiteralOptions): Required {
  const json = options.json ?? true
  const required = requiredOf(node, options.byteArrays ? [] : options.fields, json)
  const useful = required.filter((list) => list.every((literal) => literal.length >= 2))
  const lists = json
    ? useful.map((list) => (list.includes(escapedAscii) ? list : [...list, escapedAscii]))
    : useful
  return [...new Map(lists.map((list) => [list.join('\n'), list])).values()]
}

function requiredOf(node: FilterNode, fields: FieldSet, json: boolean): Required {
  switch (node.kind) {
    case 'all':
    case 'not':
      return []
    case 'and':
      return node.children.flatMap((child) => requiredOf(child, fields, json))
    case 'or':
      return anyOf(node.children.map((child) => requiredOf(child, fields, json)))
    case 'text':
      return ofText(node.text, json)
    case 'regex':
      return ofRegex(compileRegex(node.regex.source, node.regex.ignoreCase).required, json)
    case 'field':
      return findField(node.field.path, fields)?.verbatim && node.field.since === undefined
        ? ofField(node, json)
        : []
  }
}

/** The longest run of a text that stands in the bytes as it is, but for its case. */
function longestRun(text: string, json: boolean): string {
  const runs = text.split(json ? /[^ !#-.0-[^-~]+/ : /[^\t -~]+/)
  // Lower case only now: outside of ASCII it could make an ASCII letter (of the Kelvin sign, a k).
  return runs.reduce((longest, run) => (run.length > longest.length ? run : longest), '').toLowerCase()
}

const ofText = (text: string, json: boolean): Required => {
  const run = longestRun(text, json)
  return run.length >= 2 ? [[run]] : []
}

const ofRegex = (required: Required, json: boolean): Required =>
  required
    .map((list) => list.map((text) => longestRun(text, json)))
    .filter((list) => list.every((text) => text.length >= 2))

/** A number has many spellings: 5, 5.0, 5e0. */
const mayBeNumber = (text: string): boolean => /^[\d.e+-]*$/i.test(text)

function ofField({ field, test }: FieldNode, json: boolean): Required {
  const own = ofTest(test, field.type !== 'text', json)
  // The keys below an open field stand in the row too.
  const keys = json ? field.path.slice(1).filter((key) => !/^\d+$/.test(key)) : []
  return [...own, ...keys.flatMap((key) => ofText(key, json))]
}

function ofTest(test: FieldTest, onScale: boolean, json: boolean): Required {
  switch (test.op) {
    case ':':
    case '=':
      return onScale || mayBeNumber(test.value) || readOperand(test.value, 'text')
        ? []
        : ofText(test.value, json)
    case 'wildcard':
      return test.pieces.filter((piece) => !mayBeNumber(piece)).flatMap((piece) => ofText(piece, json))
    case 'regex': {
      const { required } = compileRegex(test.regex.source, test.regex.ignoreCase)
      return ofRegex(
        required.filter((list) => !list.some(mayBeNumber)),
        json,
      )
    }
    case 'has':
    case 'range':
    case '<':
    case '<=':
    case '>':
    case '>=':
      return []
  }
}
