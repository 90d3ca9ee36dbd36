import type { FilterBudget } from '../budget'
import { Automaton } from './automaton'
import { nativeLimit } from './cost'
import { requiredLiterals, type Required } from './literals'
import { nativeRegex } from './native'
import { parseRegex } from './parse'
import { assemble } from './program'
import { RegexSyntaxError, type RegexTree } from './syntax'

export { RegexSyntaxError } from './syntax'

/** Bytes are counted as UTF-16 units, of which there are never more. */
export const maxPattern = 1_024
/** Characters of a row that a regular expression looks at. */
export const maxLooked = 65_536

export interface Regex {
  /** Is there a match in the first 64 KiB of the text? Throws FilterTooSlow when its work is used up. */
  test(text: string, budget?: FilterBudget): boolean
  /** The native engine runs on texts of at most this length, where its time is provably short; 0: never. */
  readonly nativeLimit: number
  readonly required: Required
}

/** Throws RegexSyntaxError. */
export function compileRegex(source: string, ignoreCase: boolean): Regex {
  if (source.length > maxPattern) {
    throw new RegexSyntaxError('A regular expression may have 1 KiB', maxPattern, source.length - maxPattern)
  }
  const tree = parseRegex(source, ignoreCase)
  const program = assemble(tree)
  const limit = hasInnerEdge(tree) ? 0 : nativeLimit(tree, maxLooked)
  const native = limit > 0 ? nativeRegex(tree) : undefined
  let automaton: Automaton | undefined
  const test = (text: string, budget?: FilterBudget): boolean => {
    const looked = text.length > maxLooked ? text.slice(0, maxLooked) : text
    if (native && looked.length <= limit) {
      budget?.charge(looked.length)
      return native.test(looked)
    }
    automaton ??= new Automaton(program)
    return automaton.test(looked, budget)
  }
  return { test, nativeLimit: limit, required: requiredLiterals(tree) }
}

/** V8 finds `\B` between the halves of a surrogate pair, where no character begins. */
function hasInnerEdge(tree: RegexTree): boolean {
  switch (tree.kind) {
    case 'set':
      return false
    case 'assert':
      return tree.what === 'not-word'
    case 'repeat':
      return hasInnerEdge(tree.item)
    case 'sequence':
    case 'choice':
      return tree.items.some(hasInnerEdge)
  }
}
