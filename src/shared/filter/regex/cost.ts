import { intersects, noChars, union, type CharSet } from './charset'
import type { RegexTree } from './syntax'

/**
 * A bound on what a backtracking engine does: at most `factor * length * n^degree` steps on n characters.
 * Conservative: what cannot be bounded has an infinite degree.
 */
export interface BacktrackCost {
  readonly degree: number
  readonly weight: number
}

/** What a pattern from some place to its end does. */
interface Tail {
  /** Characters that it can begin with. */
  readonly first: CharSet
  /** It can match nothing, so what follows a repetition is not decided by the next character. */
  readonly nullable: boolean
  /** It matches whatever comes: a repetition before it never has to go back. */
  readonly accepts: boolean
  readonly degree: number
  /** Ways through its choices that must all be tried, and the characters of the longest. */
  readonly factor: number
  readonly length: number
  /** Characters that its unbounded repetitions can eat. */
  readonly loops: CharSet
  /** The next character always decides. */
  readonly sure: boolean
}

const end: Tail = {
  first: noChars,
  nullable: true,
  accepts: true,
  degree: 0,
  factor: 1,
  length: 1,
  loops: noChars,
  sure: true,
}

const unbounded = (tail: Tail): Tail => ({ ...tail, degree: Infinity, sure: false })

const maxOperations = 5_000

class CostAnalysis {
  #operations = 0

  cost(tree: RegexTree): BacktrackCost {
    const tail = this.before(tree, end)
    const weight = tail.factor * tail.length
    if (tail.degree === Infinity || this.#operations > maxOperations) return { degree: Infinity, weight }
    // An attempt begins at each place, unless nothing that a repetition ate can begin another.
    const restarts = !startsAnchored(tree) && (tail.nullable || intersects(tail.first, tail.loops))
    return { degree: Math.max(1, tail.degree + (restarts && tail.degree > 0 ? 1 : 0)), weight }
  }

  before(tree: RegexTree, tail: Tail): Tail {
    if (++this.#operations > maxOperations) return unbounded(tail)
    switch (tree.kind) {
      case 'set':
        return { ...tail, first: tree.set, nullable: false, accepts: false, length: tail.length + 1 }
      case 'assert':
        return { ...tail, accepts: false, length: tail.length + 1 }
      case 'sequence':
        return tree.items.reduceRight((rest, item) => this.before(item, rest), tail)
      case 'choice':
        return eitherOf(tree.items.map((item) => this.before(item, tail)))
      case 'repeat':
        return tree.max === Infinity ? this.#loop(tree.item, tree.min, tail) : this.#counted(tree, tail)
    }
  }

  #counted({ item, min, max }: RegexTree & { kind: 'repeat' }, tail: Tail): Tail {
    let state = tail
    for (let copy = min; copy < max && state.degree < Infinity; copy++) {
      state = eitherOf([this.before(item, state), tail])
    }
    return this.#copies(item, min, state)
  }

  #copies(item: RegexTree, count: number, tail: Tail): Tail {
    let state = tail
    for (let copy = 0; copy < count && state.degree < Infinity; copy++) state = this.before(item, state)
    return state
  }

  #loop(item: RegexTree, min: number, tail: Tail): Tail {
    // Of single characters only: a longer round may cost much before it turns out to be none.
    if (tail.accepts && item.kind === 'set') return this.#copies(item, min, tail)
    const alone = this.before(item, end)
    const body = this.before(item, {
      ...end,
      accepts: false,
      first: union(alone.first, tail.first),
      nullable: tail.nullable,
    })
    // Nested choices inside of a repetition multiply with each round.
    if (alone.nullable || !body.sure) return unbounded(tail)
    const decided = !tail.nullable && !intersects(alone.first, tail.first)
    const loop: Tail = {
      first: union(alone.first, tail.first),
      nullable: tail.nullable,
      accepts: false,
      degree: decided ? Math.max(1, tail.degree) : tail.degree + 1,
      factor: tail.factor,
      length: tail.length + body.length,
      loops: union(tail.loops, charsOf(item)),
      sure: decided && tail.sure,
    }
    return this.#copies(item, min, loop)
  }
}

function eitherOf(tails: readonly Tail[]): Tail {
  const decided =
    tails.every(({ nullable }) => !nullable) &&
    tails.every((tail, index) => !tails.slice(index + 1).some(({ first }) => intersects(tail.first, first)))
  const factors = tails.map(({ factor }) => factor)
  return {
    first: union(...tails.map(({ first }) => first)),
    nullable: tails.some(({ nullable }) => nullable),
    accepts: tails.every(({ accepts }) => accepts),
    degree: Math.max(...tails.map(({ degree }) => degree)),
    factor: decided ? Math.max(...factors) : factors.reduce((sum, factor) => sum + factor, 0),
    length: Math.max(...tails.map(({ length }) => length)) + tails.length,
    loops: union(...tails.map(({ loops }) => loops)),
    sure: decided && tails.every(({ sure }) => sure),
  }
}

function charsOf(tree: RegexTree): CharSet {
  switch (tree.kind) {
    case 'set':
      return tree.set
    case 'assert':
      return noChars
    case 'sequence':
    case 'choice':
      return union(...tree.items.map(charsOf))
    case 'repeat':
      return charsOf(tree.item)
  }
}

function startsAnchored(tree: RegexTree): boolean {
  switch (tree.kind) {
    case 'assert':
      return tree.what === 'start'
    case 'sequence':
      return tree.items[0] !== undefined && startsAnchored(tree.items[0])
    case 'choice':
      return tree.items.every(startsAnchored)
    case 'set':
    case 'repeat':
      return false
  }
}

export const backtrackCost = (tree: RegexTree): BacktrackCost => new CostAnalysis().cost(tree)

/** What a backtracking engine may do on one row, in steps of about a nanosecond. */
const maxSteps = 4_000_000

/** Characters up to which a pattern's backtracking is provably short; 0 where it never is. */
export function nativeLimit(tree: RegexTree, longest: number): number {
  const { degree, weight } = backtrackCost(tree)
  if (degree === Infinity) return 0
  const limit = Math.floor((maxSteps / weight) ** (1 / degree))
  return limit < 64 ? 0 : Math.min(longest, limit)
}
