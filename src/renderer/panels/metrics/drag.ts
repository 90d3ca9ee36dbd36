import { readSeries, type SeriesId } from '../../stores/metrics-link'

/** Series that are dragged inside this window, and between two windows of the console. */
const type = 'application/x-xcp-diag-series'

export function dragSeries(event: DragEvent, series: readonly SeriesId[]): void {
  const { dataTransfer } = event
  if (!dataTransfer) return
  dataTransfer.effectAllowed = 'copy'
  dataTransfer.setData(type, JSON.stringify(series))
  dataTransfer.setData('text/plain', series.map(({ path }) => path).join('\n'))
}

export const carriesSeries = ({ dataTransfer }: DragEvent): boolean =>
  dataTransfer?.types.includes(type) ?? false

/** What was dropped; any page may have written it. */
export function droppedSeries({ dataTransfer }: DragEvent): SeriesId[] {
  return readDropped(dataTransfer?.getData(type) ?? '')
}

export function readDropped(text: string): SeriesId[] {
  let told: unknown
  try {
    told = JSON.parse(text)
  } catch {
    return []
  }
  if (!Array.isArray(told)) return []
  return told.slice(0, 1_000).flatMap((one: unknown) => {
    if (typeof one !== 'object' || one === null || !('host' in one) || !('path' in one)) return []
    const { host, path } = one
    return typeof host === 'string' && typeof path === 'string' ? (readSeries(host, path) ?? []) : []
  })
}
