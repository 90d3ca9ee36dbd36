import type { HistoricSeries } from '../../../history-sink'
import { metricPath } from '@shared/model/metrics'
import type { SourceSink } from '../../source'

/** Remembers what was told last. */
export class HistorySink implements SourceSink {
  told = 0
  series: readonly HistoricSeries[] = []

  history(series: readonly HistoricSeries[]): void {
    this.told++
    this.series = series
  }

  /** The points of a metric by their time. */
  points(path: string): Map<number, number> {
    const points = new Map<number, number>()
    for (const { address, times, values } of this.series) {
      if (metricPath(address) !== path) continue
      times.forEach((time, at) => points.set(time, values[at] ?? NaN))
    }
    return points
  }

  group(): never {
    throw new Error('this source has no metrics of its own')
  }

  processes(): never {
    throw new Error('this source has no processes')
  }

  rows(): never {
    throw new Error('this source has no rows')
  }

  messages(): never {
    throw new Error('this source has no messages')
  }
}
