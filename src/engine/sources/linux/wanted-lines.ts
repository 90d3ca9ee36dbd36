import type { FilePart } from '../../transports/transport'

/** Lines that lie together in a file of `key value` lines. */
export interface LineRun {
  /** How the wanted lines begin, with what ends the key: `ctxt `, `Dirty:`. Those that a kernel lacks are not missed. */
  readonly keys: readonly string[]
  /** What lies before them is wanted too. */
  readonly fromStart?: boolean
  /** Of the last line, the first value is enough. */
  readonly firstValue?: boolean
  /** Without such a line the whole file is wanted. */
  readonly needs?: string
}

/** Bytes asked for on both sides of a run: as the numbers before it grow, it moves. */
const slack = 32
/** Parts must not be more than this of the file: each of them is a request of its own. */
const largestShare = 0.75
/** So often in a row parts may have lacked something, then the whole is read for good. */
const mostRefusals = 3

const newline = 10
const space = 32
const ends = (byte: number | undefined): boolean => byte === space || byte === newline

/** Where a run was found. */
interface Place {
  readonly run: LineRun
  /** Keys of its first line (null: it begins the file) and of its last. */
  readonly first: string | null
  readonly last: string
  start: number
  end: number
}

/**
 * Which parts of a file hold the lines that are wanted, as far as they can be known from the last reading. What
 * comes is checked: a part in which a line is missing or cut is refused, so that no number is ever half read.
 */
export class WantedLines {
  readonly #runs: readonly LineRun[]
  #places: readonly Place[] = []
  #refusals = 0

  constructor(runs: readonly LineRun[]) {
    this.#runs = runs
  }

  /** What to read; null for the whole file. */
  parts(): FilePart[] | null {
    if (this.#places.length === 0 || this.#refusals >= mostRefusals) return null
    return this.#places.map(asked)
  }

  /** The wanted lines of those parts, as a file of their own; null where they do not hold all of them. */
  take(parts: readonly Uint8Array[]): Uint8Array | null {
    const lines = this.#places.map((place, index) => {
      const part = parts[index]
      return part === undefined ? null : takeRun(place, part)
    })
    const whole = lines.filter((each) => each !== null)
    if (whole.length === lines.length) {
      this.#refusals = 0
      return Buffer.concat(whole.flatMap((run) => (run.at(-1) === newline ? [run] : [run, lineEnd])))
    }
    this.#places = []
    this.#refusals += 1
    return null
  }

  /** Finds the lines in the whole file. */
  learn(whole: Uint8Array): void {
    const places = this.#runs.map((run) => findRun(run, asBuffer(whole)))
    const found = places.filter((place) => place !== null)
    const wanted = found.map(asked).reduce((sum, { length }) => sum + length, 0)
    this.#places = found.length === places.length && wanted <= whole.length * largestShare ? found : []
  }
}

const lineEnd = Uint8Array.of(newline)

function asked({ start, end }: Place): FilePart {
  const from = Math.max(0, start - slack)
  return { start: from, length: end + slack - from }
}

function findRun(run: LineRun, whole: Buffer): Place | null {
  if (run.needs !== undefined && lineOf(whole, run.needs) < 0) return null
  const lines = run.keys
    .map((key) => ({ key, at: lineOf(whole, key) }))
    .filter(({ at }) => at >= 0)
    .sort((a, b) => a.at - b.at)
  const [first] = lines
  const last = lines.at(-1)
  if (first === undefined || last === undefined) return null
  const end = endOf(whole, last.at + last.key.length, run.firstValue)
  if (end === null) return null
  const start = run.fromStart ? 0 : first.at
  return { run, first: run.fromStart ? null : first.key, last: last.key, start, end }
}

/** Notes where the run is now. */
function takeRun(place: Place, bytes: Uint8Array): Uint8Array | null {
  const part = asBuffer(bytes)
  const offset = asked(place).start
  const start = place.first === null ? 0 : lineOf(part, place.first, offset > 0)
  const last = lineOf(part, place.last, offset > 0)
  if (start < 0 || last < start) return null
  const end = endOf(part, last + place.last.length, place.run.firstValue)
  if (end === null) return null
  place.start = offset + start
  place.end = offset + end
  return bytes.subarray(start, end)
}

/** Where the line begins; -1 for none. The first bytes of a part may be the rest of a line. */
function lineOf(bytes: Buffer, key: string, isCut = false): number {
  if (!isCut && bytes.indexOf(key) === 0) return 0
  const before = bytes.indexOf(`\n${key}`)
  return before < 0 ? -1 : before + 1
}

/** The end of the line with its newline, or of its first value; null where the bytes end before. */
function endOf(bytes: Buffer, from: number, firstValue = false): number | null {
  if (!firstValue) {
    const end = bytes.indexOf(newline, from)
    return end < 0 ? null : end + 1
  }
  let at = from
  while (bytes[at] === space) at += 1
  while (at < bytes.length && !ends(bytes[at])) at += 1
  return at < bytes.length ? at : null
}

const asBuffer = ({ buffer, byteOffset, byteLength }: Uint8Array): Buffer =>
  Buffer.from(buffer, byteOffset, byteLength)
