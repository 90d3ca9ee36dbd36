/** Numbers that are the same for the same seed. */
export class Random {
  #state: number

  constructor(seed: number) {
    this.#state = seed >>> 0
  }

  /** 0 up to 1 (mulberry32). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }

  /** Around `median`; `spread` is the deviation of its logarithm. */
  logNormal(median: number, spread: number): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.next()))
    return median * Math.exp(spread * radius * Math.cos(2 * Math.PI * this.next()))
  }

  /** Time to the next of events that come `rate` times in one unit of time. */
  exponential(rate: number): number {
    return -Math.log(1 - this.next()) / rate
  }

  integer(below: number): number {
    return Math.floor(this.next() * below)
  }

  pick<T>(items: readonly [T, ...T[]]): T {
    return items[this.integer(items.length)] ?? items[0]
  }

  /** So many hexadecimal digits. */
  hex(digits: number): string {
    return Array.from({ length: digits }, () => this.integer(16).toString(16)).join('')
  }

  uuid(): string {
    return [8, 4, 4, 4, 12].map((digits) => this.hex(digits)).join('-')
  }
}
