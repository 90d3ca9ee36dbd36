import type { FieldTest, FilterNode, LeafNode } from './ast'

const keyword = /^(?:and|or|not|to)$/i
/** Only characters that mean nothing anywhere; the first is no sign of syntax. */
const plainWord =
  /^[\w.@#%\u00a1-\u167f\u2010-\u2027\u3001-\ud7ff][\w.@#%+,~'{}\u00a1-\u167f\u2010-\u2027\u3001-\ud7ff-]*$/
/** Behind a field's operator some more are plain; a time or an offset may begin with a sign. */
const plainValue = /^(?:[+-]?[\w.@#%])[\w.@#%+,~:/-]*$/

const quote = (text: string): string => `"${text.replace(/[\\"]/g, '\\$&')}"`

/** A text as a term of its own. */
export const printText = (text: string): string =>
  plainWord.test(text) && !keyword.test(text) ? text : quote(text)

/** A text as the value of a field. */
export const printValue = (text: string): string =>
  plainValue.test(text) && !keyword.test(text) ? text : quote(text)

const escapePiece = (piece: string): string => piece.replace(/[!-*\-/:-@[-^`{-~\s]/g, '\\$&')

function printTest(test: FieldTest): string {
  switch (test.op) {
    case 'has':
      return ':*'
    case ':':
    case '=':
      return test.op + printValue(test.value)
    case '<':
    case '<=':
    case '>':
    case '>=':
      return `:${test.op}${printValue(test.value)}`
    case 'wildcard':
      return `:${test.pieces.map(escapePiece).join('*')}`
    case 'regex':
      return `:/${test.regex.source}/${test.regex.ignoreCase ? 'i' : ''}`
    case 'range':
      return `:[${test.low === null ? '*' : printValue(test.low)} to ${test.high === null ? '*' : printValue(test.high)}]`
  }
}

export function printLeaf(node: LeafNode): string {
  switch (node.kind) {
    case 'text':
      return printText(node.text)
    case 'regex':
      return `/${node.regex.source}/${node.regex.ignoreCase ? 'i' : ''}`
    case 'field':
      return node.field.name + printTest(node.test)
  }
}

const inside = (node: FilterNode, kinds: readonly FilterNode['kind'][]): string =>
  kinds.includes(node.kind) ? `(${printFilter(node)})` : printFilter(node)

/** A filter's text: it reads as the same filter with the same fields. */
export function printFilter(node: FilterNode): string {
  switch (node.kind) {
    case 'all':
      return ''
    case 'and':
      return node.children.map((child) => inside(child, ['or'])).join(' ')
    case 'or':
      return node.children.map((child) => inside(child, [])).join(' or ')
    case 'not':
      return node.child.kind === 'and' || node.child.kind === 'or'
        ? `not (${printFilter(node.child)})`
        : `-${printFilter(node.child)}`
    case 'text':
    case 'regex':
    case 'field':
      return printLeaf(node)
  }
}
