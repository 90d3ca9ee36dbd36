import type { ViewUpdate } from '@shared/model/rows'
import { LossAccount, type Loss } from './loss-account'
import type { ReadOptions, Row, RowReader } from './live-view'
import { SeenRows } from './seen-rows'

/** Rows read at a time: without their text, and with it. */
const [barely, wholly] = [2_000, 500]
/** Newest rows that are looked at again where rows may match later on. */
const lookedAtAgain = 20_000
/** A view as small as that is looked through whole where rows have left it. */
const small = 20_000

export interface NewRowsOptions {
  /** Rows that are there may match later on. */
  readonly changing: boolean
  /** Only some rows match. */
  readonly filtered: boolean
  readonly read: ReadOptions
  /** Waits until the reader wants more. */
  readonly ready: () => Promise<void>
  /** New rows, in order; waited for. */
  readonly rows: (rows: readonly Row[]) => Promise<void>
  /** Rows were let go before they could be read. */
  readonly lost: (loss: Loss) => void
}

/**
 * Gives each row of a view once and in order, also those that come late between others. The view goes on meanwhile:
 * what is read belongs to one of its states as long as that state's newest row keeps its position (rows put before it
 * would move it) and the start moves forward only.
 */
export class NewRows {
  readonly #view: RowReader
  readonly #options: NewRowsOptions
  readonly #seen: SeenRows
  readonly #losses: LossAccount
  #first = 0
  #revision = 0
  #dropped = 0
  /** The row read last, and where it was then. */
  #anchor: Row | null = null

  constructor(view: RowReader, options: NewRowsOptions) {
    this.#view = view
    this.#options = options
    this.#seen = new SeenRows(options.changing)
    this.#losses = new LossAccount(options.filtered)
  }

  /** Begins at a position: rows before it are not given. */
  async begin(update: ViewUpdate, from: number): Promise<void> {
    this.#losses.begin(update, from)
    for (let at = update.first; at < from;) {
      const rows = await this.#view.read(at, Math.min(barely, from - at), { maxBytes: 0 })
      for (const { stream, sequence } of rows) {
        this.#seen.addUpTo(stream, sequence)
        this.#losses.skip(stream, sequence)
      }
      this.#anchor = rows.at(-1) ?? this.#anchor
      at = rows.length === 0 ? from : (this.#anchor?.position ?? at) + 1
    }
    this.#first = update.first
    this.#revision = update.revision
    this.#dropped = droppedOf(update)
  }

  /**
   * Gives what is new; false where the view changed before that was done, and a newer update has the rest. Updates may
   * be left out between two calls.
   */
  async take(update: ViewUpdate): Promise<boolean> {
    const { first, end, revision } = update
    const dropped = droppedOf(update)
    const hasDropped = dropped !== this.#dropped
    const anew = revision !== this.#revision
    let from = Math.max(first, end - lookedAtAgain)
    if (!anew) {
      const early = Math.max(0, this.#first - first)
      this.#losses.grown(end, early)
      from = await this.#lateFrom(first)
      // What was put to the start lies anywhere between its rows.
      if (early > 0 || (hasDropped && end - first <= small)) {
        from = Math.min(from, await this.#firstUnseen(first, end))
      }
    }
    const isWhole = await this.#give(Math.max(first, from), update)
    this.#first = first
    if (anew) this.#losses.anew(end)
    if (!isWhole) return false
    this.#revision = revision
    this.#dropped = dropped
    const loss = anew ? null : this.#losses.rest(update.looked >= update.rows && hasDropped)
    if (loss) this.#options.lost(loss)
    return true
  }

  /** Where rows begin that came since, those included that were put before the last one read. */
  async #lateFrom(first: number): Promise<number> {
    const anchor = this.#anchor
    if (!anchor) return first
    const now = await this.#view.positionOf(anchor)
    if (now === null || now <= anchor.position) return anchor.position + 1
    let late = now - anchor.position
    let found = now + 1
    for (let end = now; end > first && late > 0; end -= barely) {
      const from = Math.max(first, end - barely)
      const rows = await this.#view.read(from, end - from, { maxBytes: 0 })
      const unseen = rows.filter((row) => this.#isNew(row))
      found = Math.min(found, unseen[0]?.position ?? found)
      late -= unseen.length
    }
    return found
  }

  async #firstUnseen(first: number, end: number): Promise<number> {
    for (let at = first; at < end; at += barely) {
      const rows = await this.#view.read(at, Math.min(barely, end - at), { maxBytes: 0 })
      const unseen = rows.find((row) => this.#isNew(row))
      if (unseen) return unseen.position
    }
    return Infinity
  }

  /** Gives the new ones of the rows from a position on; false where the view has changed before the end. */
  async #give(from: number, update: ViewUpdate): Promise<boolean> {
    const { read, ready, rows: give, lost } = this.#options
    for (let at = from; at < update.end;) {
      await ready()
      const rows = await this.#view.read(at, Math.min(wholly, update.end - at), read)
      if (!(await this.#isStill(update))) return false
      const last = rows.at(-1)
      if (!last) break
      this.#anchor = last
      at = last.position + 1
      let fresh: Row[] = []
      for (const row of rows.filter((each) => this.#isNew(each))) {
        this.#seen.add(row.stream, row.sequence)
        const loss = this.#losses.given(row.stream, row.sequence)
        if (loss) {
          if (fresh.length > 0) await give(fresh)
          fresh = []
          lost(loss)
        }
        fresh.push(row)
      }
      if (fresh.length > 0) await give(fresh)
    }
    return true
  }

  async #isStill({ first, end, tail }: ViewUpdate): Promise<boolean> {
    const [stream, sequence] = [tail.streams.at(-1), tail.sequences.at(-1)]
    if (stream === undefined || sequence === undefined) return true
    const newest = await this.#view.positionOf({ stream, sequence })
    return newest === end - 1 && (await this.#view.first()) >= first
  }

  #isNew({ stream, sequence }: Row): boolean {
    return !this.#seen.has(stream, sequence)
  }
}

const droppedOf = ({ streams }: ViewUpdate): number => streams.reduce((sum, { dropped }) => sum + dropped, 0)
