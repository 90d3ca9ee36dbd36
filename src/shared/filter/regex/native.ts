import type { CharSet } from './charset'
import type { RegexTree } from './syntax'

const escaped = (code: number): string => `\\u{${code.toString(16)}}`

function range(low: number, high: number): string {
  if (low === high) return escaped(low)
  return high === low + 1 ? escaped(low) + escaped(high) : `${escaped(low)}-${escaped(high)}`
}

function setSource(set: CharSet): string {
  const ranges: string[] = []
  for (let index = 0; index < set.length; index += 2) ranges.push(range(set[index] ?? 0, set[index + 1] ?? 0))
  return set.length === 2 && set[0] === set[1] ? ranges.join('') : `[${ranges.join('')}]`
}

const asserts = { start: '^', end: '$', word: '\\b', 'not-word': '\\B' } as const

function quantifier(min: number, max: number): string {
  if (max === Infinity) return min === 0 ? '*' : min === 1 ? '+' : `{${min},}`
  return min === 0 && max === 1 ? '?' : `{${min},${max}}`
}

function sourceOf(tree: RegexTree): string {
  switch (tree.kind) {
    case 'set':
      return setSource(tree.set)
    case 'assert':
      return asserts[tree.what]
    case 'sequence':
      return tree.items.map((item) => (item.kind === 'choice' ? group(item) : sourceOf(item))).join('')
    case 'choice':
      return tree.items.map(sourceOf).join('|')
    case 'repeat':
      return (
        (tree.item.kind === 'set' ? sourceOf(tree.item) : group(tree.item)) + quantifier(tree.min, tree.max)
      )
  }
}

const group = (tree: RegexTree): string => `(?:${sourceOf(tree)})`

/** The same expression for the native engine: explicit sets, so that both engines fold and class alike. */
export const nativeRegex = (tree: RegexTree): RegExp => new RegExp(sourceOf(tree), 'u')
