import type { FieldSet } from '@shared/filter'
import { DiagnosticError } from '@shared/errors'
import type { Finding } from '@shared/model/host'
import type { RowSelection, RowStreamInfo, ViewUpdate } from '@shared/model/rows'
import type { HostCommand, HostConnection } from '../connection'
import { changesLater, filterFailure, readFilter, utcOffset } from '../filter'
import { Probed } from '../probed'
import { unreadGap, type Gap } from './gap'
import { LiveView, type ReadOptions, type Row } from './live-view'
import { NewRows } from './new-rows'
import { settled } from './settle'

/** Where rows come from, and how they are written. */
export interface RowsPlan {
  readonly kind: RowSelection['kind']
  readonly fields: FieldSet
  /** Whether a finding is about these rows. */
  readonly concerns: (finding: Finding) => boolean
  readonly read: ReadOptions
  /** Of those there before. */
  readonly lines: number
  /** Rows from then on; null for all. */
  readonly since: number | null
  /** Chooses the streams and fetches further rows; the names that are to be shown, none for all. */
  readonly prepare?: (streams: readonly RowStreamInfo[], selection: RowSelection) => Promise<string[]>
  readonly writer: RowWriter
}

export interface RowContext {
  readonly view: LiveView
  /** Name of the host. */
  readonly host: string
  readonly stream: (number: number) => RowStreamInfo | undefined
}

export interface RowWriter {
  /** Text of consecutive rows, line feeds included. */
  rows(rows: readonly Row[], context: RowContext): Promise<string>
  /** Of rows that could not be read in time. */
  gap(gap: Gap, host: string): string
}

/** Milliseconds after which rows are printed although a filter has not seen all there are. */
const patience = 2_000

/** Prints the rows that are there, and goes on with those that come. */
export class RowsCommand implements HostCommand {
  readonly #connection: HostConnection
  readonly #plan: RowsPlan
  readonly #probed: Probed
  readonly #changing: boolean
  readonly #filtered: boolean

  constructor(connection: HostConnection, plan: RowsPlan) {
    this.#connection = connection
    this.#plan = plan
    this.#probed = new Probed(connection, plan.concerns)
    // What there is to say about it the engine knows better: it has seen which fields the rows have.
    const { ast } = readFilter(connection.run.options.filter, plan.fields)
    this.#changing = changesLater(ast)
    this.#filtered = ast.kind !== 'all'
  }

  start(): void {
    const { ending } = this.#connection.run
    this.#work().then(ending.succeed, ending.fail)
  }

  found(findings: readonly Finding[]): void {
    this.#probed.found(findings)
  }

  async #work(): Promise<void> {
    const { client, host, run } = this.#connection
    const { signal } = run.ending
    await this.#probed.usable
    const { kind, prepare } = this.#plan
    const all: RowSelection = {
      kind,
      hosts: [host],
      streams: [],
      filter: '',
      utcOffset: utcOffset(Date.now()),
    }
    const view = new LiveView(client, all, signal)
    await settled(view, signal)
    const streams = (await prepare?.(view.latest?.streams ?? [], all)) ?? []
    view.close()
    await this.#print({ ...all, streams, filter: run.options.filter })
  }

  async #print(selection: RowSelection): Promise<void> {
    const { client, run } = this.#connection
    const { kind, lines, since } = this.#plan
    const { signal } = run.ending
    const view = new LiveView(client, selection, signal)
    let update = checked(await view.complete(), selection.filter)
    for (const notice of update.notices) this.#connection.tell(notice)
    const rows = this.#newRows(view)
    const start = since === null ? update.first : await view.positionAt(since)
    await rows.begin(update, Math.max(start, update.end - lines, update.first))
    for (;;) {
      const isWhole = await rows.take(update)
      if (isWhole && !run.options.follow) break
      update = checked(await view.complete(patience), selection.filter)
    }
    view.close()
    if (this.#filtered && update.end <= start)
      this.#connection.tell(nothingFound(update.rows, kind === 'logs' && since === null))
  }

  #newRows(view: LiveView): NewRows {
    const { output, ending } = this.#connection.run
    const { writer, read } = this.#plan
    const context: RowContext = {
      view,
      host: this.#connection.name,
      stream: (number) => view.latest?.streams.find((stream) => stream.number === number),
    }
    return new NewRows(view, {
      changing: this.#changing,
      filtered: this.#filtered,
      read,
      ready: () => output.ready(ending.signal),
      rows: async (rows) => output.write(await writer.rows(rows, context)),
      lost: (loss) => output.write(writer.gap(unreadGap(loss, Date.now()), context.host)),
    })
  }
}

const nothingFound = (rows: number, hasOlder: boolean): string =>
  `None of the ${rows.toLocaleString('en')} rows that were read matches.${hasOlder ? ' --since looks further back.' : ''}`

/** Rows show fields that were not known before the filter was first read: the engine reads it once more. */
function checked(update: ViewUpdate, filter: string): ViewUpdate {
  if (update.error) throw filterFailure(filter, update.error)
  if (update.stopped !== null) {
    throw new DiagnosticError('limit-exceeded', `The filter was ended: ${update.stopped}`, {
      hint: 'Look for words besides regular expressions, or in fewer logs.',
    })
  }
  return update
}
