import type { RequiredLiterals } from '@shared/filter'
import { ByteSearch, makeNeedle, type Needle } from './byte-search'
import type { RowChunk } from './row-chunk'

const search = new ByteSearch()
/** A list that lets more than this share of the rows pass is not worth looking for. */
const uselessShare = 0.7
/** Rows after which a list's share is known. */
const trialRows = 4_000

/** Literals of which a row must have one. */
interface AnyOf {
  readonly needles: readonly Needle[]
  looked: number
  passed: number
}

/**
 * Finds the rows that contain the literals a filter cannot do without, by searching a whole chunk at once. Of
 * several lists it uses the one that lets the fewest rows pass, as it turned out so far.
 */
export class LiteralScan {
  /** Whether a row that has passed needs no further test. */
  readonly proves: boolean
  readonly #lists: AnyOf[]

  /** `words`: where not null, a row matches exactly when it contains all of them. */
  constructor(required: RequiredLiterals, words: readonly string[] | null) {
    this.proves = words !== null
    const lists = words ? words.map((word) => [word]) : required
    this.#lists = lists
      .filter((literals) => literals.every((literal) => literal.length <= maxLiteral))
      .map((literals) => ({
        needles: literals.map((literal) => makeNeedle(Buffer.from(literal), true)),
        looked: 0,
        passed: 0,
      }))
    if (this.#lists.length < lists.length) this.proves = false
  }

  /** Rows of [from, to) that may match, ascending; null where all of them may. Valid until the next call. */
  rows(chunk: RowChunk, from: number, to: number): Uint32Array | null {
    if (this.#lists.length === 0 || from >= to) return null
    const start = chunk.startOf(from)
    if (this.proves) {
      search.load(chunk.bytes.subarray(start, chunk.endOf(to - 1)))
      return this.#lists.map((list) => rowsWith(list, chunk, start, from)).reduce(inBoth)
    }
    const best = this.#choose()
    if (!best) return null
    search.load(chunk.bytes.subarray(start, chunk.endOf(to - 1)))
    const rows = rowsWith(best, chunk, start, from)
    best.looked += to - from
    best.passed += rows.length
    return rows
  }

  #choose(): AnyOf | null {
    const untried = this.#lists.find(({ looked }) => looked < trialRows)
    if (untried) return untried
    const share = ({ looked, passed }: AnyOf): number => passed / looked
    const best = this.#lists.reduce((least, list) => (share(list) < share(least) ? list : least))
    return share(best) > uselessShare ? null : best
  }
}
const maxLiteral = 512

function rowsWith({ needles }: AnyOf, chunk: RowChunk, start: number, from: number): Uint32Array {
  return needles.map((needle) => rowsAt(search.find(needle), chunk, start, from)).reduce(inEither)
}

/** Rows at these places of the text; a row of several lines may be found more than once. */
function rowsAt(places: Uint32Array, chunk: RowChunk, start: number, from: number): Uint32Array {
  const rows = new Uint32Array(places.length)
  let count = 0
  let row = from
  for (const place of places) {
    const found = chunk.rowAt(start + place, row)
    if (count === 0 || found !== row) rows[count++] = found
    row = found
  }
  return rows.subarray(0, count)
}

function inBoth(a: Uint32Array, b: Uint32Array): Uint32Array {
  const rows = new Uint32Array(Math.min(a.length, b.length))
  let count = 0
  for (let left = 0, right = 0; left < a.length && right < b.length;) {
    const difference = (a[left] ?? 0) - (b[right] ?? 0)
    if (difference === 0) rows[count++] = a[left] ?? 0
    if (difference <= 0) left++
    if (difference >= 0) right++
  }
  return rows.subarray(0, count)
}

function inEither(a: Uint32Array, b: Uint32Array): Uint32Array {
  const rows = new Uint32Array(a.length + b.length)
  let count = 0
  for (let left = 0, right = 0; left < a.length || right < b.length;) {
    const row = Math.min(a[left] ?? Infinity, b[right] ?? Infinity)
    rows[count++] = row
    if (a[left] === row) left++
    if (b[right] === row) right++
  }
  return rows.subarray(0, count)
}
