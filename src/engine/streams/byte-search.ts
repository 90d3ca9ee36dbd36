import { byteSearchModule } from './byte-search-module'

/** What the module reads beyond the text, and more. */
const margin = 256
const pageBytes = 65_536
const needleAt = 0
const textAt = 8_192
const maxNeedle = 2_048

type Lines = (
  text: number,
  end: number,
  needle: number,
  length: number,
  a: number,
  b: number,
  out: number,
) => number

interface SearchExports {
  readonly memory: WebAssembly.Memory
  readonly lines: Lines
}

/** Bytes of log text, the most frequent first; the further back, the fewer places have to be looked at. */
const frequent = Buffer.from(' etaoinsrhldcum.:0123456789-/_"pgfb,=w[]|yvkxjqz')
const rarity = new Uint8Array(256).fill(255)
frequent.forEach((byte, rank) => (rarity[byte] = rank))

/** A literal, made ready to be looked for. */
export interface Needle {
  /** Its bytes, letters in lower case where case does not matter, then the masks. */
  readonly bytes: Uint8Array
  readonly length: number
  /** Places of its two rarest bytes. */
  readonly a: number
  readonly b: number
}

/** `literal` without line feeds, 1 to 2,048 bytes; only ASCII letters are taken in either case. */
export function makeNeedle(literal: Uint8Array, ignoreCase: boolean): Needle {
  const { length } = literal
  if (length === 0 || length > maxNeedle)
    throw new RangeError(`a literal of ${length} bytes cannot be looked for`)
  const bytes = new Uint8Array(2 * length)
  let a = 0
  let b = length - 1
  literal.forEach((byte, at) => {
    const lower = byte >= 65 && byte <= 90 ? byte | 0x20 : byte
    const isLetter = lower >= 97 && lower <= 122
    bytes[at] = ignoreCase ? lower : byte
    bytes[length + at] = ignoreCase && isLetter ? 0x20 : 0
    const rank = rarity[lower] ?? 255
    if (rank > (rarity[bytes[a] ?? 0] ?? 255)) {
      b = a
      a = at
    } else if (at !== a && rank > (rarity[bytes[b] ?? 0] ?? 255)) b = at
  })
  return { bytes, length, a, b }
}

/** The module is our own: a function of this name has these parameters. */
const isLines = (value: unknown): value is Lines => typeof value === 'function'

/**
 * Looks for literals in whole chunks of rows, 16 places at once. One is shared by all filters: it copies the
 * text into its own memory once and finds any number of literals there.
 */
export class ByteSearch {
  readonly #exports: SearchExports
  #memory = new Uint8Array(0)
  #length = 0

  constructor() {
    const module = new WebAssembly.Module(Buffer.from(byteSearchModule, 'base64'))
    const { exports } = new WebAssembly.Instance(module)
    const { memory, lines } = exports
    if (!(memory instanceof WebAssembly.Memory) || !isLines(lines)) {
      throw new TypeError('the search module is not the one this code was written for')
    }
    this.#exports = { memory, lines }
  }

  /** The text that {@link find} looks through from now on. */
  load(text: Uint8Array): void {
    // Behind the text: one place of 4 bytes for each line it can have.
    this.#reserve(textAt + text.length + margin + 4 * (text.length + 1))
    this.#memory.set(text, textAt)
    this.#memory.fill(0, textAt + text.length, textAt + text.length + margin)
    this.#length = text.length
  }

  /** Offsets of the first place of the needle in each line that has it, ascending; valid until the next call. */
  find({ bytes, length, a, b }: Needle): Uint32Array {
    this.#memory.set(bytes, needleAt)
    const out = (textAt + this.#length + margin + 3) & ~3
    const count = this.#exports.lines(textAt, textAt + this.#length, needleAt, length, a, b, out)
    return new Uint32Array(this.#exports.memory.buffer, out, count)
  }

  #reserve(bytes: number): void {
    const { memory } = this.#exports
    const missing = bytes + margin - memory.buffer.byteLength
    if (missing > 0) memory.grow(Math.ceil(missing / pageBytes))
    if (this.#memory.buffer !== memory.buffer) this.#memory = new Uint8Array(memory.buffer)
  }
}
