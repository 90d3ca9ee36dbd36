/** Which connections have logged in under which tokens. */
export class Sessions {
  readonly #tokens = new Map<number, Set<string>>()

  add(connection: number, token: string): void {
    const tokens = this.#tokens.get(connection) ?? new Set()
    this.#tokens.set(connection, tokens.add(token))
  }

  /** A connection with several tokens acts as the first of them in alphabetical order. */
  of(connection: number): string | null {
    return [...(this.#tokens.get(connection) ?? [])].sort()[0] ?? null
  }

  remove(connection: number): void {
    this.#tokens.delete(connection)
  }

  isActive(token: string): boolean {
    return [...this.#tokens.values()].some((tokens) => tokens.has(token))
  }
}
