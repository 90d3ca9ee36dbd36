import type { ClassEntry, InstanceEntry, MetricDescriptor } from '@shared/model/metrics'
import type { Metrics } from './metric-store'

/** A class with its instances as the contract has it: each descriptor once, and each set of them. */
export function describeClass(
  name: string,
  description: string,
  instances: ReadonlyMap<string, Metrics>,
): ClassEntry {
  const known = new DescriptorTable()
  const entries = [...instances].flatMap(([id, metrics]) => describeInstance(id, metrics, known))
  return { name, description, metrics: known.descriptors, sets: known.sets, instances: entries }
}

function describeInstance(id: string, metrics: Metrics, known: DescriptorTable): InstanceEntry[] {
  const columns = [...metrics.values()]
  const [first] = columns
  if (!first) return []
  return [
    {
      id,
      name: first.column.instance.name,
      source: first.group.options.source,
      present: columns.some(({ column }) => column.absentSince === null),
      set: known.setOf(columns.map(({ column }) => column.metric)),
    },
  ]
}

class DescriptorTable {
  readonly descriptors: MetricDescriptor[] = []
  readonly sets: number[][] = []
  /** A source mostly gives the same object again; equal ones of its own find each other by what they say. */
  readonly #byObject = new Map<MetricDescriptor, number>()
  readonly #byText = new Map<string, number>()
  readonly #setByText = new Map<string, number>()

  /** The position of a set with these metrics. */
  setOf(metrics: readonly MetricDescriptor[]): number {
    const positions = metrics.map((metric) => this.#positionOf(metric))
    const text = positions.join()
    const found = this.#setByText.get(text)
    if (found !== undefined) return found
    this.#setByText.set(text, this.sets.length)
    return this.sets.push(positions) - 1
  }

  #positionOf(metric: MetricDescriptor): number {
    const seen = this.#byObject.get(metric)
    if (seen !== undefined) return seen
    const text = JSON.stringify([metric.name, metric.units, metric.type, metric.description])
    const position = this.#byText.get(text) ?? this.descriptors.push(metric) - 1
    this.#byText.set(text, position)
    this.#byObject.set(metric, position)
    return position
  }
}
