import type { Units } from '@shared/model/metrics'
import type { SeriesDefinition } from './use-series-window'

/** A metric of the host as a whole. */
export function hostSeries(metric: string, name: string, color: string, units: Units): SeriesDefinition {
  return { class: 'host', instance: 'host', metric, name, color, units }
}
