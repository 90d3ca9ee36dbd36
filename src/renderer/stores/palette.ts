import { metricsOf, metricPath, type Catalogue } from '@shared/model/metrics'
import { findFuzzy, fold, searchWords } from './metrics-search'
import type { Shortcut } from './shortcuts'

export const paletteGroups = ['Hosts', 'Views', 'Actions', 'Metrics'] as const

/** Something that can be gone to or done. */
export interface PaletteEntry {
  readonly id: string
  readonly group: (typeof paletteGroups)[number]
  readonly title: string
  /** Where it is, or what it is. */
  readonly note: string
  /** Its own key, as in a shortcut. */
  readonly key?: string
  run(): void
}

/** As many as one looks through. */
export const mostEntries = 50

/** Entries that have all words, the best first; without words those that come first. */
export function matching(entries: readonly PaletteEntry[], query: string): PaletteEntry[] {
  const words = searchWords(query)
  if (words.length === 0) return entries.filter(({ group }) => group !== 'Metrics').slice(0, mostEntries)
  return entries
    .flatMap((entry, at) => {
      const score = scoreOf(entry, words)
      return score === null ? [] : [{ entry, at, score }]
    })
    .sort((a, b) => b.score - a.score || a.at - b.at)
    .slice(0, mostEntries)
    .map(({ entry }) => entry)
}

/** A word in the title counts more than one in the note; null where one is in neither. */
function scoreOf({ title, note }: PaletteEntry, words: readonly string[]): number | null {
  let sum = 0
  for (const word of words) {
    const inTitle = findFuzzy(fold(title), word)
    const inNote = inTitle ? null : findFuzzy(fold(note), word)
    if (!inTitle && !inNote) return null
    sum += inTitle ? inTitle.score : (inNote?.score ?? 0) / 2
  }
  return sum
}

export const actionEntries = (shortcuts: readonly { shortcuts: readonly Shortcut[] }[]): PaletteEntry[] =>
  shortcuts.flatMap((group) =>
    group.shortcuts
      .filter(({ group: name }) => name !== 'Views')
      .map((shortcut) => ({
        id: `action ${shortcut.key}`,
        group: 'Actions',
        title: shortcut.label,
        note: shortcut.group,
        key: shortcut.key,
        run: () => shortcut.run(),
      })),
  )

/** All metrics of a catalogue: what they are called, and where. */
export const metricEntries = (catalogue: Catalogue | null, open: (path: string) => void): PaletteEntry[] =>
  (catalogue?.classes ?? []).flatMap((entry) =>
    entry.instances.flatMap((instance) =>
      metricsOf(entry, instance).map((metric) => {
        const path = metricPath({ class: entry.name, instance: instance.id, metric: metric.name })
        return {
          id: path,
          group: 'Metrics',
          title: `${entry.name} ${instance.name} ${metric.name}`,
          note: metric.description,
          run: () => open(path),
        }
      }),
    ),
  )
