import type { ViewUpdate } from '@shared/model/rows'
import type { ReadOptions, Row, RowReader } from './live-view'
import { SeenRows } from './seen-rows'

/** Rows read at a time: without their text, and with it. */
const [barely, wholly] = [2_000, 250]
/** Newest rows that are looked at again where rows may match later on. */
const lookedAtAgain = 20_000
/** A view as small as that is looked through whole where rows have left it. */
const small = 20_000

export interface NewRowsOptions {
  /** Rows that are there may match later on. */
  readonly changing: boolean
  readonly read: ReadOptions
  /** Waits until the reader wants more. */
  readonly ready: () => Promise<void>
  /** New rows, in order; waited for. */
  readonly rows: (rows: readonly Row[]) => Promise<void>
  /** Rows that matched were let go before they could be read; null: nobody knows how many. */
  readonly lost: (count: number | null) => void
}

/**
 * Gives each row of a view once, also those that come late between others. What leaves the view before it could be
 * given is counted: rows that come move the end of the view by as many, wherever they are put, or its start back.
 */
export class NewRows {
  readonly #view: RowReader
  readonly #options: NewRowsOptions
  readonly #seen: SeenRows
  #next = 0
  #first = 0
  #revision = 0
  #dropped = 0
  /** Rows left while not all had been looked at. */
  #unlooked = false
  /** The row read last, and where it was then. */
  #anchor: Row | null = null

  constructor(view: RowReader, options: NewRowsOptions) {
    this.#view = view
    this.#options = options
    this.#seen = new SeenRows(options.changing)
  }

  /** Begins at a position: rows before it are not given. */
  async begin(update: ViewUpdate, from: number): Promise<void> {
    for (let at = update.first; at < from;) {
      const rows = await this.#view.read(at, Math.min(barely, from - at), { maxBytes: 0 })
      for (const { stream, sequence } of rows) this.#seen.add(stream, sequence)
      this.#anchor = rows.at(-1) ?? this.#anchor
      at = rows.length === 0 ? from : (this.#anchor?.position ?? at) + 1
    }
    this.#next = from
    this.#first = update.first
    this.#revision = update.revision
    this.#dropped = droppedOf(update)
  }

  /** Gives what is new. Between two calls updates may be left out. */
  async take(update: ViewUpdate): Promise<void> {
    const { first, end, revision } = update
    const dropped = droppedOf(update)
    const hasDropped = dropped !== this.#dropped
    if (update.looked < update.rows && hasDropped) this.#unlooked = true
    const anew = revision !== this.#revision
    let from = Math.max(first, end - lookedAtAgain)
    let due = 0
    if (!anew) {
      const early = Math.max(0, this.#first - first)
      due = end - this.#next + early
      from = await this.#lateFrom(first)
      const lookThrough = hasDropped && end - first <= small ? end - first : early
      from = Math.min(from, await this.#firstUnseen(first, lookThrough))
    }
    const given = await this.#give(Math.max(first, from), end)
    if (given < due) this.#options.lost(due - given)
    if (this.#unlooked && update.looked >= update.rows) {
      this.#options.lost(null)
      this.#unlooked = false
    }
    this.#next = end
    this.#first = first
    this.#revision = revision
    this.#dropped = dropped
  }

  /** Where rows begin that came since, those included that were put before the last one read. */
  async #lateFrom(first: number): Promise<number> {
    const anchor = this.#anchor
    if (!anchor) return this.#next
    const now = await this.#view.positionOf(anchor)
    if (now === null || now <= anchor.position) return this.#next
    let late = now - anchor.position
    let found = this.#next
    for (let end = now; end > first && late > 0; end -= barely) {
      const from = Math.max(first, end - barely)
      const rows = await this.#view.read(from, end - from, { maxBytes: 0 })
      const unseen = rows.filter(({ stream, sequence }) => !this.#seen.has(stream, sequence))
      found = Math.min(found, unseen[0]?.position ?? found)
      late -= unseen.length
    }
    return found
  }

  /** The first of the oldest rows, at most so many, that was put there since. */
  async #firstUnseen(first: number, most: number): Promise<number> {
    for (let at = first; at < first + most; at += barely) {
      const rows = await this.#view.read(at, Math.min(barely, first + most - at), { maxBytes: 0 })
      const unseen = rows.find(({ stream, sequence }) => !this.#seen.has(stream, sequence))
      if (unseen) return unseen.position
    }
    return Infinity
  }

  /** Gives the new ones of the rows [from, to) and returns how many they were. */
  async #give(from: number, to: number): Promise<number> {
    const { read, ready, rows: give } = this.#options
    let given = 0
    for (let at = from; at < to;) {
      await ready()
      const rows = await this.#view.read(at, Math.min(wholly, to - at), read)
      const last = rows.at(-1)
      if (!last) break
      this.#anchor = last
      at = last.position + 1
      const unseen = rows.filter(({ stream, sequence }) => !this.#seen.has(stream, sequence))
      for (const { stream, sequence } of unseen) this.#seen.add(stream, sequence)
      given += unseen.length
      if (unseen.length > 0) await give(unseen)
    }
    return given
  }
}

const droppedOf = ({ streams }: ViewUpdate): number => streams.reduce((sum, { dropped }) => sum + dropped, 0)
