import type { Span } from './ast'

/** Why a filter cannot run; the place is underlined. */
export interface FilterError extends Span {
  readonly message: string
  /** What could stand at that place. */
  readonly expected: readonly string[]
}

/** Carries a {@link FilterError} out of the parser; never leaves `parseFilter`. */
export class ParseFailure extends Error {
  readonly error: FilterError

  constructor(message: string, span: Span, expected: readonly string[] = []) {
    super(message)
    this.error = { offset: span.offset, length: span.length, message, expected }
  }
}
