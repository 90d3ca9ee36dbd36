import { Notifier } from '../notifier'
import { RowChunk, type NewChunk } from './row-chunk'
import type { RowFormat } from '../row-sink'
import { RowStream, type ChunkSource, type StreamLabel } from './row-stream'

/** Places in the table of chunks: what 16 bits of a slot can name. */
const maxPlaces = 65_536

/**
 * All rows of all hosts, bounded by bytes. When they are too many the oldest chunk of all streams leaves,
 * is counted in its stream, and told to the views.
 */
export class RowStore implements ChunkSource {
  /** Rows came, went, or became complete. */
  readonly changes = new Notifier()
  readonly limit: number
  readonly #streams = new Map<number, RowStream>()
  readonly #places: (RowChunk | undefined)[] = []
  readonly #free: number[] = []
  readonly #dropped = new Set<(chunk: RowChunk) => void>()
  readonly #reread = new Set<(stream: RowStream) => void>()
  /** Bytes that each chunk counts for. */
  readonly #held = new Map<RowChunk, number>()
  #nextStream = 1
  #used = 0

  constructor(limit: number) {
    this.limit = limit
  }

  /** Bytes that rows take now. */
  get used(): number {
    return this.#used
  }

  get streams(): Iterable<RowStream> {
    return this.#streams.values()
  }

  stream(number: number): RowStream | undefined {
    return this.#streams.get(number)
  }

  chunk(slot: number): RowChunk | undefined {
    return this.#places[slot >>> 16]
  }

  /** The stream with this label, made where there is none: rows of a host that comes back follow its older ones. */
  open(label: StreamLabel, format: RowFormat): RowStream {
    for (const stream of this.#streams.values()) {
      const { host, kind, name } = stream.label
      if (host === label.host && kind === label.kind && name === label.name) return stream
    }
    const stream = new RowStream(this.#nextStream++, label, format, this)
    this.#streams.set(stream.number, stream)
    return stream
  }

  /** Forgets a host that was removed, with all its rows. */
  forget(host: string): void {
    for (const stream of this.#streams.values()) {
      if (stream.label.host !== host) continue
      while (this.#release(stream.dropOldest()));
      this.#streams.delete(stream.number)
    }
    this.changes.notify()
  }

  /** Calls `heard` with each chunk that leaves, before it does. Returns the end of that. */
  onDropped(heard: (chunk: RowChunk) => void): () => void {
    this.#dropped.add(heard)
    return () => this.#dropped.delete(heard)
  }

  /** Calls `heard` with each stream whose rows have other places in time at once. Returns the end of that. */
  onReread(heard: (stream: RowStream) => void): () => void {
    this.#reread.add(heard)
    return () => this.#reread.delete(heard)
  }

  /** Reads the rows of a stream in another format, as {@link RowStream.reread} does, and tells the views. */
  *reread(stream: RowStream, format: RowFormat, now: number, shift: number): Generator<void, void, void> {
    yield* stream.reread(format, now, shift)
    for (const heard of this.#reread) heard(stream)
    this.changes.notify()
  }

  /** Whether rows of further back may be fetched without the newest having to leave. */
  hasRoom(bytes: number): boolean {
    return this.#used + bytes <= this.limit
  }

  /** To be called after rows were taken in, and about ten times a second. */
  tidy(now: number): void {
    for (const stream of this.#streams.values()) stream.settle(now)
    while (this.#used > this.limit && this.#dropOne());
    this.changes.notify()
  }

  make(wanted: Omit<NewChunk, 'place'>): RowChunk {
    if (this.#free.length === 0 && this.#places.length >= maxPlaces) this.#dropOne()
    const place = this.#free.pop() ?? this.#places.length
    const chunk = new RowChunk({ ...wanted, place })
    this.#places[place] = chunk
    this.changed(chunk)
    return chunk
  }

  changed(chunk: RowChunk): void {
    this.#used += chunk.held - (this.#held.get(chunk) ?? 0)
    this.#held.set(chunk, chunk.held)
  }

  replaced(chunk: RowChunk): void {
    this.#release(chunk)
  }

  #dropOne(): boolean {
    let oldest: RowStream | null = null
    let oldestKey = Infinity
    for (const stream of this.#streams.values()) {
      const [chunk] = stream.chunks
      // The chunk that rows go into leaves last, so that a quiet stream keeps its last rows.
      const key = chunk
        ? chunk.lastKey + (stream.chunks.length === 1 ? Number.MAX_SAFE_INTEGER : 0)
        : Infinity
      if (key < oldestKey) {
        oldest = stream
        oldestKey = key
      }
    }
    return this.#release(oldest?.dropOldest())
  }

  #release(chunk: RowChunk | undefined): boolean {
    if (!chunk) return false
    for (const heard of this.#dropped) heard(chunk)
    this.#used -= this.#held.get(chunk) ?? 0
    this.#held.delete(chunk)
    this.#places[chunk.place] = undefined
    this.#free.push(chunk.place)
    return true
  }
}
