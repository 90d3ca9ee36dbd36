import { DiagnosticError } from '../errors'

/** A filter's run was ended: its work was used up before all rows were seen. */
export class FilterTooSlow extends DiagnosticError {
  constructor(why: string) {
    super('limit-exceeded', `The filter is too slow: ${why}.`, {
      hint: 'Narrow it with a word or a field, or write the regular expression without nested or adjoining repetitions.',
    })
  }
}

/**
 * The work that regular expressions may do in one run, in steps (about one character looked at, some nanoseconds).
 * A run that uses it up ends with {@link FilterTooSlow}; what it has not seen is neither a match nor none.
 */
export class FilterBudget {
  readonly steps: number
  #left: number

  constructor(steps: number) {
    this.steps = steps
    this.#left = steps
  }

  get left(): number {
    return Math.max(0, this.#left)
  }

  charge(steps: number): void {
    this.#left -= steps
    if (this.#left < 0) {
      throw new FilterTooSlow(
        `its regular expressions used up the ${this.steps.toLocaleString('en')} steps of a run`,
      )
    }
  }

  refill(): void {
    this.#left = this.steps
  }
}
