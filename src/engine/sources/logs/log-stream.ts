import { setImmediate as nextTurn } from 'node:timers/promises'
import { chooseFormat, logFormats, type LogFormatName } from '../../formats/logs'
import type { FilePlace, LineBatch, RowSink } from '../source'
import { LineBatches } from './line-batches'
import { placeAfter, placeBefore, startOfFile } from './places'
import type { LogRowFormat } from './row-format'

/** Bytes given to the store in one go, and milliseconds after which others get their turn. */
const pieceLength = 64 * 1024
const turn = 4
/** Lines that tell the format. */
export const sampleLines = 200
const lineFeed = 10

/** The way of one file's bytes into the rows of its stream; knows which bytes have become rows. */
export class LogStream {
  readonly #sink: RowSink
  readonly #lines = new LineBatches()
  readonly #now: () => number
  #format: LogRowFormat
  /** What the lines look like, and whether that may still change. */
  #likely: LogFormatName
  #looks: boolean
  #read: FilePlace = startOfFile(null)
  #oldest: FilePlace | null = null
  #started = false

  constructor(sink: RowSink, format: LogRowFormat, looks: boolean, now: () => number) {
    this.#sink = sink
    this.#format = format
    this.#likely = format.logFormat.name
    this.#looks = looks
    this.#now = now
    if (sink.chosen !== null && sink.chosen !== this.#likely) this.#useFormat(sink.chosen)
    const { extent } = sink
    if (extent === null || typeof extent.newest === 'string' || typeof extent.oldest === 'string') return
    this.#read = extent.newest
    this.#oldest = extent.oldest
    this.#started = true
  }

  /** Whether it is known where to read on. */
  get started(): boolean {
    return this.#started
  }

  /** Behind the last byte taken. */
  get read(): FilePlace {
    return this.#read
  }

  /** In front of the oldest row; null while there is none. */
  get oldest(): FilePlace | null {
    return this.#oldest
  }

  /** Reads all lines as a person chose; null: as they look. */
  readAs(chosen: LogFormatName | null): void {
    const name = chosen ?? this.#likely
    if (name === this.#format.logFormat.name) return
    this.#useFormat(name)
    this.#sink.useFormat(this.#format, this.#format.as(logFormats[name]))
  }

  /** The next bytes are those of another place. */
  startAt(place: FilePlace): void {
    this.#lines.clear()
    this.#read = place
    this.#started = true
  }

  /** Which file the bytes were read from. */
  identify(identity: string | null): void {
    if (this.#read.identity !== identity) this.#read = { ...this.#read, identity }
  }

  /** The bytes that follow those taken last. Others get their turns meanwhile. */
  async take(bytes: Uint8Array): Promise<void> {
    let begun = performance.now()
    for (let at = 0, end = 0; at < bytes.length; at = end) {
      end = pieceEnd(bytes, at)
      if (performance.now() - begun > turn) {
        await nextTurn()
        begun = performance.now()
      }
      this.#takePiece(bytes.subarray(at, end))
    }
  }

  /** The file ends here for good. */
  endLine(): void {
    const batch = this.#lines.flush()
    if (batch !== null) this.#give(batch, this.#read)
  }

  gap(reason: string, from: number | null): void {
    this.#sink.gap({ count: null, from, to: this.#now(), reason })
  }

  /** Rows from in front of the oldest; `bytes` are whole lines. */
  prepend(bytes: Uint8Array, position: number, identity: string | null, modified: number | null): void {
    const lines = new LineBatches()
    const whole = bytes.at(-1) === lineFeed ? bytes : Buffer.concat([bytes, Buffer.of(lineFeed)])
    const batch = lines.push(whole)
    if (batch === null) return
    this.#format.older(modified, () => this.#sink.prepend(batch))
    this.#oldest = placeBefore(bytes, position, identity)
    const { extent } = this.#sink
    if (extent !== null) this.#sink.mark({ oldest: this.#oldest, newest: extent.newest })
  }

  #takePiece(piece: Uint8Array): void {
    const before = this.#read
    this.#oldest ??= placeBefore(piece, before.position, before.identity)
    const batch = this.#lines.push(piece)
    this.#read = placeAfter(before, piece)
    if (batch === null) return
    this.#give(batch, placeAfter(before, piece.subarray(0, piece.lastIndexOf(lineFeed) + 1)))
  }

  #give(batch: LineBatch, behind: FilePlace): void {
    if (this.#looks) this.#look(batch)
    this.#sink.append(batch)
    this.#sink.mark({ oldest: this.#oldest ?? behind, newest: behind })
  }

  #look(batch: LineBatch): void {
    const sample = linesOf(batch)
    if (sample.length >= 10) this.#looks = false
    const { name } = chooseFormat(sample)
    if (name === this.#likely) return
    this.#likely = name
    if (this.#sink.chosen === null) this.#useFormat(name)
  }

  #useFormat(name: LogFormatName): void {
    this.#format = this.#format.as(logFormats[name])
    this.#sink.useFormat(this.#format)
  }
}

/** At the end of a line where there is one: a line in two pieces has to be put together. */
function pieceEnd(bytes: Uint8Array, at: number): number {
  const end = at + pieceLength
  if (end >= bytes.length) return bytes.length
  const line = bytes.lastIndexOf(lineFeed, end - 1) + 1
  return line > at ? line : end
}

export function linesOf({ bytes, ends, count }: LineBatch): Uint8Array[] {
  const lines: Uint8Array[] = []
  for (let line = 0; line < Math.min(count, sampleLines); line++) {
    lines.push(bytes.subarray(line === 0 ? 0 : ends[line - 1], (ends[line] ?? 1) - 1))
  }
  return lines
}
