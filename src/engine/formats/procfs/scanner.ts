const newline = 10
const space = 32
const tab = 9
const dot = 46
const zero = 48

const isBlank = (byte: number): boolean => byte === space || byte === tab

/** Above it a text of digits is no kernel counter: they are 64 bits wide at most. */
const largest = 2 ** 64

/**
 * Reads fields of a /proc file from its bytes, without making strings.
 * Fields are separated by blanks and end with their line. Integers above 2^53 lose their low bits
 * (a double holds no more): at such a height a counter's increase is too coarse rather than wrong.
 */
export class ByteScanner {
  position = 0
  #bytes: Uint8Array = new Uint8Array(0)

  reset(bytes: Uint8Array): void {
    this.#bytes = bytes
    this.position = 0
  }

  get atEnd(): boolean {
    return this.position >= this.#bytes.length
  }

  /** Moves over blanks; stays on the line. */
  skipBlanks(): void {
    const bytes = this.#bytes
    while (this.position < bytes.length && isBlank(bytes[this.position] ?? 0)) this.position++
  }

  /** Moves to the end of the field that starts here and returns that end. */
  skipField(): number {
    const bytes = this.#bytes
    let at = this.position
    for (; at < bytes.length; at++) {
      const byte = bytes[at] ?? 0
      if (byte === newline || isBlank(byte)) break
    }
    this.position = at
    return at
  }

  /** Moves to the start of the next line. */
  nextLine(): void {
    const end = this.#bytes.indexOf(newline, this.position)
    this.position = end < 0 ? this.#bytes.length : end + 1
  }

  /** End of this line, without its newline. */
  lineEnd(): number {
    const end = this.#bytes.indexOf(newline, this.position)
    return end < 0 ? this.#bytes.length : end
  }

  /** True when a further field is on this line. */
  hasField(): boolean {
    this.skipBlanks()
    return !this.atEnd && this.#bytes[this.position] !== newline
  }

  /** The next field as an unsigned integer; NaN where the line has none or the field is no such number. */
  integer(): number {
    this.skipBlanks()
    const value = this.#digits()
    return this.#atFieldEnd() ? value : this.#notANumber()
  }

  /** The next field as an unsigned decimal fraction ("0.52"), NaN as in {@link integer}. */
  decimal(): number {
    this.skipBlanks()
    const whole = this.#digits()
    if (this.#bytes[this.position] !== dot) return this.#atFieldEnd() ? whole : this.#notANumber()
    const start = ++this.position
    const fraction = this.#digits()
    return this.#atFieldEnd() ? whole + fraction / 10 ** (this.position - start) : this.#notANumber()
  }

  /** The digits that start here as a number; NaN where there are none. */
  #digits(): number {
    const bytes = this.#bytes
    const start = this.position
    let value = 0
    let at = start
    for (; at < bytes.length; at++) {
      const digit = (bytes[at] ?? 0) - zero
      if (digit < 0 || digit > 9) break
      value = value * 10 + digit
    }
    this.position = at
    return at === start || value > largest ? NaN : value
  }

  #atFieldEnd(): boolean {
    if (this.atEnd) return true
    const byte = this.#bytes[this.position] ?? 0
    return byte === newline || isBlank(byte)
  }

  #notANumber(): number {
    this.skipField()
    return NaN
  }
}
