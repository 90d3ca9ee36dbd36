import { formatDuration, formatText } from '@shared/units'
import { metricPath, type Units } from '@shared/model/metrics'
import type { HostDetails, HostSummary } from '@shared/model/host'
import { hostMetric, type Sample } from './feed'
import { columns, plain } from './text'

interface TableColumn {
  readonly title: string
  readonly metric: string
  readonly units: Units
}
interface TableClass {
  readonly title: string
  readonly class: string
  readonly columns: readonly TableColumn[]
  /** Instances are ordered by the sum of these, the highest first. */
  readonly rank: readonly string[]
}

const column = (title: string, metric: string, units: Units): TableColumn => ({ title, metric, units })

const tables: readonly TableClass[] = [
  {
    title: 'Disk',
    class: 'disk',
    rank: ['utilisation'],
    columns: [
      column('busy', 'utilisation', 'ratio'),
      column('read', 'read', 'bytes/s'),
      column('written', 'write', 'bytes/s'),
      column('reads', 'reads', 'requests/s'),
      column('writes', 'writes', 'requests/s'),
      column('read time', 'read_latency', 'seconds'),
      column('write time', 'write_latency', 'seconds'),
      column('queue', 'queue', 'count'),
    ],
  },
  {
    title: 'Interface',
    class: 'network',
    rank: ['receive', 'transmit'],
    columns: [
      column('received', 'receive', 'bytes/s'),
      column('sent', 'transmit', 'bytes/s'),
      column('packets in', 'receive_packets', 'packets/s'),
      column('packets out', 'transmit_packets', 'packets/s'),
      column('errors in', 'receive_errors', 'errors/s'),
      column('drops in', 'receive_drops', 'packets/s'),
    ],
  },
  {
    title: 'File system',
    class: 'filesystem',
    rank: ['use'],
    columns: [
      column('use', 'use', 'ratio'),
      column('used', 'used', 'bytes'),
      column('size', 'size', 'bytes'),
      column('available', 'available', 'bytes'),
      column('inodes', 'inodes_use', 'ratio'),
    ],
  },
]
const mostRows = 8

export interface TableInput {
  readonly host: HostSummary
  readonly facts: HostDetails['facts'] | null
  readonly sample: Sample
  /** For headings. */
  readonly emphasize: (text: string) => string
}

/** A host at one moment, for a person: main figures, then what is busiest. */
export function hostTable(input: TableInput): string {
  const { host, sample, emphasize } = input
  const blocks = [
    [emphasize(plain(`${host.name} (${host.address})`)), ...about(input.facts)],
    columns(mainFigures(sample), ['left', 'left']),
    ...tables.map((table) => instances(table, sample, emphasize)),
  ]
  return `${blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`
}

function about(facts: HostDetails['facts'] | null): string[] {
  if (!facts) return []
  const { operatingSystem, kernel, cores, memory } = facts
  const parts = [
    operatingSystem,
    kernel === null ? null : `kernel ${kernel}`,
    cores === null ? null : `${cores} cores`,
    memory === null ? null : formatText(memory, 'bytes'),
  ].filter((part) => part !== null)
  return parts.length > 0 ? [plain(parts.join(', '))] : []
}

function mainFigures({ values }: Sample): string[][] {
  const raw = (metric: string): number | null => values.get(hostMetric(metric)) ?? null
  const value = (metric: string, units: Units): string => plain(formatText(raw(metric), units))
  const share = (metric: string): string => value(metric, 'ratio')
  const memory = (used: string, total: string): string =>
    `${value(used, 'bytes')} of ${value(total, 'bytes')}${raw(total) ? ` (${plain(formatText(ratio(raw(used), raw(total)), 'ratio'))})` : ''}`
  const uptime = raw('uptime')
  return [
    [
      'CPU',
      `${share('cpu')}  (user ${share('cpu_user')}, system ${share('cpu_system')}, waiting for I/O ${share('cpu_iowait')}, stolen ${share('cpu_steal')})`,
    ],
    ['Load', `${value('load1', '')}, ${value('load5', '')}, ${value('load15', '')}  (1, 5, 15 minutes)`],
    ['Memory', `${memory('memory_used', 'memory_total')}, available ${value('memory_available', 'bytes')}`],
    ['Swap', memory('swap_used', 'swap_total')],
    [
      'Tasks',
      `${value('processes_running', 'count')} running, ${value('processes_blocked', 'count')} waiting for I/O`,
    ],
    [
      'Pressure',
      `CPU ${share('pressure_cpu_some')}, memory ${share('pressure_memory_some')}, I/O ${share('pressure_io_some')}`,
    ],
    ['Disks', `${value('disk_read', 'bytes/s')} read, ${value('disk_write', 'bytes/s')} written`],
    [
      'Network',
      `${value('network_receive', 'bytes/s')} received, ${value('network_transmit', 'bytes/s')} sent`,
    ],
    ['Up', formatDuration(uptime === null ? null : uptime * 1000)],
  ]
}

const ratio = (part: number | null, whole: number | null): number | null =>
  part === null || whole === null ? null : part / whole

function instances(table: TableClass, sample: Sample, emphasize: (text: string) => string): string[] {
  const all = sample.catalogue.classes.find(({ name }) => name === table.class)?.instances ?? []
  const present = all.filter((one) => one.present)
  if (present.length === 0) return []
  const value = (instance: string, metric: string): number | null =>
    sample.values.get(metricPath({ class: table.class, instance, metric })) ?? null
  const weight = (instance: string): number =>
    table.rank.reduce((sum, metric) => sum + (value(instance, metric) ?? 0), 0)
  const shown = present.sort((a, b) => weight(b.id) - weight(a.id)).slice(0, mostRows)
  const rows = shown.map(({ id, name }) => [
    plain(name),
    ...table.columns.map(({ metric, units }) => plain(formatText(value(id, metric), units))),
  ])
  const titles = [table.title, ...table.columns.map(({ title }) => title)]
  const [header = '', ...lines] = columns(
    [titles, ...rows],
    ['left', ...table.columns.map(() => 'right' as const)],
  )
  const more = present.length - shown.length
  return [emphasize(header), ...lines, ...(more > 0 ? [`and ${more} more`] : [])]
}
