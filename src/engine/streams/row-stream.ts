import { isApproximate, RowReader } from './reread'
import { maxRowBytes, rowFlags, type NewChunk, type RereadRows, type RowChunk } from './row-chunk'
import { noLevel, type Gap, type LineBatch, type RowFormat, type RowHead } from '../row-sink'

/** Milliseconds after which a row counts as complete although no further row has come. */
const growTime = 100

const madeRoom = 'They had left the memory for rows when those before them were fetched.'

/** What a stream is, for people. */
export interface StreamLabel {
  readonly host: string
  /** `logs`, `messages`. */
  readonly kind: string
  /** Inside its host and kind: a file, a unit, a queue source. */
  readonly name: string
}

/** Where new chunks come from. */
export interface ChunkSource {
  make(chunk: Omit<NewChunk, 'place'>): RowChunk
  /** A chunk may take other memory than before. */
  changed(chunk: RowChunk): void
  /** Its rows are in other chunks now. */
  replaced(chunk: RowChunk): void
}

/**
 * Rows of one source in the order it gave them. Each has a sequence number, which only ever goes up by one;
 * rows fetched later from further back are numbered downwards from -1.
 * A row's key is its event time, moved as little as keeps the order of the numbers and of time the same: a
 * host's clock may jump, and lines without a time lie where they came.
 */
export class RowStream {
  readonly number: number
  readonly label: StreamLabel
  readonly chunks: RowChunk[] = []
  #format: RowFormat
  readonly #source: ChunkSource
  readonly #head: RowHead = { time: NaN, level: noLevel, continues: false }
  #received = 0
  #fetched = 0
  #dropped = 0
  #lost = 0
  #lossUnknown = false
  #lastKey = -Infinity
  /** Whether any row had a time of its own. */
  #timed = false
  #lastAppend = -Infinity

  constructor(number: number, label: StreamLabel, format: RowFormat, source: ChunkSource) {
    this.number = number
    this.label = label
    this.#format = format
    this.#source = source
  }

  get format(): RowFormat {
    return this.#format
  }

  set format(format: RowFormat) {
    this.#format = format
  }

  /** Sequence number that the next row gets. */
  get next(): number {
    return this.#received
  }

  /** What the law needs: received = kept + dropped, and beside it what never arrived. */
  get account(): { received: number; fetched: number; dropped: number; lost: number; lossUnknown: boolean } {
    return {
      received: this.#received,
      fetched: this.#fetched,
      dropped: this.#dropped,
      lost: this.#lost,
      lossUnknown: this.#lossUnknown,
    }
  }

  /** Takes lines that came just now. `shift` is added to their times: our clock less the host's. */
  append(batch: LineBatch, now: number, shift = 0): void {
    if (batch.count === 0) return
    const { bytes, ends, cut } = batch
    if (!this.#timed) this.#keyFor(this.#firstTime(batch) + shift, now)
    let chunk = this.chunks.at(-1)
    let copied = 0
    let start = 0
    for (let line = 0; line < batch.count; line++) {
      const end = ends[line] ?? start
      this.#format.head(bytes, start, end, this.#head)
      const length = end - start
      if (this.#head.continues && chunk && this.#mayGrow(chunk) && chunk.extend(length)) {
        start = end
        continue
      }
      const key = this.#keyFor(this.#head.time + shift, now)
      if (!chunk?.fits(length, key)) {
        if (chunk) this.#fill(chunk, bytes.subarray(copied, start))
        copied = start
        this.#seal(chunk)
        chunk = this.#newChunk(key)
      }
      const trueLength = cut?.get(line)
      const flags =
        (trueLength === undefined ? 0 : rowFlags.cut) |
        (isApproximate(key, this.#head.time + shift) ? rowFlags.approximate : 0)
      chunk.add({ length: Math.min(length, maxRowBytes), key, level: this.#head.level, flags }, trueLength)
      this.#received++
      start = end
    }
    if (chunk) {
      this.#fill(chunk, bytes.subarray(copied, start))
      if (this.#format.multiline) chunk.settleAllButLast()
      else chunk.settle()
    }
    this.#lastAppend = now
  }

  /** A row of its own where rows are missing. It matches every filter that does not rule its time out. */
  gap(gap: Gap, now: number): void {
    if (gap.count === null) this.#lossUnknown = true
    else this.#lost += gap.count
    const text = Buffer.from(`${JSON.stringify(gap)}\n`)
    const key = this.#keyFor(gap.to ?? now, now)
    let chunk = this.chunks.at(-1)
    if (!chunk?.fits(text.length, key)) {
      this.#seal(chunk)
      chunk = this.#newChunk(key)
    }
    chunk.add({ length: text.length, key, level: noLevel, flags: rowFlags.gap })
    this.#received++
    this.#fill(chunk, text)
    chunk.settle()
  }

  /** Puts older rows, oldest first, before all there are, and a gap behind them where rows between were let go. */
  prepend(batch: LineBatch, now: number, shift = 0): void {
    const older = new RowStream(this.number, this.label, this.#format, this.#source)
    const latest = this.chunks[0]?.base ?? now
    older.append(batch, latest, shift)
    const letGo = (this.chunks[0]?.first ?? this.#received) + this.#fetched
    if (letGo > 0) older.gap({ count: letGo, from: null, to: latest, reason: madeRoom }, latest)
    older.#seal(older.chunks.at(-1))
    this.#fetched += older.#received
    for (const chunk of older.chunks) chunk.moveTo(chunk.first - this.#fetched)
    this.chunks.unshift(...older.chunks)
  }

  /**
   * Reads all rows there are in another format, a chunk each time it is asked for the next; what was found holds when
   * it is done, and until then nothing changes. `format` has read nothing yet. Numbers of rows stay.
   */
  *reread(format: RowFormat, now: number, shift: number): Generator<void, void, void> {
    for (;;) {
      const reader = new RowReader(format, now, shift)
      const found = new Map<RowChunk, RereadRows>()
      const oldest = this.chunks[0]?.first ?? 0
      let at = 0
      // The one that rows go into is read at the end, in the same turn.
      while (at < this.chunks.length - 1) {
        const chunk = this.chunks[at]
        if (chunk) found.set(chunk, reader.read(chunk))
        yield
        at = chunk ? this.chunks.indexOf(chunk) + 1 : 0
      }
      // Older rows came meanwhile: times are found from the first row on.
      if ((this.chunks[0]?.first ?? 0) < oldest) continue
      const last = this.chunks.at(-1)
      if (last) found.set(last, reader.read(last))
      this.#rewrite(found)
      this.#lastKey = reader.lastKey
      this.#timed = reader.timed
      return
    }
  }

  #rewrite(found: ReadonlyMap<RowChunk, RereadRows>): void {
    const chunks = this.chunks.splice(0)
    for (const chunk of chunks) {
      const rows = found.get(chunk)
      if (!rows || chunk.rewrite(rows)) this.chunks.push(chunk)
      else this.#split(chunk, rows)
    }
  }

  /** Rows that are too far apart in time for one chunk. */
  #split(from: RowChunk, { keys, heads }: RereadRows): void {
    let chunk: RowChunk | undefined
    for (let row = 0; row < from.count; row++) {
      const text = from.bytes.subarray(from.startOf(row), from.textEndOf(row))
      const [key = from.base, head = noLevel] = [keys[row], heads[row]]
      if (!chunk?.fits(text.length, key)) {
        this.#seal(chunk)
        const first = from.first + row
        chunk = this.#source.make({ stream: this.number, first, base: key, full: false })
        this.chunks.push(chunk)
      }
      chunk.add({ length: text.length, key, level: head & 15, flags: head >>> 4 }, from.cutLengthOf(row))
      this.#fill(chunk, text)
      if (row < from.settled) chunk.settle()
    }
    this.#source.replaced(from)
  }

  /** Whether a row became complete because time passed. */
  settle(now: number): boolean {
    const chunk = this.chunks.at(-1)
    if (!chunk || chunk.settled === chunk.count || now - this.#lastAppend < growTime) return false
    chunk.settle()
    return true
  }

  /** Lets the oldest chunk go, to make room. */
  dropOldest(): RowChunk | undefined {
    const chunk = this.chunks.shift()
    if (chunk) this.#dropped += chunk.count
    return chunk
  }

  /** The chunk that holds a row, and the row's place in it; undefined when it is not kept. */
  find(sequence: number): { chunk: RowChunk; row: number } | undefined {
    let low = 0
    let high = this.chunks.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.chunks[middle]?.first ?? 0) <= sequence) low = middle + 1
      else high = middle
    }
    const chunk = this.chunks[low - 1]
    if (!chunk || sequence >= chunk.first + chunk.count) return undefined
    return { chunk, row: sequence - chunk.first }
  }

  #mayGrow(chunk: RowChunk): boolean {
    return chunk.count > chunk.settled && (chunk.flagsOf(chunk.count - 1) & rowFlags.gap) === 0
  }

  /** Never before the row before it, and never in our own future. A row without a time lies where it came. */
  #keyFor(time: number, now: number): number {
    if (!Number.isNaN(time)) this.#timed = true
    const wanted = Number.isNaN(time) ? (this.#timed ? this.#lastKey : now) : time
    this.#lastKey = Math.floor(Math.max(this.#lastKey, Math.min(wanted, now)))
    return this.#lastKey
  }

  /** The first time in the batch, for lines before it that have none. */
  #firstTime({ bytes, ends, count }: LineBatch): number {
    let start = 0
    for (let line = 0; line < Math.min(count, 1_000); line++) {
      const end = ends[line] ?? start
      this.#format.head(bytes, start, end, this.#head)
      if (!Number.isNaN(this.#head.time)) return this.#head.time
      start = end
    }
    return NaN
  }

  #newChunk(key: number): RowChunk {
    // Where one chunk was filled the next one will be, too.
    const full = this.chunks.length > 0
    const chunk = this.#source.make({ stream: this.number, first: this.#received, base: key, full })
    this.chunks.push(chunk)
    return chunk
  }

  #fill(chunk: RowChunk, text: Uint8Array): void {
    chunk.copy(text)
    this.#source.changed(chunk)
  }

  #seal(chunk: RowChunk | undefined): void {
    if (!chunk) return
    chunk.seal()
    this.#source.changed(chunk)
  }
}
