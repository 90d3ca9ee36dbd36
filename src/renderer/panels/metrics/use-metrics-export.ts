import { DiagnosticError } from '@shared/errors'
import { onScopeDispose, shallowReadonly, shallowRef, type ShallowRef } from 'vue'
import { asDiagnostic } from '../../stores/ask'
import { useHosts } from '../../stores/hosts'
import { useTime } from '../../stores/time'
import { download } from '../download'
import { metricsCsv } from './csv'
import { drawPicture } from './picture'
import type { Explorer } from './use-explorer'

export type MetricsFormat = 'csv' | 'png'

export interface MetricsExport {
  /** Share done, 0 to 1; null while none runs. */
  readonly progress: Readonly<ShallowRef<number | null>>
  /** What became of the last one. */
  readonly outcome: Readonly<ShallowRef<string>>
  readonly error: Readonly<ShallowRef<DiagnosticError | null>>
  save(format: MetricsFormat): Promise<void>
  cancel(): void
}

/** The comparison as a file: its samples, or its picture. `charts` are the elements of the charts that show. */
export function useMetricsExport(explorer: Explorer, charts: () => readonly HTMLElement[]): MetricsExport {
  const hosts = useHosts()
  const time = useTime()
  const progress = shallowRef<number | null>(null)
  const outcome = shallowRef('')
  const error = shallowRef<DiagnosticError | null>(null)
  let running = new AbortController()
  onScopeDispose(() => running.abort())
  const tell = (share: number): void => void (progress.value = share)

  async function csv(signal: AbortSignal): Promise<string | null> {
    // The arrays of a live range are written to meanwhile: what shows now is what is exported.
    const lines = explorer.groups.value
      .flatMap((group) => group.lines)
      .map((line) => ({ ...line, series: frozen(line.series) }))
    const done = await metricsCsv(lines, { ...time.range, signal, progress: tell })
    if (!done) return null
    download(done.parts, 'text/csv', 'metrics', 'csv')
    return `${done.rows.toLocaleString('en')} rows of ${lines.length.toLocaleString('en')} metrics written.`
  }

  async function png(signal: AbortSignal): Promise<string | null> {
    const groups = explorer.groups.value
    const title = `Metrics: ${hosts.selected?.name ?? ''}`
    const blob = await drawPicture({
      title,
      range: time.range,
      groups,
      charts: charts(),
      signal,
      progress: tell,
    })
    if (signal.aborted) return null
    if (!blob) throw new DiagnosticError('internal', 'The browser made no picture of the charts.')
    download([blob], 'image/png', 'metrics', 'png')
    return `${groups.length.toLocaleString('en')} ${groups.length === 1 ? 'chart' : 'charts'} drawn.`
  }

  async function save(format: MetricsFormat): Promise<void> {
    if (progress.value !== null) return
    running = new AbortController()
    progress.value = 0
    error.value = null
    outcome.value = ''
    try {
      const done = await (format === 'csv' ? csv(running.signal) : png(running.signal))
      outcome.value = done ?? 'Cancelled: nothing was written.'
    } catch (thrown) {
      error.value = asDiagnostic(thrown)
    } finally {
      progress.value = null
    }
  }

  return {
    progress: shallowReadonly(progress),
    outcome: shallowReadonly(outcome),
    error: shallowReadonly(error),
    save,
    cancel: () => running.abort(),
  }
}

type Series = Explorer['lines']['value'][number]['series']
const frozen = (series: Series): Series => ({
  ...series,
  times: series.times.slice(),
  values: series.values.slice(),
  lows: series.lows?.slice() ?? null,
  highs: series.highs?.slice() ?? null,
})
