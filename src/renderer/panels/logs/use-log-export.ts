import type { DiagnosticError } from '@shared/errors'
import { onScopeDispose, shallowReadonly, shallowRef, type ShallowRef } from 'vue'
import { asDiagnostic } from '../../stores/ask'
import { exportRows, type ExportedRow, type ExportFormat } from '../../stores/rows-export'
import type { ShownRow } from '../../stores/rows-decode'
import { download } from '../download'
import { gapSentence } from './row-text'
import { severityOf } from './severity'
import type { LogSession } from './use-log-session'

export interface LogExport {
  /** Share done, 0 to 1; null while none runs. */
  readonly progress: Readonly<ShallowRef<number | null>>
  /** What became of the last one. */
  readonly outcome: Readonly<ShallowRef<string>>
  readonly error: Readonly<ShallowRef<DiagnosticError | null>>
  save(format: ExportFormat, what: 'all' | 'selected', redacted: boolean): Promise<void>
  copy(): Promise<void>
  cancel(): void
}

const types: Readonly<Record<ExportFormat, { extension: string; mime: string }>> = {
  text: { extension: 'log', mime: 'text/plain' },
  ndjson: { extension: 'ndjson', mime: 'application/x-ndjson' },
  csv: { extension: 'csv', mime: 'text/csv' },
}
/** More than this in the clipboard stops other programs; a file is the way then. */
const mostCopied = 20_000

function describe(session: LogSession, row: ShownRow): ExportedRow {
  const stream = session.streamOf(row.stream)
  return {
    time: new Date(row.time).toISOString(),
    host: session.hostName(stream?.host ?? ''),
    source: stream?.name ?? '',
    level: row.gap ? 'loss' : severityOf(row.level).name,
    text: row.gap ? gapSentence(row.text, 'UTC') : row.text,
  }
}

function bounds(
  { main, cursor }: LogSession,
  what: 'all' | 'selected',
): { from: number; end: number } | null {
  const update = main.update.value
  const range = cursor.range.value
  if (what === 'selected') return range && { from: range.from, end: range.to + 1 }
  return update && { from: update.first, end: update.end }
}

/** Rows of the view as a file, which begins with `name`, or in the clipboard. */
export function useLogExport(session: LogSession, name = 'logs'): LogExport {
  const progress = shallowRef<number | null>(null)
  const outcome = shallowRef('')
  const error = shallowRef<DiagnosticError | null>(null)
  let running = new AbortController()
  onScopeDispose(() => running.abort())

  async function run(
    format: ExportFormat,
    what: 'all' | 'selected',
    redacted: boolean,
  ): ReturnType<typeof exportRows> {
    const range = bounds(session, what)
    if (!range || progress.value !== null) return null
    running = new AbortController()
    progress.value = 0
    error.value = null
    outcome.value = ''
    try {
      const { signal } = running
      const done = await exportRows(session.main, {
        ...range,
        format,
        redacted,
        signal,
        describe: (row) => describe(session, row),
        progress: (rows, of) => (progress.value = rows / Math.max(1, of)),
      })
      if (!done)
        outcome.value = signal.aborted
          ? 'Cancelled: nothing was written.'
          : 'The list changed meanwhile: try again.'
      return done
    } catch (thrown) {
      error.value = asDiagnostic(thrown)
      return null
    } finally {
      progress.value = null
    }
  }

  async function save(format: ExportFormat, what: 'all' | 'selected', redacted: boolean): Promise<void> {
    const done = await run(format, what, redacted)
    if (!done) return
    download(done.parts, types[format].mime, name, types[format].extension)
    const secrets = redacted ? ` ${done.removed.toLocaleString('en')} secrets were taken out.` : ''
    const gone =
      done.missing > 0 ? ` ${done.missing.toLocaleString('en')} were let go before they could be read.` : ''
    outcome.value = `${done.rows.toLocaleString('en')} rows written.${gone}${secrets}`
  }

  async function copy(): Promise<void> {
    const range = bounds(session, 'selected')
    if (!range) return
    if (range.end - range.from > mostCopied) {
      outcome.value = `More than ${mostCopied.toLocaleString('en')} rows are better exported.`
      return
    }
    const done = await run('text', 'selected', false)
    if (!done) return
    try {
      await navigator.clipboard.writeText(done.parts.join(''))
      outcome.value = `${done.rows.toLocaleString('en')} ${done.rows === 1 ? 'row' : 'rows'} copied.`
    } catch {
      outcome.value = 'The clipboard is not allowed: export the rows instead.'
    }
  }

  return {
    progress: shallowReadonly(progress),
    outcome: shallowReadonly(outcome),
    error: shallowReadonly(error),
    save,
    copy,
    cancel: () => running.abort(),
  }
}
