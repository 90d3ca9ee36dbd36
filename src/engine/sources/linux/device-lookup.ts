/** Names beyond this many are not looked up: no host has so many devices. */
const mostNames = 16_384

/**
 * What has to be asked once about each device that comes up in a sample. The answer is there at the next sample;
 * a device that is not known yet has none.
 */
export class DeviceLookup<T> {
  readonly #ask: (names: readonly string[]) => Promise<ReadonlyMap<string, T>>
  readonly #known = new Map<string, T>()
  #unknown = new Set<string>()

  /** `ask` answers for as many of the names as it can, and never rejects. */
  constructor(ask: (names: readonly string[]) => Promise<ReadonlyMap<string, T>>) {
    this.#ask = ask
  }

  get(name: string): T | undefined {
    const known = this.#known.get(name)
    if (known === undefined && this.#known.size + this.#unknown.size < mostNames) this.#unknown.add(name)
    return known
  }

  /** Of those that are known. */
  values(): Iterable<T> {
    return this.#known.values()
  }

  /** Asks about the names that came up since; nothing to do in the usual case. */
  async refresh(): Promise<void> {
    if (this.#unknown.size === 0) return
    const names = [...this.#unknown]
    this.#unknown = new Set()
    for (const [name, answer] of await this.#ask(names)) this.#known.set(name, answer)
  }
}
