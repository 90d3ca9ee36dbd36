import { equalBytes } from './names'
import { ByteScanner } from './scanner'

const colon = 58

/** Finds which of some known keys a range of bytes is. */
export class KeyMatcher {
  readonly #keys: readonly Uint8Array[]
  /** Positions of keys by their first byte. */
  readonly #byFirst: (readonly number[] | undefined)[] = []

  constructor(keys: readonly string[]) {
    const encoder = new TextEncoder()
    this.#keys = keys.map((key) => encoder.encode(key))
    this.#keys.forEach((key, index) => {
      const first = key[0] ?? 0
      this.#byFirst[first] = [...(this.#byFirst[first] ?? []), index]
    })
  }

  /** Position of the key in bytes[start, end), -1 for an unknown one. */
  match(bytes: Uint8Array, start: number, end: number): number {
    const candidates = this.#byFirst[bytes[start] ?? 0]
    if (candidates === undefined) return -1
    for (const index of candidates) {
      const key = this.#keys[index]
      if (key !== undefined && equalBytes(bytes, start, end, key)) return index
    }
    return -1
  }
}

/**
 * The wanted lines of a file of `key value` or `key: value kB` lines (/proc/meminfo, /proc/vmstat).
 * The first number of a key counts; values are as printed.
 */
export class KeyedNumbers<K extends string> {
  readonly #keys: readonly K[]
  readonly #matcher: KeyMatcher
  readonly #values: Float64Array
  readonly #scanner = new ByteScanner()

  constructor(keys: readonly K[]) {
    this.#keys = keys
    this.#matcher = new KeyMatcher(keys)
    this.#values = new Float64Array(keys.length).fill(NaN)
  }

  clear(): void {
    this.#values.fill(NaN)
  }

  parse(bytes: Uint8Array): void {
    this.clear()
    const scanner = this.#scanner
    scanner.reset(bytes)
    let missing = this.#keys.length
    while (missing > 0 && !scanner.atEnd) {
      const start = scanner.position
      let end = scanner.skipField()
      if (bytes[end - 1] === colon) end--
      const index = end > start ? this.#matcher.match(bytes, start, end) : -1
      if (index >= 0 && Number.isNaN(this.#values[index])) {
        const value = scanner.integer()
        this.#values[index] = value
        if (!Number.isNaN(value)) missing--
      }
      scanner.nextLine()
    }
  }

  /** NaN where the file has no such line. */
  get(key: K): number {
    return this.#values[this.#keys.indexOf(key)] ?? NaN
  }
}
