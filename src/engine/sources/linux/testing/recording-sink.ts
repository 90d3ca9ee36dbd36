import type { ProcessTable } from '@shared/model/host'
import type { MetricDescriptor } from '@shared/model/metrics'
import type { InstanceRef, Reading, SampleGroup, SourceSink } from '../../source'

export interface RecordedColumn {
  readonly instance: InstanceRef
  readonly metric: MetricDescriptor
  readonly reading: Reading
  readonly at: number
  present: boolean
}

export interface Commit {
  readonly time: number
  readonly monotonic: number
  readonly raw: Float64Array
}

/** Keeps all that a group was given. Its array is replaced as it grows, and the new one starts empty. */
export class RecordedGroup implements SampleGroup {
  readonly name: string
  readonly interval: number
  readonly columns: RecordedColumn[] = []
  readonly commits: Commit[] = []
  /** Called after each commit. */
  onCommit: () => void = () => undefined
  raw = new Float64Array(0)
  #used = 0

  constructor(name: string, interval: number) {
    this.name = name
    this.interval = interval
  }

  add(instance: InstanceRef, metric: MetricDescriptor, reading: Reading): number {
    const at = this.#used
    this.#used += reading.kind === 'ratio' ? 2 : 1
    if (this.#used > this.raw.length) this.raw = new Float64Array(this.#used * 2).fill(NaN)
    this.columns.push({ instance, metric, reading, at, present: true })
    return at
  }

  remove(instance: InstanceRef): void {
    for (const column of this.columns) {
      if (column.instance.class === instance.class && column.instance.id === instance.id)
        column.present = false
    }
  }

  commit(time: number, monotonic: number): void {
    this.commits.push({ time, monotonic, raw: this.raw.slice() })
    this.raw.fill(NaN)
    this.onCommit()
  }
}

/** A sink that remembers, and derives values by the rules of `Reading` on its own. */
export class RecordingSink implements SourceSink {
  readonly groups = new Map<string, RecordedGroup>()
  readonly tables: ProcessTable[] = []

  group(name: string, interval: number): RecordedGroup {
    const group = this.groups.get(name) ?? new RecordedGroup(name, interval)
    this.groups.set(name, group)
    return group
  }

  history(): never {
    throw new Error('this source tells no history')
  }

  processes(table: ProcessTable): void {
    this.tables.push(table)
  }

  rows(): never {
    throw new Error('this source has no rows')
  }

  messages(): never {
    throw new Error('this source has no messages')
  }

  commits(group = 'fast'): readonly Commit[] {
    return this.groups.get(group)?.commits ?? []
  }

  column(className: string, id: string, metric: string): RecordedColumn | undefined {
    return [...this.groups.values()]
      .flatMap((group) => group.columns)
      .findLast(
        (column) =>
          column.instance.class === className && column.instance.id === id && column.metric.name === metric,
      )
  }

  /** Ids of the instances of a class that are present, in the order of their coming. */
  present(className: string): string[] {
    const columns = [...this.groups.values()].flatMap((group) => group.columns)
    const here = columns.filter((column) => column.instance.class === className && column.present)
    return [...new Set(here.map((column) => column.instance.id))]
  }

  /** The raw reading at a commit, counted from the end where negative; NaN where there is none. */
  raw(className: string, id: string, metric: string, commit = -1): number {
    const column = this.column(className, id, metric)
    return column === undefined ? NaN : (this.#commitsOf(column).at(commit)?.raw[column.at] ?? NaN)
  }

  /** The value over the span from one commit to another: level at its end, rate or ratio over all of it. */
  value(className: string, id: string, metric: string, from = -2, to = -1): number {
    const column = this.column(className, id, metric)
    const first = column && this.#commitsOf(column).at(from)
    const last = column && this.#commitsOf(column).at(to)
    if (!first || !last) return NaN
    const { reading, at } = column
    if (reading.kind === 'sum') {
      const members = this.present(reading.class).filter((id) => reading.includes(id))
      return members.reduce((sum, id) => sum + this.value(reading.class, id, reading.metric, from, to), 0)
    }
    const moved = (position: number): number => (last.raw[position] ?? NaN) - (first.raw[position] ?? NaN)
    const scale = reading.scale ?? 1
    if (reading.kind === 'gauge') return (last.raw[at] ?? NaN) * scale
    if (reading.kind === 'ratio') return (moved(at) / moved(at + 1)) * scale
    return (moved(at) / ((last.monotonic - first.monotonic) / 1000)) * scale
  }

  #commitsOf(column: RecordedColumn): readonly Commit[] {
    return [...this.groups.values()].find((group) => group.columns.includes(column))?.commits ?? []
  }
}
