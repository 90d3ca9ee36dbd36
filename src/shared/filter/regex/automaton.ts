import { FilterTooSlow, type FilterBudget } from '../budget'
import { alphabetOf, type Alphabet } from './alphabet'
import { ops, type Program } from './program'

const unknown = -1
const accepts = -2
const rejects = -3

/** States kept before all are forgotten, and the work that one row may take to make new ones: about 0.1 s. */
const maxStates = 1_000
const maxWorkPerRow = 3_000_000

interface State {
  /** Instructions that wait for the next character; what leads to them is followed when it is known. */
  readonly waiting: readonly number[]
  readonly atStart: boolean
  readonly afterWord: boolean
}

/**
 * A deterministic automaton that is made while it runs. One look at each character and nothing else once its
 * states exist; a new state costs the size of the program. So time is linear in the row, whatever the pattern.
 */
export class Automaton {
  readonly #program: Program
  readonly #alphabet: Alphabet
  /** Symbols and the end of the text. */
  readonly #width: number
  readonly #states: State[] = []
  readonly #numbers = new Map<string, number>()
  #next: Int32Array
  /** Instructions seen in the round of this number. */
  readonly #seen: Uint32Array
  /** Instructions on the list made in the round of this number. */
  readonly #listed: Uint32Array
  #round = 0
  #work = 0

  constructor(program: Program) {
    this.#program = program
    this.#alphabet = alphabetOf(program.sets, program.looksAtWords)
    this.#width = this.#alphabet.size + 1
    this.#next = new Int32Array(16 * this.#width)
    this.#seen = new Uint32Array(program.op.length)
    this.#listed = new Uint32Array(program.op.length)
    this.#begin()
  }

  /** Is there a match in the text? Throws FilterTooSlow when the work is used up. */
  test(text: string, budget?: FilterBudget): boolean {
    this.#work = 0
    try {
      return this.#run(text)
    } finally {
      budget?.charge(text.length + this.#work)
    }
  }

  #run(text: string): boolean {
    const { low, size } = this.#alphabet
    const width = this.#width
    let table = this.#next
    let state = 0
    for (let index = 0; index < text.length; index++) {
      const unit = text.charCodeAt(index)
      let symbol: number
      if (unit < 256) symbol = low[unit] ?? 0
      else {
        const codePoint = text.codePointAt(index) ?? unit
        if (codePoint > 0xffff) index++
        symbol = this.#alphabet.symbolOf(codePoint)
      }
      let next = table[state * width + symbol] ?? unknown
      if (next < 0) {
        if (next === unknown) {
          next = this.#advance(state, symbol)
          table = this.#next
        }
        if (next === accepts) return true
      }
      state = next
    }
    const last = table[state * width + size] ?? unknown
    return (last === unknown ? this.#advance(state, size) : last) === accepts
  }

  #begin(): void {
    this.#states.length = 0
    this.#numbers.clear()
    this.#next.fill(unknown)
    this.#number({ waiting: [], atStart: true, afterWord: false })
  }

  #number(state: State): number {
    // Instructions are fewer than the units of a string.
    const flags = (state.atStart ? 1 : 0) + (state.afterWord ? 2 : 0)
    const key = String.fromCharCode(flags, ...state.waiting)
    const known = this.#numbers.get(key)
    if (known !== undefined) return known
    const number = this.#states.push(state) - 1
    this.#numbers.set(key, number)
    if (this.#states.length * this.#width > this.#next.length) {
      const grown = new Int32Array(this.#next.length * 2).fill(unknown)
      grown.set(this.#next)
      this.#next = grown
    }
    return number
  }

  /** Makes the transition; forgets all states first when there are too many. */
  #advance(from: number, symbol: number): number {
    const state = this.#states[from]
    if (!state) return rejects
    const waiting = this.#follow(state, symbol)
    this.#work += 4 * (waiting?.length ?? 1) + 16
    if (this.#work > maxWorkPerRow)
      throw new FilterTooSlow('one row needs too many states of a regular expression')
    const atEnd = symbol === this.#alphabet.size
    if (!waiting || atEnd) return (this.#next[from * this.#width + symbol] = waiting ? rejects : accepts)
    const full = this.#states.length >= maxStates
    if (full) this.#begin()
    const afterWord = this.#alphabet.isWord[symbol] === 1
    const to = this.#number({ waiting, atStart: false, afterWord })
    if (!full) this.#next[from * this.#width + symbol] = to
    return to
  }

  /** Instructions that wait after the symbol, or null if a match ends before it. */
  #follow(state: State, symbol: number): number[] | null {
    const { op, x, y, start } = this.#program
    const { size, holds, isWord } = this.#alphabet
    const atEnd = symbol === size
    const atEdge = state.afterWord !== (!atEnd && isWord[symbol] === 1)
    // In the order of `asserted`.
    const holdsHere = [state.atStart, atEnd, atEdge, !atEdge]
    const waiting: number[] = []
    const stack = [start, ...state.waiting]
    const round = this.#nextRound()
    for (let pc = stack.pop(); pc !== undefined; pc = stack.pop()) {
      if (this.#seen[pc] === round) continue
      this.#seen[pc] = round
      this.#work++
      const code = op[pc]
      const first = x[pc] ?? 0
      const second = y[pc] ?? 0
      if (code === ops.match) return null
      if (code === ops.fork) stack.push(second, first)
      else if (code === ops.assert) {
        if (holdsHere[first]) stack.push(second)
      } else if (!atEnd && holds[first * size + symbol] === 1 && this.#listed[second] !== round) {
        this.#listed[second] = round
        waiting.push(second)
      }
    }
    return waiting
  }

  #nextRound(): number {
    if (this.#round === 0xffff_ffff) {
      this.#seen.fill(0)
      this.#listed.fill(0)
      this.#round = 0
    }
    return ++this.#round
  }
}
