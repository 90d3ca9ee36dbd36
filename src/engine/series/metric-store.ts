import type { Catalogue, MetricAddress, Ranking } from '@shared/model/metrics'
import { Notifier } from '../notifier'
import type { HistoricSeries } from '../history-sink'
import { SeriesBudget } from './budget'
import type { Column } from './column'
import { describeClass } from './catalogue'
import { GroupStore } from './group-store'
import { HistoryBook } from './history'
import { departedMemory, fullResolutionWindow, historyTiers } from './retention'

export interface SeriesRef {
  readonly group: GroupStore
  readonly column: Column
}

/** The series of one instance, by metric. */
export type Metrics = Map<string, SeriesRef>
type Instances = Map<string, Metrics>

/** All series of one host: groups of columns, and the catalogue class -> instance -> metric over them. */
export class MetricStore {
  /** After each committed sample. */
  readonly samples = new Notifier()
  /** After each change of the revision. */
  readonly catalogueChanges = new Notifier()
  readonly history: HistoryBook
  readonly #groups: GroupStore[] = []
  readonly #classes = new Map<string, Instances>()
  readonly #descriptions = new Map<string, string>()
  readonly #onSample: (source: string) => void
  readonly #budget: SeriesBudget
  #revision = 0

  /** `budget` is shared with the stores of all other hosts. */
  constructor(budget = new SeriesBudget(Infinity), onSample: (source: string) => void = () => undefined) {
    this.#budget = budget
    this.history = new HistoryBook(budget)
    this.#onSample = onSample
  }

  /** Changes whenever an instance or metric comes or goes. */
  get revision(): number {
    return this.#revision
  }

  describe(classes: Readonly<Record<string, string>>): void {
    for (const [name, description] of Object.entries(classes)) this.#descriptions.set(name, description)
  }

  /** The group of that source and name; the same one again after a reconnect, so that history goes on. */
  group(source: string, name: string, interval: number): GroupStore {
    const existing = this.#groups.find(
      ({ options }) => options.source === source && options.name === name && options.interval === interval,
    )
    if (existing) return existing
    const group = new GroupStore({
      source,
      name,
      interval,
      capacity: Math.ceil(fullResolutionWindow / interval),
      tiers: historyTiers,
      memory: departedMemory,
      onCommit: () => {
        this.samples.notify()
        this.#onSample(source)
      },
      onColumn: (owner, column) => this.#index(owner, column),
      onRelease: (owner, column) => this.#forget(owner, column),
      budget: this.#budget,
    })
    this.#groups.push(group)
    return group
  }

  /** Before a source is opened again: what it does not publish anew is gone. */
  retire(source: string): void {
    for (const group of this.#groups) if (group.options.source === source) group.retire()
  }

  /** What a source was told that the host had noted before; it replaces what that source told before. */
  remember(source: string, series: readonly HistoricSeries[]): void {
    for (let refused = this.history.put(source, series); refused > 0; refused--) this.#budget.omit()
    this.samples.notify()
  }

  /** Gives back all memory. */
  close(): void {
    for (const group of this.#groups) group.close()
    this.history.close()
  }

  find(address: MetricAddress): SeriesRef | undefined {
    return this.#classes.get(address.class)?.get(address.instance)?.get(address.metric)
  }

  catalogue(): Catalogue {
    const classes = [...this.#classes].map(([name, instances]) =>
      describeClass(name, this.#descriptions.get(name) ?? '', instances),
    )
    return { revision: this.#revision, classes }
  }

  /** Present instances of a class by the latest value of metrics[0], highest first, missing ones last. */
  ranking(className: string, metrics: readonly string[], limit: number): Ranking {
    let time: number | null = null
    const rows: Ranking['rows'] = []
    for (const [id, entries] of this.#classes.get(className) ?? []) {
      const first = entries.values().next().value
      if (first?.column.absentSince !== null) continue
      const values = metrics.map((metric) => {
        const series = entries.get(metric)
        if (!series) return null
        time = latestOf(time, series.group.lastTime)
        return finite(series.group.latest(series.column))
      })
      rows.push({ id, name: first.column.instance.name, values })
    }
    rows.sort(
      (a, b) =>
        (b.values[0] ?? -Infinity) - (a.values[0] ?? -Infinity) ||
        a.name.localeCompare(b.name, 'en', { numeric: true }),
    )
    return { time, total: rows.length, rows: rows.slice(0, limit) }
  }

  #index(group: GroupStore, column: Column): void {
    const { instance, metric } = column
    const instances = getOrAdd(this.#classes, instance.class, (): Instances => new Map())
    const metrics = getOrAdd(instances, instance.id, (): Metrics => new Map())
    metrics.set(metric.name, { group, column })
    this.#changed()
  }

  #changed(): void {
    this.#revision++
    this.catalogueChanges.notify()
  }

  #forget(group: GroupStore, { instance, metric }: Column): void {
    const instances = this.#classes.get(instance.class)
    const metrics = instances?.get(instance.id)
    // Another source may have taken the name over meanwhile.
    if (metrics?.get(metric.name)?.group === group) metrics.delete(metric.name)
    if (metrics?.size === 0) instances?.delete(instance.id)
    this.#changed()
  }
}

function getOrAdd<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const found = map.get(key)
  if (found !== undefined) return found
  const made = make()
  map.set(key, made)
  return made
}

const finite = (value: number): number | null => (Number.isFinite(value) ? value : null)
const latestOf = (a: number | null, b: number | null): number | null =>
  a === null ? b : b === null ? a : Math.max(a, b)
