import { logFields } from '@shared/filter'
import { DiagnosticError } from '@shared/errors'
import type { RowDetails, RowStreamInfo } from '@shared/model/rows'
import type { HostConnection } from './connection'
import { utcOffset } from './filter'
import type { Output } from './output'
import {
  decode,
  gapLine,
  isApproximate,
  isCut,
  isGap,
  levelName,
  logLine,
  shortSource,
} from './rows/log-line'
import { readGap, type Gap } from './rows/gap'
import type { Row } from './rows/live-view'
import { fetchOlder } from './rows/older'
import { RowsCommand, type RowContext, type RowWriter } from './rows/rows-command'
import { readSince } from './since'

const usualLines = 1_000
/** Lines of each log that the host's source reads at first. */
const backfill = 1_000
/** Bytes of a row: the filter looks at as many. */
const maxBytes = 65_536

/** The logs of a host. */
export function logsCommand(connection: HostConnection): RowsCommand {
  const { client, run } = connection
  const { options, output, ending } = run
  const now = Date.now()
  const since = options.since === null ? null : readSince(options.since, now, utcOffset)
  const lines = options.lines ?? (since === null ? usualLines : Infinity)
  return new RowsCommand(connection, {
    kind: 'logs',
    fields: logFields,
    concerns: ({ source }) => source === 'logs',
    read: { maxBytes },
    lines,
    since,
    async prepare(streams, selection) {
      const chosen = chooseLogs(options.sources, streams).map(({ name }) => name)
      for (const { log, format } of options.formats) {
        for (const { number } of chooseLogs([log], streams)) {
          await client.call('rows.readAs', { stream: number, format }, { signal: ending.signal })
        }
      }
      const wanted = streams.filter(({ name }) => chosen.length === 0 || chosen.includes(name))
      if (since === null && lines <= backfill) return chosen
      const note = (text: string): void => connection.tell(text)
      const shared = { client, selection, since, rows: lines, signal: ending.signal, note }
      for (const stream of wanted) await fetchOlder(stream, shared)
      return chosen
    },
    writer: options.json ? new LogJson(connection) : new LogText(output.paint),
  })
}

/** The streams that were named, by their path or its last part. */
function chooseLogs(names: readonly string[], streams: readonly RowStreamInfo[]): RowStreamInfo[] {
  return names.flatMap((wanted) => {
    const found = streams.filter(({ name }) => name === wanted || shortSource(name) === wanted)
    if (found.length > 0) return found
    throw new DiagnosticError('not-found', `This host has no log "${wanted}".`, {
      hint: `There are: ${streams.map(({ name }) => name).join(', ') || 'none'}.`,
    })
  })
}

class LogText implements RowWriter {
  readonly #paint: Output['paint']

  constructor(paint: Output['paint']) {
    this.#paint = paint
  }

  rows(rows: readonly Row[], { stream }: RowContext): Promise<string> {
    return Promise.resolve(rows.map((row) => logLine(row, stream(row.stream), this.#paint)).join(''))
  }

  gap(gap: Gap): string {
    return `${gapLine(gap.to ?? Date.now(), '', gap, this.#paint)}\n`
  }
}

/** An object for each row, with all fields that its format finds in it. */
class LogJson implements RowWriter {
  readonly #connection: HostConnection

  constructor(connection: HostConnection) {
    this.#connection = connection
  }

  async rows(rows: readonly Row[], context: RowContext): Promise<string> {
    const lines = await Promise.all(rows.map((row) => this.#line(row, context)))
    return lines.join('')
  }

  gap(gap: Gap, host: string): string {
    return `${JSON.stringify({ time: gap.to, host, source: null, gap })}\n`
  }

  async #line(row: Row, { host, stream }: RowContext): Promise<string> {
    const head = { time: row.time, host, source: stream(row.stream)?.name ?? null }
    const text = decode(row.text)
    if (isGap(row)) return `${JSON.stringify({ ...head, gap: readGap(text) })}\n`
    const time = isApproximate(row) ? { approximateTime: true } : {}
    const cut = isCut(row) ? { cut: true, length: row.length } : {}
    const known = JSON.stringify({ ...head, level: levelName(row.level), text, ...time, ...cut })
    return `${known.slice(0, -1)},"fields":${fieldsJson(await this.#details(row))}}\n`
  }

  /** Null for a row that was let go meanwhile. */
  async #details({ stream, sequence }: Row): Promise<RowDetails | null> {
    try {
      return await this.#connection.client.call('rows.details', { stream, sequence })
    } catch (error) {
      if (error instanceof DiagnosticError && error.code === 'not-found') return null
      throw error
    }
  }
}

/** Values are JSON text already, so that integers keep their digits. */
const fieldsJson = (details: RowDetails | null): string =>
  details === null
    ? 'null'
    : `{${details.fields.map(({ name, value }) => `${JSON.stringify(name)}:${value}`).join(',')}}`
