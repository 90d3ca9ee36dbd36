import { RegexSyntaxError, type RegexTree } from './syntax'
import type { CharSet } from './charset'

/** Thompson's automaton as parallel lists: instruction `pc` is `op[pc]` with its arguments `x[pc]` and `y[pc]`. */
export interface Program {
  /** One of {@link ops}. */
  readonly op: readonly number[]
  /** chars: the set's number; fork: the first way; assert: which. */
  readonly x: readonly number[]
  /** Where it goes on; fork: the second way. */
  readonly y: readonly number[]
  readonly start: number
  readonly sets: readonly CharSet[]
  readonly looksAtWords: boolean
}

export const ops = { chars: 0, fork: 1, assert: 2, match: 3 } as const
export const asserted = { start: 0, end: 1, word: 2, 'not-word': 3 } as const

/** Counted repetitions are written out; more than this is refused. */
export const maxInstructions = 2_000

const tooLarge = (): RegexSyntaxError =>
  new RegexSyntaxError('The regular expression is too large: it repeats too much', 0, 0)

class Assembler {
  readonly op: number[] = [ops.match]
  readonly x: number[] = [0]
  readonly y: number[] = [0]
  readonly sets: CharSet[] = []
  readonly #setNumbers = new Map<string, number>()
  #visits = 0

  emit(op: number, x: number, y: number): number {
    if (this.op.length >= maxInstructions) throw tooLarge()
    this.op.push(op)
    this.x.push(x)
    return this.y.push(y) - 1
  }

  /** Assembles a tree that goes on at `next`; gives its first instruction. */
  tree(tree: RegexTree, next: number): number {
    // Repeated nothing makes no instruction, but takes its time too.
    if (++this.#visits > 10 * maxInstructions) throw tooLarge()
    switch (tree.kind) {
      case 'set':
        return this.emit(ops.chars, this.#setNumber(tree.set), next)
      case 'assert':
        return this.emit(ops.assert, asserted[tree.what], next)
      case 'sequence':
        return tree.items.reduceRight((after, item) => this.tree(item, after), next)
      case 'choice':
        return tree.items
          .map((item) => this.tree(item, next))
          .reduceRight((second, first) => this.emit(ops.fork, first, second))
      case 'repeat':
        return this.#repeat(tree.item, tree.min, tree.max, next)
    }
  }

  #repeat(item: RegexTree, min: number, max: number, next: number): number {
    let at = next
    if (max === Infinity) {
      at = this.emit(ops.fork, 0, next)
      this.x[at] = this.tree(item, at)
    } else {
      for (let copy = min; copy < max; copy++) at = this.emit(ops.fork, this.tree(item, at), next)
    }
    for (let copy = 0; copy < min; copy++) at = this.tree(item, at)
    return at
  }

  #setNumber(set: CharSet): number {
    const key = set.join()
    const known = this.#setNumbers.get(key)
    if (known !== undefined) return known
    this.#setNumbers.set(key, this.sets.length)
    return this.sets.push(set) - 1
  }
}

const usesWords = (tree: RegexTree): boolean =>
  tree.kind === 'sequence' || tree.kind === 'choice'
    ? tree.items.some(usesWords)
    : tree.kind === 'repeat'
      ? usesWords(tree.item)
      : tree.kind === 'assert' && (tree.what === 'word' || tree.what === 'not-word')

/** Throws RegexSyntaxError where the pattern is too large. */
export function assemble(tree: RegexTree): Program {
  const assembler = new Assembler()
  const start = assembler.tree(tree, 0)
  const { op, x, y, sets } = assembler
  return { op, x, y, sets, start, looksAtWords: usesWords(tree) }
}
