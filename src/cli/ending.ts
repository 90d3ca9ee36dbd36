/** Something that ends once: by success or with a reason. */
export class Ending {
  readonly over: Promise<void>
  readonly #abort = new AbortController()
  #resolve: () => void = () => undefined
  #reject: (reason: unknown) => void = () => undefined

  constructor() {
    this.over = new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
    // It may fail before anybody waits for it.
    this.over.catch(() => undefined)
  }

  /** Aborted at the end, of either kind. */
  get signal(): AbortSignal {
    return this.#abort.signal
  }

  readonly succeed = (): void => {
    this.#resolve()
    this.#abort.abort()
  }

  readonly fail = (reason: unknown): void => {
    this.#reject(reason instanceof Error ? reason : new Error(String(reason)))
    this.#abort.abort()
  }
}
