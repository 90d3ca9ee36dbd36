import { metricsOf, type Catalogue, type ClassEntry } from '@shared/model/metrics'
import type { InstanceEntry, MetricDescriptor } from '@shared/model/metrics'
import { findExact, findFuzzy, fold } from './metrics-search'

/** A row of the catalogue as a tree: a class, an instance of it, or a metric of that. */
export interface TreeRow {
  /** The same for the same thing in a later catalogue. */
  readonly key: string
  readonly level: 1 | 2 | 3
  readonly class: ClassEntry
  readonly instance: InstanceEntry | null
  readonly metric: MetricDescriptor | null
  /** False for a metric. */
  readonly open: boolean
  /** From 1, among its siblings. */
  readonly place: number
  readonly siblings: number
}

export interface Tree {
  readonly rows: readonly TreeRow[]
  /** Metrics that match, also those in what is closed. */
  readonly metrics: number
}

interface FoundInstance {
  readonly entry: InstanceEntry
  readonly metrics: readonly MetricDescriptor[]
  readonly score: number
}
interface FoundClass {
  readonly entry: ClassEntry
  readonly instances: readonly FoundInstance[]
  readonly score: number
}

const byName = new Intl.Collator('en', { numeric: true })

/** Instances in the order that a person looks for them: what is there first, by name. */
export function arranged(catalogue: Catalogue): Catalogue {
  const classes = catalogue.classes.map((one) => ({
    ...one,
    instances: [...one.instances].sort(
      (a, b) => Number(b.present) - Number(a.present) || byName.compare(a.name, b.name),
    ),
  }))
  return { ...catalogue, classes }
}

/** Metrics of each set, made once for a class: its instances share them. */
function setsOf(entry: ClassEntry): (instance: InstanceEntry) => MetricDescriptor[] {
  const made = new Map<number, MetricDescriptor[]>()
  return (instance) => {
    const known = made.get(instance.set)
    if (known) return known
    const metrics = metricsOf(entry, instance)
    made.set(instance.set, metrics)
    return metrics
  }
}

/** For each word how well a thing has it, 0 for not at all. */
type Scores = readonly number[]

const scored = (words: readonly string[], names: readonly string[], text: string): Scores => {
  const folded = names.map(fold)
  const description = text === '' ? '' : fold(text)
  return words.map((word) =>
    Math.max(
      0,
      ...folded.map((name) => findFuzzy(name, word)?.score ?? 0),
      // Almost any letters come in a sentence: of a description the word itself counts, and less than a name.
      description === '' || !findExact(description, word) ? 0 : 30,
    ),
  )
}

/** The sum of the best for each word; 0 where one is nowhere. */
function together(...parts: readonly Scores[]): number {
  let sum = 0
  for (let word = 0; word < (parts[0]?.length ?? 0); word++) {
    const best = Math.max(...parts.map((scores) => scores[word] ?? 0))
    if (best === 0) return 0
    sum += best
  }
  return sum
}

const best = (scores: readonly { readonly score: number }[]): number =>
  scores.reduce((most, { score }) => Math.max(most, score), 0)

/** The metrics that have all words, in their name or in that of what they belong to; the best first. */
function search(catalogue: Catalogue, words: readonly string[]): FoundClass[] {
  return catalogue.classes
    .flatMap((entry): FoundClass[] => {
      const ofClass = scored(words, [entry.name], entry.description)
      const ofMetrics = new Map(
        entry.metrics.map((metric) => [metric, scored(words, [metric.name], metric.description)]),
      )
      const metricsIn = setsOf(entry)
      const instances = entry.instances.flatMap((instance): FoundInstance[] => {
        const names = instance.id === instance.name ? [instance.id] : [instance.name, instance.id]
        const own = scored(words, names, '')
        const found = metricsIn(instance).flatMap((metric) => {
          const score = together(ofClass, own, ofMetrics.get(metric) ?? [])
          return score > 0 ? [{ metric, score }] : []
        })
        found.sort((a, b) => b.score - a.score)
        const metrics = found.map(({ metric }) => metric)
        return found.length > 0 ? [{ entry: instance, metrics, score: best(found) }] : []
      })
      instances.sort((a, b) => b.score - a.score)
      return instances.length > 0 ? [{ entry, instances, score: best(instances) }] : []
    })
    .sort((a, b) => b.score - a.score)
}

function everything(catalogue: Catalogue): FoundClass[] {
  return catalogue.classes
    .filter(({ instances }) => instances.length > 0)
    .map((entry) => {
      const metricsIn = setsOf(entry)
      const instances = entry.instances.map((one) => ({ entry: one, metrics: metricsIn(one), score: 0 }))
      return { entry, instances, score: 0 }
    })
}

/** Sure to be in no name that JSON or a host can tell in one line; a key is compared and never shown. */
const separator = '\n'

/**
 * The rows that show. Classes are open, and so is an instance that is alone in its class; while something is looked
 * for all are. `toggled` has the keys of what is the other way round.
 */
export function buildTree(
  catalogue: Catalogue,
  words: readonly string[],
  toggled: ReadonlySet<string>,
): Tree {
  const searching = words.length > 0
  const classes = searching ? search(catalogue, words) : everything(catalogue)
  const rows: TreeRow[] = []
  let metrics = 0
  classes.forEach(({ entry, instances }, atClass) => {
    const classKey = entry.name
    const classOpen = !toggled.has(classKey)
    const parent = { class: entry, instance: null, metric: null }
    rows.push({
      ...parent,
      key: classKey,
      level: 1,
      open: classOpen,
      place: atClass + 1,
      siblings: classes.length,
    })
    instances.forEach((found, atInstance) => {
      metrics += found.metrics.length
      if (!classOpen) return
      const instance = found.entry
      const key = `${classKey}${separator}${instance.id}`
      const open = (searching || instances.length === 1) !== toggled.has(key)
      const place = atInstance + 1
      rows.push({ ...parent, instance, key, level: 2, open, place, siblings: instances.length })
      if (!open) return
      found.metrics.forEach((metric, at) =>
        rows.push({
          class: entry,
          instance,
          metric,
          key: `${key}${separator}${metric.name}`,
          level: 3,
          open: false,
          place: at + 1,
          siblings: found.metrics.length,
        }),
      )
    })
  })
  return { rows, metrics }
}
