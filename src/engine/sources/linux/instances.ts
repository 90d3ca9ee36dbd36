import type { InstanceRef, SampleGroup } from '../source'
import { InstanceColumns, type Column } from './columns'

/** What a host may make the console keep of one class; more is left out. */
const mostInstances = 4_096
/** Identifiers of the model are at most this long. */
const longestId = 256

export interface InstanceSetOptions<S> {
  readonly group: SampleGroup
  readonly class: string
  readonly columns: (id: string, sample: S) => readonly Column<S>[]
  /** What a person calls it; the id by default. */
  readonly name?: (id: string) => string
}

/**
 * The instances of a class as samples show them. For each sample: `see` each, `sweep`, then `write` each
 * (adding may replace the group's array, so nothing is written before all are known).
 */
export class InstanceSet<S> {
  readonly #options: InstanceSetOptions<S>
  readonly #instances = new Map<string, { readonly columns: InstanceColumns<S>; seen: number }>()
  #round = 0

  constructor(options: InstanceSetOptions<S>) {
    this.#options = options
  }

  see(id: string, sample: S): void {
    const known = this.#instances.get(id)
    if (known !== undefined) {
      known.seen = this.#round
      return
    }
    if (id.length === 0 || id.length > longestId || this.#instances.size >= mostInstances) return
    const { group, class: className, columns, name } = this.#options
    const instance: InstanceRef = { class: className, id, name: (name?.(id) ?? id).slice(0, longestId) }
    const added = new InstanceColumns(group, instance, columns(id, sample))
    this.#instances.set(id, { columns: added, seen: this.#round })
  }

  /** Removes what was not seen since the last sweep. */
  sweep(): void {
    for (const [id, { columns, seen }] of this.#instances) {
      if (seen === this.#round) continue
      this.#instances.delete(id)
      this.#options.group.remove(columns.instance)
    }
    this.#round++
  }

  write(id: string, sample: S): void {
    this.#instances.get(id)?.columns.write(this.#options.group.raw, sample)
  }
}
