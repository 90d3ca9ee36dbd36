import { formatClock, formatText } from '@shared/units'
import type { Units } from '@shared/model/metrics'
import { hostMetric, type Sample } from './feed'
import { plain } from './text'

const figures: readonly (readonly [title: string, metric: string, units: Units, width: number])[] = [
  ['CPU', 'cpu', 'ratio', 7],
  ['I/O wait', 'cpu_iowait', 'ratio', 8],
  ['load', 'load1', '', 6],
  ['memory', 'memory_used', 'bytes', 9],
  ['swap', 'swap_used', 'bytes', 9],
  ['read', 'disk_read', 'bytes/s', 10],
  ['written', 'disk_write', 'bytes/s', 10],
  ['received', 'network_receive', 'bytes/s', 10],
  ['sent', 'network_transmit', 'bytes/s', 10],
]

export const lineHeader = ['time    ', ...figures.map(([title, , , width]) => title.padStart(width))].join(
  '  ',
)

/** The main figures of one sample, in the columns of {@link lineHeader}. */
export function sampleLine({ time, values }: Sample): string {
  const cells = figures.map(([, metric, units, width]) =>
    plain(formatText(values.get(hostMetric(metric)) ?? null, units)).padStart(width),
  )
  return [formatClock(time), ...cells].join('  ')
}

/** One line of NDJSON. */
export const sampleJson = (host: string, { time, values }: Sample): string =>
  JSON.stringify({ time, host, metrics: Object.fromEntries(values) })
