import { foldUnit } from '../fold'
import type { CharSet } from './charset'
import type { RegexTree } from './syntax'

/**
 * Texts in lower-case ASCII of which a match must contain one of each list, whatever their case. An empty list of
 * lists knows nothing.
 */
export type Required = readonly (readonly string[])[]

interface Known {
  /** All texts that it matches, in lower case, if they are few and ASCII; else null. */
  readonly exact: readonly string[] | null
  readonly required: Required
}

const maxExact = 16
const maxText = 64
const nothing: Known = { exact: null, required: [] }

/** The ASCII character that a set is, its case aside. */
function onlyChar(set: CharSet): string | null {
  const codes = new Set<number>()
  for (let index = 0; index < set.length; index += 2) {
    const low = set[index] ?? 0
    const high = set[index + 1] ?? 0
    if (high > 0x7f || high - low > 1) return null
    for (let code = low; code <= high; code++) codes.add(foldUnit(code))
  }
  const [code] = codes
  return codes.size === 1 && code !== undefined ? String.fromCharCode(code) : null
}

const asRequired = (exact: readonly string[] | null): Required =>
  exact === null || exact.length === 0 || exact.includes('') ? [] : [exact]

const quality = (list: readonly string[]): number =>
  Math.min(...list.map((text) => text.length)) - list.length / 8

/** The list that lets the fewest rows pass, as far as can be told. */
export const bestOf = (required: Required): readonly string[] | null =>
  required.reduce<readonly string[] | null>(
    (best, list) => (best === null || quality(list) > quality(best) ? list : best),
    null,
  )

/** One of several: of each the best list, together. */
export function anyOf(choices: readonly Required[]): Required {
  const lists = choices.map(bestOf)
  const joined = new Set<string>()
  for (const list of lists) {
    if (list === null) return []
    for (const text of list) joined.add(text)
  }
  return joined.size > 0 && joined.size <= maxExact ? [[...joined]] : []
}

function sequenceOf(items: readonly Known[]): Known {
  const required: (readonly string[])[] = []
  let run: readonly string[] = ['']
  let whole = true
  const flush = (): void => {
    required.push(...asRequired(run))
    run = ['']
  }
  for (const { exact, required: inner } of items) {
    const joined = exact?.flatMap((tail) => run.map((head) => head + tail))
    if (joined && joined.length <= maxExact && joined.every((text) => text.length <= maxText)) {
      run = joined
      continue
    }
    whole = false
    flush()
    if (exact) run = exact
    else required.push(...inner)
  }
  if (whole) return { exact: run, required: asRequired(run) }
  flush()
  return { exact: null, required }
}

function known(tree: RegexTree): Known {
  switch (tree.kind) {
    case 'set': {
      const char = onlyChar(tree.set)
      return char === null ? nothing : { exact: [char], required: [[char]] }
    }
    case 'assert':
      return { exact: [''], required: [] }
    case 'sequence':
      return sequenceOf(tree.items.map(known))
    case 'choice': {
      const choices = tree.items.map(known)
      const exact = choices.flatMap((choice) => choice.exact ?? [])
      const all = choices.every((choice) => choice.exact !== null) && exact.length <= maxExact
      return { exact: all ? exact : null, required: anyOf(choices.map(({ required }) => required)) }
    }
    case 'repeat': {
      if (tree.min === 0 && tree.max === 1) {
        const { exact } = known(tree.item)
        return { exact: exact && exact.length < maxExact ? ['', ...exact] : null, required: [] }
      }
      if (tree.min === 0) return nothing
      const once = known(tree.item)
      if (tree.max > 4 || tree.min !== tree.max) return { exact: null, required: once.required }
      return sequenceOf(Array.from({ length: tree.min }, () => once))
    }
  }
}

export const requiredLiterals = (tree: RegexTree): Required => known(tree).required
