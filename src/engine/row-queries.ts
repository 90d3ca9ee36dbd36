import { randomUUID } from 'node:crypto'
import { performance } from 'node:perf_hooks'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { CallParams, CallResult, SubscriptionParams } from '@shared/contract'
import { DiagnosticError, isAborted } from '@shared/errors'
import type {
  RowBatch,
  RowDetails,
  RowSelection,
  RowStreamInfo,
  SeenFields,
  StreamKind,
  ViewUpdate,
} from '@shared/model/rows'
import type { Clock } from './clock'
import type { RowFeed } from './row-feed'
import { compileMatcher, type CompiledMatcher } from './streams/filter-matcher'
import { FieldSearch, type FieldFound } from './streams/field-search'
import { fieldNames, fieldsSeen } from './streams/fields-seen'
import { countByTime } from './streams/histogram'
import { lineText } from './streams/line-text'
import { packRows, type PackOptions } from './streams/pack-rows'
import { rowDetails } from './streams/row-details'
import type { RowStream, StreamLabel } from './streams/row-stream'
import type { RowChunk } from './streams/row-chunk'
import { RowView } from './streams/row-view'

/** Milliseconds of work in one go; the engine has other things to do. */
const slice = 6
/** Least milliseconds between two updates of a view. */
const updateInterval = 100
/** Milliseconds after which a filter that depends on the time is applied again to all rows. */
const renewInterval = 1_000
/** Milliseconds between two updates for the search of fields that no row seen has. */
const searchTime = 60
/** Names of fields that are remembered of a stream: whoever writes a log could have any number of them. */
const mostLearned = 1_000
/** Milliseconds after which a view shows what it has found so far. */
const patience = 30

interface OpenView {
  readonly view: RowView
  filter: CompiledMatcher
  /** Looks for fields that the filter names and that were in no row so far. */
  search: FieldSearch
  /** All rows there are were searched. */
  searched: boolean
  readonly compile: (streams: readonly RowStream[]) => CompiledMatcher
}

/** A filter that depends on the time has something new to show also when no row comes; a search has further rows. */
function patienceOf({ filter, searched }: OpenView, signal: AbortSignal): AbortSignal {
  if (!searched) return AbortSignal.any([signal, AbortSignal.timeout(updateInterval)])
  return filter.changing ? AbortSignal.any([signal, AbortSignal.timeout(renewInterval)]) : signal
}

/** What windows ask of rows. A view lives as long as its subscription. */
export class RowQueries {
  readonly #feed: RowFeed
  readonly #clock: Clock
  readonly #views = new Map<string, OpenView>()
  /** Names of fields that rows of a stream turned out to have, beyond those of a sample. */
  readonly #learned = new WeakMap<RowStream, Set<string>>()

  constructor(feed: RowFeed, clock: Clock) {
    this.#feed = feed
    this.#clock = clock
  }

  async *watch(
    { selection, tail, maxBytes, lines = false }: SubscriptionParams<'rows.view'>,
    signal: AbortSignal,
  ): AsyncGenerator<ViewUpdate, void, void> {
    const id = randomUUID()
    const open = this.#open(selection)
    this.#views.set(id, open)
    try {
      let delay = patience
      let restarted = this.#clock.monotonic()
      while (!isAborted(signal)) {
        const seen = this.#feed.store.changes.version
        const started = this.#clock.monotonic()
        if (open.filter.changing && started - restarted > renewInterval) {
          open.view.restart()
          restarted = started
        }
        if (await this.#learn(open, signal)) {
          open.view.restart()
          restarted = started
        }
        const done = await this.#work(open, signal, started + delay)
        yield this.#update(id, open, tail, { maxBytes, textOf: lines ? this.#lineText : undefined })
        delay = updateInterval
        const rest = updateInterval - (this.#clock.monotonic() - started)
        if (rest > 0 && done) await this.#clock.sleep(rest, signal)
        if (done) await this.#feed.store.changes.changed(seen, patienceOf(open, signal))
      }
    } finally {
      this.#views.delete(id)
      open.view.close()
    }
  }

  async read({
    view,
    from,
    count,
    maxBytes,
    mark,
    lines = false,
  }: CallParams<'rows.read'>): Promise<RowBatch> {
    const { view: rows } = this.#view(view)
    const marked = mark === null ? undefined : await this.#marked(rows, mark, from, count)
    const textOf = lines ? this.#lineText : undefined
    return packRows(rows, from, count, { maxBytes, marked, textOf })
  }

  async histogram(
    { view, from, to, bins }: CallParams<'rows.histogram'>,
    signal: AbortSignal,
  ): Promise<CallResult<'rows.histogram'>> {
    const run = countByTime(this.#view(view).view, from, to, bins)
    for (;;) {
      const { done, value } = run.next()
      if (done) return { from, to, bins, ...value }
      await nextTurn()
      signal.throwIfAborted()
    }
  }

  locate({ view, at }: CallParams<'rows.locate'>): CallResult<'rows.locate'> {
    const open = this.#view(view).view
    return { position: at.kind === 'time' ? open.atTime(at.time) : open.locate(at.stream, at.sequence) }
  }

  details({ stream: number, sequence }: CallParams<'rows.details'>): RowDetails {
    const stream = this.#stream(number)
    const found = stream.find(sequence)
    if (!found)
      throw new DiagnosticError('not-found', 'This row is not kept any more.', { where: stream.label.name })
    const details = rowDetails(stream, found.chunk, found.row)
    // Their values may be clicked into a filter.
    for (const { name } of details.fields) this.#note(stream, name)
    return details
  }

  /** Resolves when the rows that are stored were read in it too. */
  async readAs({ stream: number, format }: CallParams<'rows.readAs'>): Promise<void> {
    const stream = this.#stream(number)
    if (this.#feed.chosenOf(number) === undefined) {
      throw new DiagnosticError('not-supported', 'The format of these rows cannot be chosen.', {
        where: stream.label.name,
      })
    }
    await this.#feed.choose(number, format)
  }

  /** Of the newest rows, each with all its fields. */
  fields(view: string): SeenFields {
    return fieldsSeen(this.#view(view).view, (stream) => this.#feed.store.stream(stream))
  }

  async older(
    { stream: number, rows }: CallParams<'rows.older'>,
    signal: AbortSignal,
  ): Promise<{ more: boolean }> {
    const stream = this.#stream(number)
    const fetch = this.#feed.olderOf(number)
    if (!fetch) return { more: false }
    if (!this.#feed.store.hasRoom(rows * 256)) {
      throw new DiagnosticError(
        'limit-exceeded',
        'The memory for rows is full: no older ones can be fetched.',
        {
          where: stream.label.name,
          hint: 'Raise the memory for rows in the settings, or narrow what is shown to fewer hosts.',
        },
      )
    }
    return { more: await fetch(rows, signal) }
  }

  /** Looks at rows in slices until the view is complete, or the time is up. */
  async #work({ view, filter }: OpenView, signal: AbortSignal, until: number): Promise<boolean> {
    if (filter.error || filter.stopped()) return true
    while (!isAborted(signal)) {
      const sliceEnd = performance.now() + slice
      if (view.step(() => performance.now() > sliceEnd)) {
        filter.caughtUp()
        return true
      }
      if (filter.stopped()) return true
      if (this.#clock.monotonic() > until) return false
      await nextTurn()
    }
    return true
  }

  #update(id: string, { view, filter, searched }: OpenView, tail: number, options: PackOptions): ViewUpdate {
    const { store } = this.#feed
    const { looked, rows } = view.progress()
    const { first, end } = view.index
    return {
      view: id,
      revision: view.revision,
      first,
      end,
      // Before its fields are known, what a filter finds is not what it means.
      looked: searched ? looked : Math.min(looked, Math.max(0, rows - 1)),
      rows,
      used: store.used,
      limit: store.limit,
      streams: view.streams().map((stream) => this.#describe(stream)),
      notices: [...filter.notices],
      error: filter.error,
      stopped: filter.stopped(),
      tail: packRows(view, end - tail, tail, options),
    }
  }

  readonly #lineText: PackOptions['textOf'] = (chunk, row) =>
    lineText(chunk, row, this.#feed.store.stream(chunk.stream))

  #describe(stream: RowStream): RowStreamInfo {
    const { number, label, format, account } = stream
    const chosenFormat = this.#feed.chosenOf(number)
    const clockShift = this.#feed.shiftOf(number)
    return {
      number,
      host: label.host,
      name: label.name,
      format: format.name,
      ...(chosenFormat === undefined ? {} : { chosenFormat }),
      ...account,
      ...(clockShift === undefined ? {} : { clockShift }),
      hasOlder: this.#feed.olderOf(number) !== undefined,
    }
  }

  #open({ kind, hosts, streams, without = [], filter: text, utcOffset }: RowSelection): OpenView {
    const includes = (names: readonly string[], name: string): boolean =>
      names.length === 0 || names.includes(name)
    const shows = (label: StreamLabel, stream: number): boolean =>
      label.kind === kind &&
      !without.includes(stream) &&
      includes(hosts, label.host) &&
      includes(streams, label.name)
    const shown = [...this.#feed.store.streams].filter(({ label, number }) => shows(label, number))
    const compile: OpenView['compile'] = (among) => this.#compile(text, kind, among, utcOffset)
    const filter = compile(shown)
    const view = new RowView(this.#feed.store, shows, {
      match: (...rows) => open.filter.match(...rows),
      stoppedAt: () => open.filter.stoppedAt?.() ?? null,
    })
    const open: OpenView = { view, filter, search: new FieldSearch(filter.unknown), searched: true, compile }
    return open
  }

  /** Reads the filter anew where rows have a field that it was not known to name; true where that happened. */
  async #learn(open: OpenView, signal: AbortSignal): Promise<boolean> {
    if (open.filter.unknown.length === 0) return false
    const streams = open.view.streams()
    const until = performance.now() + searchTime
    let found: FieldFound | null = null
    while (!found) {
      const end = performance.now() + slice
      const step = open.search.step(streams, () => performance.now() > end)
      found = step.found
      open.searched = step.done
      if (step.done || end > until || isAborted(signal)) break
      await nextTurn()
    }
    if (!found) return false
    this.#note(found.stream, found.name)
    open.filter = open.compile(streams)
    open.search = new FieldSearch(open.filter.unknown)
    open.searched = open.filter.unknown.length === 0
    return true
  }

  #note(stream: RowStream, field: string): void {
    const known = this.#learned.get(stream) ?? new Set<string>()
    this.#learned.set(stream, known)
    if (known.size < mostLearned) known.add(field)
  }

  /** Which of some rows match a further filter; none does where that cannot be read. In slices: each may be slow. */
  async #marked(
    view: RowView,
    text: string,
    from: number,
    count: number,
  ): Promise<(position: number) => boolean> {
    const streams = view.streams()
    const kind = streams[0]?.label.kind === 'messages' ? 'messages' : 'logs'
    const filter = this.#compile(text, kind, streams)
    const hits = new Uint32Array(1)
    const known = new Map<RowChunk, Map<number, boolean>>()
    // Rows move while others come: what is known is known of the row, not of its position.
    const marked = (position: number): boolean => {
      const found = view.chunkAt(position)
      const stream = found && this.#feed.store.stream(found.chunk.stream)
      if (!found || !stream || filter.error) return false
      const { chunk, row } = found
      const ofChunk = known.get(chunk) ?? new Map<number, boolean>()
      known.set(chunk, ofChunk)
      const mark = ofChunk.get(row) ?? filter.match(chunk, stream, row, row + 1, hits) > 0
      ofChunk.set(row, mark)
      return mark
    }
    const first = Math.max(from, view.index.first)
    let sliceEnd = performance.now() + slice
    for (let at = first; at < Math.min(from + count, view.index.end); at++) {
      marked(at)
      if (performance.now() < sliceEnd) continue
      await nextTurn()
      sliceEnd = performance.now() + slice
    }
    return marked
  }

  #compile(
    text: string,
    kind: StreamKind,
    streams: readonly RowStream[],
    utcOffset?: number,
  ): CompiledMatcher {
    const seen = fieldNames(streams)
    for (const stream of streams) this.#learned.get(stream)?.forEach((name) => seen.add(name))
    return compileMatcher(text, { kind, now: () => this.#clock.now(), utcOffset, seen })
  }

  #view(id: string): OpenView {
    const open = this.#views.get(id)
    if (!open) throw new DiagnosticError('not-found', 'This list of rows is closed.')
    return open
  }

  #stream(number: number): RowStream {
    const stream = this.#feed.store.stream(number)
    if (!stream) throw new DiagnosticError('not-found', 'The rows of this source are not kept any more.')
    return stream
  }
}
