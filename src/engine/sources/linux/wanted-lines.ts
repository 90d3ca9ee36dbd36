import type { FilePart } from '../../transports/transport'
import type { LinePlace, LineRun, Span } from './line-runs'

/** Bytes asked for on both sides of a run: as the numbers before it grow, it moves. */
const slack = 16
/** What a further request costs on the wire, in bytes: question and answer beside the content. */
const requestCost = 128
/** So often in a row parts may have lacked something, then the whole is read for good. */
const mostRefusals = 3

const newline = 10
const lineEnd = Uint8Array.of(newline)

interface Known {
  readonly place: LinePlace
  /** Where it was the last time. */
  span: Span
}

/**
 * Which parts of a file hold the lines that are wanted, as far as they can be known from the last reading. What
 * comes is checked: a part in which a line is missing or cut is refused, so that no number is ever half read.
 */
export class WantedLines {
  readonly #runs: readonly LineRun[]
  #known: readonly Known[] = []
  #refusals = 0

  constructor(runs: readonly LineRun[]) {
    this.#runs = runs
  }

  /** What to read; null for the whole file. */
  parts(): FilePart[] | null {
    if (this.#known.length === 0 || this.#refusals >= mostRefusals) return null
    return this.#known.map(({ span }) => asked(span))
  }

  /** The wanted lines of those parts, as a file of their own; null where they do not hold all of them. */
  take(parts: readonly Uint8Array[]): Uint8Array | null {
    const lines = this.#known.map((known, index) => takeRun(known, parts[index]))
    const whole = lines.filter((each) => each !== null)
    if (whole.length === lines.length) {
      this.#refusals = 0
      return Buffer.concat(whole.flatMap((run) => (run.at(-1) === newline ? [run] : [run, lineEnd])))
    }
    this.#known = []
    this.#refusals += 1
    return null
  }

  /** Finds the lines in the whole file. */
  learn(whole: Uint8Array): void {
    const places = this.#runs.map((run) => run.find(asBuffer(whole)))
    const found = places.filter((place) => place !== null)
    const wanted = found.reduce((sum, { span }) => sum + asked(span).length + requestCost, -requestCost)
    const pays = wanted < whole.length
    this.#known =
      pays && found.length === places.length ? found.map((place) => ({ place, span: place.span })) : []
  }
}

function asked({ start, end }: Span): FilePart {
  const from = Math.max(0, start - slack)
  return { start: from, length: end + slack - from }
}

/** Notes where the run is now. */
function takeRun(known: Known, bytes: Uint8Array | undefined): Uint8Array | null {
  const part = asked(known.span)
  const span = bytes && known.place.locate(asBuffer(bytes), part)
  if (!bytes || !span) return null
  known.span = { start: part.start + span.start, end: part.start + span.end }
  return bytes.subarray(span.start, span.end)
}

const asBuffer = ({ buffer, byteOffset, byteLength }: Uint8Array): Buffer =>
  Buffer.from(buffer, byteOffset, byteLength)
