/** Tells any number of waiters that something changed; who comes late sees it by the version. */
export class Notifier {
  readonly #waiting = new Set<() => void>()
  #version = 0

  get version(): number {
    return this.#version
  }

  notify(): void {
    this.#version++
    const waiting = [...this.#waiting]
    this.#waiting.clear()
    for (const wake of waiting) wake()
  }

  /** Resolves with the version once it differs from `seen`, or when the signal is aborted. Never rejects. */
  changed(seen: number, signal: AbortSignal): Promise<number> {
    return new Promise((resolve) => {
      if (this.#version !== seen || signal.aborted) return resolve(this.#version)
      const wake = (): void => {
        this.#waiting.delete(wake)
        signal.removeEventListener('abort', wake)
        resolve(this.#version)
      }
      this.#waiting.add(wake)
      signal.addEventListener('abort', wake, { once: true })
    })
  }
}
