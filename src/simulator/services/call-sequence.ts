import type { CallKind } from './call-mix'
import type { Estate } from './estate'
import { methodOf } from './methods'
import { Random } from './random'
import { makeTask, type Task } from './task'

export interface PlannedCall {
  readonly kind: CallKind
  readonly task: Task
  /** Its `params`. */
  readonly params: readonly unknown[]
  /** A number from 0 to 1, to decide whether it is logged. */
  readonly chance: number
  /** Of the mean time between calls, until the next. */
  readonly pause: number
}

/** The calls of a workload, one after another: the same for the same seed, whatever becomes of them. */
export class CallSequence {
  readonly #random: Random
  readonly #mix: readonly [CallKind, ...CallKind[]]
  readonly #estate: Estate
  readonly #weights: number

  constructor(seed: number, mix: readonly [CallKind, ...CallKind[]], estate: Estate) {
    this.#random = new Random(seed)
    this.#mix = mix
    this.#estate = estate
    this.#weights = mix.reduce((sum, { weight }) => sum + weight, 0)
  }

  next(): PlannedCall {
    return this.of(this.#pick())
  }

  /** A certain one. */
  of(kind: CallKind): PlannedCall {
    const random = this.#random
    const task = makeTask(random, kind.task)
    const subject = { random, estate: this.#estate, debug: task.debug }
    const params = methodOf(kind.service, kind.method).params(subject)
    return { kind, task, params, chance: random.next(), pause: random.exponential(1) }
  }

  #pick(): CallKind {
    let rest = this.#random.next() * this.#weights
    return this.#mix.find(({ weight }) => (rest -= weight) < 0) ?? this.#mix[0]
  }
}
