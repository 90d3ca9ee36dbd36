/** The deadline of the stage under way; it stands still while a person decides. */
export class StageTimer {
  readonly #expired: (milliseconds: number) => void
  #timer: NodeJS.Timeout | undefined
  #milliseconds = 0
  #paused = 0
  #stopped = false

  constructor(expired: (milliseconds: number) => void) {
    this.#expired = expired
  }

  /** Begins anew with so much time. */
  start(milliseconds: number): void {
    clearTimeout(this.#timer)
    if (this.#stopped) return
    this.#milliseconds = milliseconds
    if (this.#paused === 0) this.#timer = setTimeout(() => this.#expired(milliseconds), milliseconds)
  }

  pause(): void {
    this.#paused += 1
    clearTimeout(this.#timer)
  }

  /** The stage has its whole time again. */
  resume(): void {
    this.#paused -= 1
    this.start(this.#milliseconds)
  }

  stop(): void {
    this.#stopped = true
    clearTimeout(this.#timer)
  }
}
