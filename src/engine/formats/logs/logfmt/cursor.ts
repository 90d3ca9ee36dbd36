import { byte } from '../bytes'

/**
 * Walks `key=value key="a \"quoted\" value" flag` (kr/logfmt's grammar, as Go's loggers print it): a key ends at a
 * blank, `=` or `"`; a value in quotes ends at the first quote without a backslash, or with the line.
 */
export class PairCursor {
  keyStart = 0
  keyEnd = 0
  /** Without its quotes; empty for a flag. */
  valueStart = 0
  valueEnd = 0
  /** The value stood in quotes and holds backslashes. */
  escaped = false
  /** There was a `=`. */
  isPair = false
  #at = 0
  #end = 0

  open(start: number, end: number): void {
    this.#at = start
    this.#end = end
  }

  next(bytes: Uint8Array): boolean {
    const end = this.#end
    let at = this.#at
    while (at < end && !isKeyByte(bytes[at] ?? 0)) at++
    if (at >= end) return false
    this.keyStart = at
    while (at < end && isKeyByte(bytes[at] ?? 0)) at++
    this.keyEnd = at
    this.escaped = false
    this.isPair = at < end && bytes[at] === byte.equals
    if (this.isPair) at = this.#value(bytes, at + 1)
    else this.valueStart = this.valueEnd = at
    this.#at = at
    return true
  }

  /** Reads the value that starts at `start`; returns the place behind it. */
  #value(bytes: Uint8Array, start: number): number {
    const end = this.#end
    let at = start
    if (at >= end || bytes[at] !== byte.quote) {
      while (at < end && (bytes[at] ?? 0) > byte.space) at++
      this.valueStart = start
      this.valueEnd = at
      return at
    }
    for (at++; at < end && bytes[at] !== byte.quote; at++) {
      if (bytes[at] !== byte.backslash) continue
      this.escaped = true
      at++
    }
    this.valueStart = start + 1
    this.valueEnd = Math.min(at, end)
    return Math.min(at + 1, end)
  }
}

const isKeyByte = (value: number): boolean =>
  value > byte.space && value !== byte.equals && value !== byte.quote
